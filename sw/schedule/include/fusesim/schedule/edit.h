#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fusesim/graph/graph.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim {

/// One change of a plan, as it is written: groups by their place in the schedule that it is applied to, ops
/// by index or name.
struct PlanEdit {
  enum class Kind : uint8_t {
    split,  ///< "split:12@5": group 12 before op 5: its ops of a smaller index, then the others
    merge,  ///< "merge:3+4": several groups to one
    move,   ///< "move:5>4": op 5 into group 4; "move:5>new": into one of its own
  };
  Kind kind = Kind::split;
  std::string text;            ///< the whole
  std::vector<size_t> groups;  ///< split: the one; merge: two or more, distinct; move: the target, or none
  std::string op;              ///< of split and move
};

/// What an edit looks like, for messages.
inline constexpr const char* kEditForms = "split:GROUP@OP, merge:GROUP+GROUP, move:OP>GROUP or move:OP>new";
/// Nothing: `text` is no edit.
std::optional<PlanEdit> parse_edit(const std::string& text);

/// A plan after an edit. Groups keep their order as far as they can run in it.
struct EditedPlan {
  Plan plan;
  std::vector<std::optional<size_t>> kept;  ///< of each group the place that it had; nothing: its ops changed
};

/// Applies an edit to a legal plan; `op` is the one that a split or move names. The result is a legal plan.
/// Throws Error "EDIT: reason; legal: ..." for a group that is not there, for what would make a group or an
/// order illegal, and for what changes nothing.
EditedPlan edited(const Graph& graph, const Plan& plan, const PlanEdit& edit, std::optional<OpId> op);

/// The same for a schedule: groups that are kept keep their parameters, of others the ops alone are there,
/// their places are in the result, ascending. `open` are places of groups that have ops alone already.
std::vector<size_t> edit_schedule(Schedule& schedule, const std::vector<size_t>& open, const PlanEdit& edit,
                                  std::optional<OpId> op);

}  // namespace fusesim
