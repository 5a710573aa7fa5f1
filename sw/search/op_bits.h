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

inline size_t word_of(OpId op) { return static_cast<size_t>(op) / 64; }
/// The bits of the last word that stand for ops.
inline uint64_t last_word_mask(size_t ops) { return ~uint64_t{0} >> ((64 - ops % 64) % 64); }
/// Calls `visit` with the ops of word `w` of a set, ascending.
template <typename Visit>
void for_each_op(uint64_t word, size_t w, const Visit& visit) {
  for (; word != 0; word &= word - 1)
    visit(static_cast<OpId>(64 * w + static_cast<size_t>(__builtin_ctzll(word))));
}

}  // namespace fusesim
