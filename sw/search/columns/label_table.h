#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace fusesim {

/// A group under construction, as a sweep knows it.
struct Label {
  int64_t value = 0;  ///< reduced: less the duals of its ops
  int64_t storage_bytes = 0;
  int32_t trace = -1;  ///< its last op in the sweep's arena
};

/// Labels of one step of a sweep, by state. Of two labels in one state, one that is no better in value and no
/// better in storage is dropped. Storage is told apart in buckets: labels of one bucket become one with the
/// least of both, so that what follows from labels stays a lower bound.
class LabelTable {
 public:
  /// `state_bytes`: a multiple of 8.
  explicit LabelTable(size_t state_bytes) : state_bytes_(state_bytes) {}

  void clear(int64_t bucket_bytes);
  /// False if the label's trace is not needed.
  bool add(const uint8_t* state, const Label& label);

  size_t states() const { return heads_.size(); }
  const uint8_t* state(size_t index) const { return states_.data() + index * state_bytes_; }
  /// Entries of a state, ascending buckets: entry numbers from first() on, until it is negative.
  int32_t first(size_t index) const { return heads_[index]; }
  int32_t next(int32_t entry) const { return entries_[static_cast<size_t>(entry)].next; }
  const Label& label(int32_t entry) const { return entries_[static_cast<size_t>(entry)].label; }
  size_t labels() const { return labels_; }
  /// Drops all labels of a value above that of the `count` best, and of those that share it as many as are
  /// needed.
  void keep_best(size_t count);

 private:
  struct Entry {
    Label label;
    int32_t next = -1;
  };

  size_t find(const uint8_t* state);
  void grow();
  void drop_worse(int32_t entry);

  size_t state_bytes_;
  int64_t bucket_bytes_ = 1;
  std::vector<uint8_t> states_;
  std::vector<int32_t> heads_;
  std::vector<Entry> entries_;
  size_t labels_ = 0;
  std::vector<uint32_t> slots_;  ///< state index + 1; 0: free
};

}  // namespace fusesim
