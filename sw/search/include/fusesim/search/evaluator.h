#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "fusesim/search/search_problem.h"

namespace fusesim {

class GroupBounds;

/// Order-dependent hash of the ops of a group, which are sorted.
struct GroupHash {
  size_t operator()(const Group& group) const;
};

/// Different groups whose F_beta (or whether it is below the buffer size) and cost were asked for; asking
/// again is free.
struct QueryCounts {
  int64_t f_beta = 0;
  int64_t f_d = 0;
  int64_t total() const { return f_beta + f_d; }
};

/// What is known of the groups of one graph at one scheme and buffer size: for objectives that need time, all
/// that any of them may choose from. Shared by the threads of a search:
/// the counts depend on the groups that were asked about, not on who asked first.
class GroupMemo {
 public:
  struct Figures {
    int64_t f_beta_bytes = -1;
    bool is_priced = false;
    bool cannot_fit = false;       ///< proven without F_beta
    std::vector<GroupCost> front;  ///< if priced: what there is to choose from, nothing if it does not fit
  };

  /// What is known; F_beta is -1 where it is not.
  Figures find(const Group& group) const;
  void add_f_beta(const Group& group, int64_t bytes);
  /// Counts as a query for F_beta.
  void add_cannot_fit(const Group& group);
  void add_front(const Group& group, const std::vector<GroupCost>& front);
  QueryCounts counts() const { return {f_beta_.load(), f_d_.load()}; }

 private:
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<Group, Figures, GroupHash> known;
  };
  static constexpr size_t kShards = 16;

  std::array<Shard, kShards> shards_;
  std::atomic<int64_t> f_beta_{0};
  std::atomic<int64_t> f_d_{0};
};

/// Prices legal groups under the scheme itself, without its fallback, asking the cost models only once for
/// each, and before that whether the search is abandoned. One object per thread over one memo.
class Evaluator {
 public:
  /// The memo has to serve this problem alone, or others that differ in an objective that needs time. The
  /// problem's graph, scheme and objective outlive it.
  Evaluator(const SearchProblem& problem, GroupMemo& memo);
  ~Evaluator();
  Evaluator(Evaluator&& other) noexcept;

  const Graph& graph() const { return graph_; }
  const FusionScheme& scheme() const { return scheme_; }
  int64_t buffer_bytes() const { return buffer_bytes_; }
  QueryCounts counts() const { return memo_.counts(); }

  /// F_beta under the scheme; kNeverFits if it cannot run the group at any size.
  int64_t f_beta_bytes(const Group& group);
  /// F_beta < beta. Where a bound shows that it is not, F_beta is not worked out.
  bool fits(const Group& group);
  /// Of the schedule that the objective takes; nothing if the group does not fit.
  std::optional<GroupCost> cost(const Group& group);
  /// Of the objective; kNeverFits if the group does not fit.
  int64_t value(const Group& group);
  /// Buffer that the schedule with that cost occupies (LBDF: F_beta); kNeverFits if the group does not fit.
  int64_t occupied_bytes(const Group& group);
  /// No less than this is the value of these ops under the scheme, as one group or in parts, fit or not. No
  /// query.
  int64_t least_value(const Group& group);
  /// The same of plans of two or more groups. The group has at least two ops.
  int64_t least_parted_value(const Group& group);

 private:
  GroupBounds& bounds();

  const Graph& graph_;
  const FusionScheme& scheme_;
  const Objective& objective_;
  int64_t buffer_bytes_;
  CostParams params_;
  std::unique_ptr<GroupModel> model_;
  GroupMemo& memo_;
  StopFn abandon_;
  std::unique_ptr<GroupBounds> bounds_;  ///< once needed
};

}  // namespace fusesim
