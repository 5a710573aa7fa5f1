#pragma once

#include <unordered_map>
#include <vector>

#include "columns/price_floor.h"
#include "fusesim/search/evaluator.h"

namespace fusesim {

/// Groups of two or more ops that are legal and fit by the cost model, and how to come from a set that does
/// not fit to groups that do.
class ValidGroups {
 public:
  /// `order`: all ops, each after its predecessors. `floor` outlives it.
  ValidGroups(const SearchProblem& problem, const PriceFloor& floor, const std::vector<OpId>& order);

  /// By the cost model; kNeverFits if the group is not legal or does not fit.
  int64_t value(const Group& group);
  /// Valid groups within a convex set, which itself is the only one if it is valid. Ops are dropped until the
  /// rest fits: in the order, against it, and the least worth first; what falls apart is taken part by part.
  /// `worth`: of having an op in the group.
  std::vector<Group> shrunk(const Group& group, const std::vector<double>& worth);
  /// A valid group of no more value less the worth of its ops: single ops join and leave while that helps.
  Group improved(const Group& group, const std::vector<double>& worth);
  /// Value less the worth of the ops.
  static double reduced(const Group& group, int64_t value, const std::vector<double>& worth);
  /// The same of the floor of the value; the group need not be valid.
  double floor_reduced(const Group& group, const std::vector<double>& worth) const {
    return reduced(group, floor_.value(group), worth);
  }

 private:
  int64_t legal_value(const Group& group);
  int64_t change_without(OpId op) const;
  bool is_inside(OpId op) const { return mark_[static_cast<size_t>(op)] == stamp_; }
  void mark(const Group& group);
  bool has_reader_inside(OpId op) const;
  bool has_source_inside(OpId op) const;
  std::vector<Group> parts(const Group& group);
  std::vector<Group> neighbours(const Group& group);
  Group tail(const Group& ordered, size_t dropped);
  void drop_in_order(const Group& group, bool from_front, std::vector<Group>& found);
  void drop_by_worth(Group group, const std::vector<double>& worth, std::vector<Group>& found);

  const PriceFloor& floor_;
  const Graph& graph_;
  GroupMemo memo_;
  Evaluator evaluator_;
  std::unordered_map<Group, int64_t, GroupHash> values_;  ///< of all groups that were asked for
  std::vector<size_t> position_;
  std::vector<std::vector<OpId>> sources_, readers_;
  std::vector<int> mark_;
  int stamp_ = 0;
};

}  // namespace fusesim
