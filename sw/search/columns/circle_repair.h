#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "fusesim/graph/graph.h"

namespace fusesim {

/// Makes plans of choices of groups that read each other in circles.
class CircleRepair {
 public:
  /// Value of a connected part of a chosen group, kNeverFits if it is not valid.
  using ValueFn = std::function<int64_t(const Group&)>;

  explicit CircleRepair(const Graph& graph);

  /// The groups that every op is in one of, in running order. Where groups wait for each other in a circle,
  /// one of them is parted, where that costs least, into what comes after another one and what does not.
  /// Empty if no such parts are valid.
  Plan repaired(std::vector<Group> groups, const ValueFn& value) const;

 private:
  struct Split {
    size_t group = 0;
    std::vector<Group> parts;
  };

  bool comes_after(OpId op, const std::vector<uint64_t>& ops) const;
  std::vector<Group> connected(const Group& group) const;
  std::vector<std::vector<size_t>> readers_of(const std::vector<Group>& groups) const;
  Split cheapest_split(const std::vector<Group>& groups, const std::vector<size_t>& circle,
                       const ValueFn& value) const;

  const Graph& graph_;
  size_t words_;
  std::vector<uint64_t> ancestors_;  ///< per op a set of ops
};

}  // namespace fusesim
