#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "op_bits.h"

namespace fusesim {

/// Sets of ops, each stored once and numbered in order of insertion. A set is a window of words: before it
/// all words are alike (none of the ops, or all of them), behind it are none. So sets of a few ops, and
/// down-sets that grow along the order of the ops, take memory and time that does not grow with the network.
/// Pointers into it last until the next insert.
class SetTable {
 public:
  using Id = uint32_t;
  enum class Before : uint8_t { none, all };

  explicit SetTable(Before before) : before_(before == Before::all ? ~uint64_t{0} : 0), slots_(kSlots, 0) {}

  size_t size() const { return entries_.size(); }
  /// Words of all windows together.
  size_t words() const { return arena_.size(); }
  /// The number of the set whose words are set[begin .. end), and whether it is new. Words that belong
  /// outside of its window are taken for such.
  std::pair<Id, bool> insert(const uint64_t* set, size_t begin, size_t end);

  /// The window: words [begin, end).
  size_t begin(Id id) const { return entries_[id].begin; }
  size_t end(Id id) const { return entries_[id].end; }
  uint64_t word(Id id, size_t w) const {
    const Entry& entry = entries_[id];
    if (w < entry.begin) return before_;
    return w < entry.end ? arena_[entry.at + w - entry.begin] : 0;
  }
  bool has(Id id, OpId op) const {
    const auto o = static_cast<size_t>(op);
    return (word(id, o / 64) >> (o % 64) & 1U) != 0;
  }

 private:
  static constexpr size_t kSlots = 1024;

  struct Entry {
    size_t at;  ///< of its first word in the arena
    uint32_t begin, end;
  };

  size_t slot_of(const uint64_t* window, size_t begin, size_t end) const;
  void grow();

  uint64_t before_;
  std::vector<uint64_t> arena_;
  std::vector<Entry> entries_;
  std::vector<Id> slots_;  ///< id + 1; 0: free
};

}  // namespace fusesim
