#include "schedule_by_hand.h"

#include "fusesim/base/error.h"
#include "fusesim/cost/complete_schedule.h"
#include "fusesim/tools/group_selection.h"

namespace fusesim {
namespace {

/// The op that an edit names, as --group takes one.
OpId select_op(const Graph& graph, const PlanEdit& edit) {
  const std::string other_option = "--group: ";
  try {
    const Group ops = select_group(graph, edit.op);
    if (ops.size() == 1) return ops.front();
  } catch (const Error& error) {
    const std::string message = error.what();
    const bool prefixed = message.rfind(other_option, 0) == 0;
    throw Error(edit.text + ": " + (prefixed ? message.substr(other_option.size()) : message));
  }
  throw Error(edit.text + ": expected one op, got '" + edit.op + "'");
}

}  // namespace

void finish_by_hand(const Options& options, const HandWritten& written, const Config& config,
                    Schedule& schedule) {
  std::vector<size_t> open = written.open_groups;
  for (const PlanEdit& edit : options.edits) {
    std::optional<OpId> op;
    try {
      if (!edit.op.empty()) op = select_op(*schedule.graph, edit);
      open = edit_schedule(schedule, open, edit, op);
    } catch (const Error& error) {
      throw Error(std::string("--edit: ") + error.what());
    }
  }
  if (open.empty() && !written.left_out) return;
  try {
    complete_schedule(schedule, open, config, least_traffic());
    const std::string reason = invalid_reason(schedule);
    if (!reason.empty()) throw Error(reason);
  } catch (const Error& error) {
    throw Error(options.schedule_path + (options.edits.empty() ? "" : ", edited") + ": " + error.what());
  }
}

}  // namespace fusesim
