#include "fusesim/timeline/window.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "fusesim/base/error.h"

namespace fusesim {
namespace {

constexpr int64_t kForever = std::numeric_limits<int64_t>::max();
constexpr int64_t kPsPerMs = 1'000'000'000;

[[noreturn]] void refuse(const std::string& text) {
  throw Error("--window: expected group:N, op:NAME or time:A..B (cycles), got '" + text + "'");
}

int64_t number(const std::string& digits, const std::string& text) {
  int64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc() || stop != end || value < 0 || digits.empty()) refuse(text);
  return value;
}

/// The op of that name, or the one that holds the node.
OpId op_named(const Graph& graph, const std::string& name) {
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const Op& op = graph.ops[i];
    if (op.name == name || std::find(op.nodes.begin(), op.nodes.end(), name) != op.nodes.end())
      return static_cast<OpId>(i);
  }
  throw Error("--window: expected the name of an op of the network, got '" + name + "'");
}

int64_t ps_of(int64_t cycle, int64_t clock_khz) {
  return static_cast<int64_t>(static_cast<double>(cycle) * static_cast<double>(kPsPerMs) /
                              static_cast<double>(clock_khz));
}

}  // namespace

TraceWindow parse_window(const std::string& text) {
  TraceWindow window;
  if (text.empty()) return window;
  const size_t colon = text.find(':');
  const std::string kind = text.substr(0, colon);
  const std::string value = colon == std::string::npos ? "" : text.substr(colon + 1);
  if (value.empty()) refuse(text);
  if (kind == "group") {
    window.group = number(value, text);
  } else if (kind == "op") {
    window.op = value;
  } else if (kind == "time") {
    const size_t dots = value.find("..");
    if (dots == std::string::npos || value == "..") refuse(text);
    if (dots > 0) window.begin_cycle = number(value.substr(0, dots), text);
    if (dots + 2 < value.size()) window.end_cycle = number(value.substr(dots + 2), text);
    if (window.begin_cycle && window.end_cycle && *window.begin_cycle >= *window.end_cycle) refuse(text);
  } else {
    refuse(text);
  }
  return window;
}

WindowedObserver::WindowedObserver(const TraceWindow& window, const Schedule& schedule, int64_t clock_khz,
                                   std::vector<MachineObserver*> sinks)
    : schedule_(schedule),
      sinks_(std::move(sinks)),
      group_(window.group),
      begin_ps_(window.begin_cycle ? ps_of(*window.begin_cycle, clock_khz) : 0),
      end_ps_(window.end_cycle ? ps_of(*window.end_cycle, clock_khz) : kForever) {
  const auto groups = static_cast<int64_t>(schedule.groups.size());
  if (group_ && *group_ >= groups) {
    throw Error("--window: expected a group below " + std::to_string(groups) + ", got " +
                std::to_string(*group_));
  }
  if (window.op.empty()) return;
  op_ = op_named(*schedule.graph, window.op);
  for (int64_t g = 0; g < groups; ++g) {
    const Group& ops = schedule.groups[static_cast<size_t>(g)].ops;
    if (std::find(ops.begin(), ops.end(), op_) != ops.end()) group_ = g;
  }
}

bool WindowedObserver::sees(int64_t begin_ps, int64_t end_ps) const {
  return inside_ && begin_ps < end_ps_ && end_ps > begin_ps_;
}

bool WindowedObserver::is_its_tensor(TensorId tensor) const {
  if (op_ < 0) return true;
  const Op& op = schedule_.graph->op(op_);
  return std::find(op.inputs.begin(), op.inputs.end(), tensor) != op.inputs.end() ||
         std::find(op.outputs.begin(), op.outputs.end(), tensor) != op.outputs.end();
}

/// Whether a group has anything in the window shows late.
void WindowedObserver::tell_begin() {
  if (told_) return;
  told_ = true;
  for (MachineObserver* sink : sinks_) sink->on_group_begin(running_, std::max(since_ps_, begin_ps_));
}

void WindowedObserver::on_group_begin(size_t group, int64_t at_ps) {
  inside_ = !group_ || *group_ == static_cast<int64_t>(group);
  told_ = false;
  running_ = group;
  since_ps_ = at_ps;
}

void WindowedObserver::on_group_end(size_t group, int64_t at_ps) {
  if (sees(since_ps_, at_ps)) {
    tell_begin();
    for (MachineObserver* sink : sinks_) sink->on_group_end(group, std::min(at_ps, end_ps_));
  }
  inside_ = false;
}

void WindowedObserver::on_block(const TracedBlock& block) {
  if (!sees(block.begin_ps, block.end_ps) || (op_ >= 0 && block.op != op_)) return;
  tell_begin();
  for (MachineObserver* sink : sinks_) sink->on_block(block);
}

void WindowedObserver::on_transfer(const TracedTransfer& transfer) {
  if (!sees(transfer.begin_ps, transfer.end_ps)) return;
  const bool its_own = transfer.kind == TracedKind::weights
                           ? op_ < 0 || parameter_owner(*schedule_.graph, op_) ==
                                            parameter_owner(*schedule_.graph, transfer.op)
                           : is_its_tensor(transfer.tensor);
  if (!its_own) return;
  tell_begin();
  for (MachineObserver* sink : sinks_) sink->on_transfer(transfer);
}

void WindowedObserver::on_level(const TracedLevel& level) {
  if (!sees(level.at_ps, level.at_ps + 1)) return;
  tell_begin();
  for (MachineObserver* sink : sinks_) sink->on_level(level);
}

void WindowedObserver::on_dram(const TracedDram& event) {
  if (!sees(event.begin_ps, event.end_ps + 1)) return;
  tell_begin();
  for (MachineObserver* sink : sinks_) sink->on_dram(event);
}

}  // namespace fusesim
