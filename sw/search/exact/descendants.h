#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/graph/graph.h"
#include "op_bits.h"

namespace fusesim {

/// A set of ops as a window of words: none before it, and behind it none or all.
class OpWindow {
 public:
  OpWindow() = default;

  size_t begin() const { return begin_; }
  size_t end() const { return begin_ + words_.size(); }
  bool all_behind() const { return behind_ != 0; }
  uint64_t word(size_t w) const {
    if (w < begin_) return 0;
    return w < end() ? words_[w - begin_] : behind_;
  }
  void clear();
  void add(OpId op);
  /// There are so many ops: behind the last one all are in.
  void end_at(size_t ops);
  void unite(const OpWindow& other);
  /// Leaves out words at its end that are like all behind.
  void trim();

 private:
  void cover(size_t begin, size_t end);

  size_t begin_ = 0;
  std::vector<uint64_t> words_;
  uint64_t behind_ = 0;
};

/// Of every op all that depends on it, itself included. Where networks are narrow, all ops from some point on
/// depend on an op: then the memory does not grow with the network. Bits of the last word that stand for no
/// op may be set.
std::vector<OpWindow> find_descendants(const Graph& graph, const std::vector<std::vector<OpId>>& successors);

}  // namespace fusesim
