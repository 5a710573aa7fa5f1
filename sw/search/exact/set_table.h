#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace fusesim {

/// Sets of ops, each stored once and numbered in order of insertion. Pointers into it last until the next
/// insert.
class SetTable {
 public:
  using Id = uint32_t;

  /// `words` 64-bit words per set.
  explicit SetTable(size_t words);

  size_t size() const { return size_; }
  const uint64_t* words(Id id) const { return arena_.data() + static_cast<size_t>(id) * words_; }
  /// The number of the set, and whether it is new.
  std::pair<Id, bool> insert(const uint64_t* set);

 private:
  size_t slot_of(const uint64_t* set) const;
  void grow();

  size_t words_;
  size_t size_ = 0;
  std::vector<uint64_t> arena_;
  std::vector<Id> slots_;  ///< id + 1; 0: free
};

}  // namespace fusesim
