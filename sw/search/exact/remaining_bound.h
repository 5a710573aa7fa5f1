#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/cost/fit_bound.h"
#include "group_tracker.h"
#include "op_bits.h"

namespace fusesim {

/// A lower bound of what every way to complete a plan costs from a down-set on.
///
/// It counts, each at most once: weights of the remaining ops; graph outputs not yet written; every tensor
/// that crosses the border of the down-set, which is read again at least once; and forced cuts further on.
/// For these take a chain c_0 < c_1 < ... of ops, each an ancestor of the next. Groups are convex, so one
/// that holds c_i and c_j holds every op between them, and where the fit bound rejects that set, the chain is
/// cut between c_i and c_j. If c_i and c_{i+1} are in different groups, consider the ops placed just before
/// the group of c_{i+1}: the tensors that cross their border are written and read again. The least such
/// traffic, over all borders between the two and over tensors that are made between them, is a minimum cut.
/// No tensor is made between two pairs, so the cuts of different pairs add up, and so do they with the
/// tensors that cross the border of the down-set. Several chains add up too, if each counts only tensors and
/// extra bytes of members of its own.
class RemainingBound {
 public:
  /// `single_bytes`: least bytes that every op moves alone.
  RemainingBound(const Graph& graph, const TrafficFloor& floor, FitBound& fit,
                 const std::vector<int64_t>& single_bytes);

  struct Bytes {
    int64_t all = 0;
    int64_t without_extra = 0;  ///< leaves out the extra bytes of groups of several ops
  };
  /// `down_set`: placed ops, closed under predecessors.
  Bytes bytes(const uint64_t* down_set) const;
  /// bytes() of a down-set, from those of the one without the ops `placed`. Its work does not grow with the
  /// network.
  Bytes bytes_after(const Bytes& before, const std::vector<OpId>& placed, const uint64_t* down_set);

 private:
  /// Where an op is in a chain.
  struct Place {
    size_t chain = 0, index = 0;
    bool in_chain = false;
  };

  struct Chain {
    std::vector<OpId> ops;
    std::vector<uint64_t> members;    ///< ops that only this chain counts, itself included
    std::vector<Bytes> forced_bytes;  ///< least cost of cuts and extra bytes from op i on; one more entry: 0
  };

  /// What one tensor costs as long as some of its readers, or its producer, are left.
  struct TensorUse {
    OpId producer;
    int64_t write_bytes;  ///< if it has not been made
    int64_t fetch_bytes;  ///< if it has been made and a reader is left
    size_t readers_begin, readers_end;
  };

  void flatten();
  void find_chains(FitBound& fit, const std::vector<int64_t>& single_bytes);
  std::vector<OpId> longest_chain(const std::vector<uint64_t>& from) const;
  std::vector<int64_t> cut_bytes(const Chain& chain) const;
  std::vector<Bytes> forced_bytes(const Chain& chain, FitBound& fit,
                                  const std::vector<int64_t>& single_bytes) const;
  const uint64_t* ancestors_of(OpId op) const { return &ancestors_[static_cast<size_t>(op) * words_]; }
  bool precedes(OpId op, OpId later) const { return has_op(ancestors_of(later), op); }
  bool counts(const Chain& chain, OpId op, OpId first, OpId last) const;

  const Graph& graph_;
  const TrafficFloor& floor_;
  size_t words_;
  std::vector<uint64_t> ancestors_;  ///< per op a set of ops, itself included; none of very many ops
  std::vector<Chain> chains_;
  // The graph as bytes() walks it.
  std::vector<int64_t> op_bytes_;  ///< weights once, and what every group adds
  std::vector<TensorUse> uses_;
  std::vector<OpId> readers_;
  std::vector<Place> places_;      ///< per op
  std::vector<uint64_t> counted_;  ///< per tensor: the last count of bytes_after() that it was part of
  uint64_t count_ = 0;
};

}  // namespace fusesim
