#include "exact/set_table.h"

#include <algorithm>

namespace fusesim {
namespace {

constexpr size_t kInitialSlots = 1024;

uint64_t hash_words(const uint64_t* words, size_t count) {
  uint64_t hash = 0x9E3779B97F4A7C15ULL;
  for (size_t i = 0; i < count; ++i) {
    hash = (hash ^ words[i]) * 0xBF58476D1CE4E5B9ULL;
    hash ^= hash >> 29;
  }
  return hash * 0x94D049BB133111EBULL >> 16;
}

}  // namespace

SetTable::SetTable(size_t words) : words_(words), slots_(kInitialSlots, 0) {}

std::pair<SetTable::Id, bool> SetTable::insert(const uint64_t* set) {
  if (2 * (size_ + 1) > slots_.size()) grow();
  const size_t slot = slot_of(set);
  if (slots_[slot] != 0) return {slots_[slot] - 1, false};
  arena_.insert(arena_.end(), set, set + words_);
  slots_[slot] = static_cast<Id>(++size_);
  return {slots_[slot] - 1, true};
}

size_t SetTable::slot_of(const uint64_t* set) const {
  const size_t mask = slots_.size() - 1;
  size_t slot = hash_words(set, words_) & mask;
  while (slots_[slot] != 0 && !std::equal(set, set + words_, words(slots_[slot] - 1)))
    slot = (slot + 1) & mask;
  return slot;
}

void SetTable::grow() {
  slots_.assign(2 * slots_.size(), 0);
  for (size_t id = 0; id < size_; ++id) slots_[slot_of(words(static_cast<Id>(id)))] = static_cast<Id>(id + 1);
}

}  // namespace fusesim
