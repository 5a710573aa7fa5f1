#include "columns/label_table.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <tuple>

namespace fusesim {
namespace {

constexpr size_t kFewestSlots = 1024;
/// Entries' bytes of a table before those that are not needed are dropped between.
constexpr size_t kManyBytes = size_t{32} << 20U;

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

/// Whether a label is no worse in all that is behind the key: of its words and another one's, `section` of
/// each rank.
inline bool is_no_worse(const uint64_t* own, const uint64_t* most, size_t words) {
  constexpr uint64_t kTops = 0x8080808080808080ULL;
  bool is_of_any_kind = true;
  bool is_of_same_kind = true;
  for (size_t i = 0; i < words; ++i) {
    const uint64_t differences = (most[i] | kTops) - own[i];  // eight, none of which borrows
    const uint64_t more = ~differences & kTops;
    if ((more | (own[words + i] & ~most[words + i])) != 0) return false;
    const uint64_t kinds = own[2 * words + i];
    is_of_any_kind = is_of_any_kind && kinds == 0;
    is_of_same_kind = is_of_same_kind && kinds == most[2 * words + i];
  }
  return is_of_any_kind || is_of_same_kind;
}

}  // namespace

void LabelTable::clear(int64_t bucket_bytes) {
  bucket_bytes_ = bucket_bytes;
  keys_.clear();
  best_.clear();
  entries_.clear();
  words_.clear();
  finish_at_ = kManyBytes / label_bytes();
  if (slots_.size() > kFewestSlots) slots_.resize(kFewestSlots);
  slots_.assign(std::max(slots_.size(), kFewestSlots), 0);
}

void LabelTable::copy_state(size_t index, uint8_t* to) const {
  std::memcpy(to, key(entries_[index].key), layout_.section);
  if (layout_.ranked) std::memcpy(to + layout_.section, &words_[index * ranks_], ranks_ * sizeof(uint64_t));
}

size_t LabelTable::find(const uint8_t* state) {
  const size_t mask = slots_.size() - 1;
  size_t slot = hash_of(state, layout_.section) & mask;
  while (slots_[slot] != 0 && std::memcmp(key(slots_[slot] - 1), state, layout_.section) != 0)
    slot = (slot + 1) & mask;
  return slot;
}

void LabelTable::grow() {
  slots_.assign(2 * slots_.size(), 0);
  const size_t mask = slots_.size() - 1;
  for (size_t i = 0; i < best_.size(); ++i) {
    size_t slot = hash_of(key(i), layout_.section) & mask;
    while (slots_[slot] != 0) slot = (slot + 1) & mask;
    slots_[slot] = static_cast<uint32_t>(i + 1);
  }
}

/// An entry makes another one of its key needless: it has the less of both storages.
void LabelTable::take_over(Entry& entry, const Entry& other) {
  const int64_t less = std::max<int64_t>(0, entry.bare_bytes - other.bare_bytes);
  entry.bare_bytes -= less;
  entry.label.storage_bytes -= less;
}

bool LabelTable::add(const uint8_t* state, const Label& label, int64_t ranked_bytes) {
  if (entries_.size() >= finish_at_) {
    sort_by_key();
    drop_needless();
    finish_at_ = std::max(kManyBytes / label_bytes(), 2 * entries_.size());
  }
  if (2 * (best_.size() + 1) > slots_.size()) grow();
  const size_t slot = find(state);
  const bool is_new = slots_[slot] == 0;
  if (is_new) {
    keys_.insert(keys_.end(), state, state + layout_.section);
    best_.push_back(static_cast<uint32_t>(entries_.size()));
    slots_[slot] = static_cast<uint32_t>(best_.size());
  }
  const uint32_t key = slots_[slot] - 1;
  const size_t index = entries_.size();
  const int64_t bare_bytes = label.storage_bytes - ranked_bytes;
  entries_.push_back({label, bare_bytes, bare_bytes / bucket_bytes_, key});
  words_.resize(words_.size() + ranks_);
  if (layout_.ranked)
    std::memcpy(&words_[index * ranks_], state + layout_.section, ranks_ * sizeof(uint64_t));
  if (is_new) return true;
  const size_t best = best_[key];
  if (entries_[best].label.value <= label.value && entries_[best].bucket <= entries_[index].bucket &&
      is_no_worse(words_.data() + best * ranks_, words_.data() + index * ranks_, ranks_ / 3)) {
    take_over(entries_[best], entries_[index]);
    entries_.pop_back();
    words_.resize(words_.size() - ranks_);
    return false;
  }
  if (label.value < entries_[best].label.value) best_[key] = static_cast<uint32_t>(index);
  return true;
}

/// Entries by key, the best first, and of equal ones those that were added first.
void LabelTable::sort_by_key() {
  begins_.assign(best_.size() + 1, 0);
  for (const Entry& entry : entries_) ++begins_[entry.key + 1];
  for (size_t key = 0; key < best_.size(); ++key) begins_[key + 1] += begins_[key];
  order_.resize(entries_.size());
  for (size_t i = 0; i < entries_.size(); ++i) order_[begins_[entries_[i].key]++] = static_cast<uint32_t>(i);
  for (size_t key = 0, begin = 0; key < best_.size(); begin = begins_[key++]) {
    std::sort(order_.begin() + static_cast<std::ptrdiff_t>(begin), order_.begin() + begins_[key],
              [this](uint32_t a, uint32_t b) {
                const Entry& one = entries_[a];
                const Entry& other = entries_[b];
                return std::tie(one.label.value, one.bucket, a) <
                       std::tie(other.label.value, other.bucket, b);
              });
  }
}

void LabelTable::keep(size_t index) {
  kept_.push_back(entries_[index]);
  kept_words_.resize(kept_words_.size() + ranks_);
  std::copy_n(words_.begin() + static_cast<std::ptrdiff_t>(index * ranks_), ranks_,
              kept_words_.end() - static_cast<std::ptrdiff_t>(ranks_));
}

/// Of entries in order.
void LabelTable::drop_needless() {
  kept_.clear();
  kept_words_.clear();
  kept_buckets_.clear();
  const size_t words = ranks_ / 3;
  size_t begin = 0;
  for (size_t i = 0; i < order_.size(); ++i) {
    const Entry& entry = entries_[order_[i]];
    if (i == 0 || entry.key != entries_[order_[i - 1]].key) begin = kept_.size();
    const size_t end = kept_.size();
    const int64_t bucket = entry.bucket;
    const uint64_t* own = words_.data() + order_[i] * ranks_;
    const uint64_t* kept = kept_words_.data();
    size_t k = begin;
    for (; k < end; ++k) {
      if (kept_buckets_[k] <= bucket && is_no_worse(kept + k * ranks_, own, words)) break;
    }
    if (k < end) {
      take_over(kept_[k], entry);
      continue;
    }
    if (end == begin) best_[entry.key] = static_cast<uint32_t>(begin);
    kept_buckets_.push_back(bucket);
    keep(order_[i]);
  }
  std::swap(entries_, kept_);
  std::swap(words_, kept_words_);
}

void LabelTable::finish(size_t many, int64_t most_bytes) {
  constexpr int64_t kWider = 4;
  sort_by_key();
  drop_needless();
  while (entries_.size() > many && bucket_bytes_ < most_bytes) {
    bucket_bytes_ *= kWider;
    for (Entry& entry : entries_) entry.bucket = entry.bare_bytes / bucket_bytes_;
    order_.resize(entries_.size());
    std::iota(order_.begin(), order_.end(), uint32_t{0});
    drop_needless();
  }
}

void LabelTable::keep_best(size_t count) {
  if (entries_.size() <= count) return;
  std::vector<int64_t> values;
  values.reserve(entries_.size());
  for (const Entry& entry : entries_) values.push_back(entry.label.value);
  const auto last = values.begin() + static_cast<std::ptrdiff_t>(count - 1);
  std::nth_element(values.begin(), last, values.end());
  const int64_t most = *last;
  auto shared = static_cast<size_t>(std::count(values.begin(), last + 1, most));
  kept_.clear();
  kept_words_.clear();
  for (size_t i = 0; i < entries_.size(); ++i) {
    const int64_t value = entries_[i].label.value;
    if (value > most || (value == most && shared == 0)) continue;
    if (value == most) --shared;
    keep(i);
  }
  std::swap(entries_, kept_);
  std::swap(words_, kept_words_);
}

}  // namespace fusesim
