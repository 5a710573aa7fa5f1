#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "fusesim/cost/cost.h"

namespace fusesim {

/// Order-dependent hash of the ops of a group, which are sorted.
struct GroupHash {
  size_t operator()(const Group& group) const;
};

/// Different groups that the cost models were asked about; asking again is free.
struct QueryCounts {
  int64_t f_beta = 0;
  int64_t f_d = 0;
  int64_t total() const { return f_beta + f_d; }
};

/// What is known of the groups of one graph at one scheme and buffer size. Shared by the threads of a search:
/// the counts depend on the groups that were asked about, not on who asked first.
class GroupMemo {
 public:
  struct Figures {
    int64_t f_beta_bytes = -1;
    int64_t f_d_bytes = -1;
    int64_t buffer_bytes = -1;
  };

  /// What is known; -1 where nothing is.
  Figures find(const Group& group) const;
  void add_f_beta(const Group& group, int64_t bytes);
  void add_f_d(const Group& group, int64_t bytes, int64_t buffer_bytes);
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

/// Prices legal groups, asking the cost models only once for each. One object per thread over one memo.
class Evaluator {
 public:
  /// The memo has to serve this graph, scheme and configuration alone.
  Evaluator(const Graph& graph, Scheme scheme, const Config& config, GroupMemo& memo);

  const Graph& graph() const { return graph_; }
  Scheme scheme() const { return scheme_; }
  int64_t buffer_bytes() const { return buffer_bytes_; }
  QueryCounts counts() const { return memo_.counts(); }

  /// F_beta under the scheme; kNeverFits if BRR cannot run the group at any size.
  int64_t f_beta_bytes(const Group& group);
  /// F_beta < beta.
  bool fits(const Group& group) { return f_beta_bytes(group) < buffer_bytes_; }
  /// F_D of a group that fits.
  int64_t f_d_bytes(const Group& group);
  /// Buffer that the schedule with that F_D occupies (LBDF: F_beta).
  int64_t occupied_bytes(const Group& group);

 private:
  GroupMemo::Figures with_f_d(const Group& group);

  const Graph& graph_;
  Scheme scheme_;
  int64_t buffer_bytes_;
  CostModel cost_;
  GroupMemo& memo_;
};

}  // namespace fusesim
