#include "columns/label_table.h"

#include <algorithm>
#include <cstring>

namespace fusesim {
namespace {

constexpr size_t kFewestSlots = 1024;

size_t hash_of(const uint8_t* state, size_t bytes) {
  uint64_t hash = 0x9E3779B97F4A7C15ULL;
  for (size_t i = 0; i < bytes; i += 8) {
    uint64_t word = 0;
    std::memcpy(&word, state + i, 8);
    hash = (hash ^ word) * 0xBF58476D1CE4E5B9ULL;
    hash ^= hash >> 29U;
  }
  return hash;
}

}  // namespace

void LabelTable::clear(int64_t bucket_bytes) {
  bucket_bytes_ = bucket_bytes;
  states_.clear();
  heads_.clear();
  entries_.clear();
  labels_ = 0;
  if (slots_.size() > kFewestSlots) slots_.resize(kFewestSlots);
  slots_.assign(std::max(slots_.size(), kFewestSlots), 0);
}

size_t LabelTable::find(const uint8_t* state) {
  const size_t mask = slots_.size() - 1;
  size_t slot = hash_of(state, state_bytes_) & mask;
  while (slots_[slot] != 0 && std::memcmp(this->state(slots_[slot] - 1), state, state_bytes_) != 0)
    slot = (slot + 1) & mask;
  return slot;
}

void LabelTable::grow() {
  slots_.assign(2 * slots_.size(), 0);
  const size_t mask = slots_.size() - 1;
  for (size_t i = 0; i < heads_.size(); ++i) {
    size_t slot = hash_of(state(i), state_bytes_) & mask;
    while (slots_[slot] != 0) slot = (slot + 1) & mask;
    slots_[slot] = static_cast<uint32_t>(i + 1);
  }
}

/// Of the entries after one, those that it makes needless.
void LabelTable::drop_worse(int32_t entry) {
  Entry& kept = entries_[static_cast<size_t>(entry)];
  while (kept.next >= 0 && entries_[static_cast<size_t>(kept.next)].label.value >= kept.label.value) {
    kept.next = entries_[static_cast<size_t>(kept.next)].next;
    --labels_;
  }
}

bool LabelTable::add(const uint8_t* state, const Label& label) {
  if (2 * (heads_.size() + 1) > slots_.size()) grow();
  const size_t slot = find(state);
  if (slots_[slot] == 0) {
    states_.insert(states_.end(), state, state + state_bytes_);
    heads_.push_back(-1);
    slots_[slot] = static_cast<uint32_t>(heads_.size());
  }
  const size_t index = slots_[slot] - 1;
  const int64_t bucket = label.storage_bytes / bucket_bytes_;
  int32_t before = -1;
  int32_t at = heads_[index];
  for (; at >= 0; at = entries_[static_cast<size_t>(at)].next) {
    Entry& entry = entries_[static_cast<size_t>(at)];
    const int64_t other = entry.label.storage_bytes / bucket_bytes_;
    if (other > bucket) break;
    if (other == bucket) {
      const int64_t storage = std::min(entry.label.storage_bytes, label.storage_bytes);
      const bool is_better = label.value < entry.label.value;
      if (is_better) entry.label = label;
      entry.label.storage_bytes = storage;
      if (is_better) drop_worse(at);
      return is_better;
    }
    if (entry.label.value <= label.value) return false;
    before = at;
  }
  const auto added = static_cast<int32_t>(entries_.size());
  entries_.push_back({label, at});
  ++labels_;
  (before < 0 ? heads_[index] : entries_[static_cast<size_t>(before)].next) = added;
  drop_worse(added);
  return true;
}

void LabelTable::keep_best(size_t count) {
  if (labels_ <= count) return;
  std::vector<int64_t> values;
  values.reserve(labels_);
  for (const int32_t head : heads_) {
    for (int32_t e = head; e >= 0; e = next(e)) values.push_back(label(e).value);
  }
  const auto last = values.begin() + static_cast<std::ptrdiff_t>(count - 1);
  std::nth_element(values.begin(), last, values.end());
  const int64_t most = *last;
  auto shared = static_cast<size_t>(std::count(values.begin(), last + 1, most));
  labels_ = 0;
  for (int32_t& head : heads_) {
    int32_t* link = &head;
    while (*link >= 0) {
      Entry& entry = entries_[static_cast<size_t>(*link)];
      const bool keep = entry.label.value < most || (entry.label.value == most && shared > 0);
      shared -= keep && entry.label.value == most ? 1 : 0;
      if (keep) {
        link = &entry.next;
        ++labels_;
      } else {
        *link = entry.next;
      }
    }
  }
}

}  // namespace fusesim
