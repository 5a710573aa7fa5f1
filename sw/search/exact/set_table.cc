#include "exact/set_table.h"

#include <algorithm>

namespace fusesim {
namespace {

/// `words`: of the window, which starts at word `begin`.
uint64_t hash_words(const uint64_t* words, size_t count, size_t begin) {
  uint64_t hash = 0x9E3779B97F4A7C15ULL ^ begin;
  for (size_t i = 0; i < count; ++i) {
    hash = (hash ^ words[i]) * 0xBF58476D1CE4E5B9ULL;
    hash ^= hash >> 29;
  }
  return hash * 0x94D049BB133111EBULL >> 16;
}

}  // namespace

std::pair<SetTable::Id, bool> SetTable::insert(const uint64_t* set, size_t begin, size_t end) {
  while (begin < end && set[begin] == before_) ++begin;
  while (begin < end && set[end - 1] == 0) --end;
  if (begin == end && before_ == 0) begin = end = 0;  // no op at all
  if (2 * (size() + 1) > slots_.size()) grow();
  const size_t slot = slot_of(set + begin, begin, end);
  if (slots_[slot] != 0) return {slots_[slot] - 1, false};
  entries_.push_back({arena_.size(), static_cast<uint32_t>(begin), static_cast<uint32_t>(end)});
  arena_.insert(arena_.end(), set + begin, set + end);
  slots_[slot] = static_cast<Id>(size());
  return {slots_[slot] - 1, true};
}

size_t SetTable::slot_of(const uint64_t* window, size_t begin, size_t end) const {
  const size_t mask = slots_.size() - 1;
  size_t slot = hash_words(window, end - begin, begin) & mask;
  const auto is_other = [&](const Entry& entry) {
    return entry.begin != begin || entry.end != end ||
           !std::equal(window, window + (end - begin), arena_.data() + entry.at);
  };
  while (slots_[slot] != 0 && is_other(entries_[slots_[slot] - 1])) slot = (slot + 1) & mask;
  return slot;
}

void SetTable::grow() {
  slots_.assign(2 * slots_.size(), 0);
  for (size_t id = 0; id < size(); ++id) {
    const Entry& entry = entries_[id];
    slots_[slot_of(arena_.data() + entry.at, entry.begin, entry.end)] = static_cast<Id>(id + 1);
  }
}

}  // namespace fusesim
