#pragma once

#include <cstddef>
#include <cstdint>

#include "fusesim/graph/graph.h"

namespace fusesim {

/// Sets of ops as bit strings: bit o of an array of words stands for op o.
inline size_t words_for(size_t ops) { return (ops + 63) / 64; }
inline bool has_op(const uint64_t* words, OpId op) {
  const auto o = static_cast<size_t>(op);
  return (words[o / 64] >> (o % 64) & 1U) != 0;
}
inline void set_op(uint64_t* words, OpId op) {
  const auto o = static_cast<size_t>(op);
  words[o / 64] |= uint64_t{1} << (o % 64);
}
inline void clear_op(uint64_t* words, OpId op) {
  const auto o = static_cast<size_t>(op);
  words[o / 64] &= ~(uint64_t{1} << (o % 64));
}

}  // namespace fusesim
