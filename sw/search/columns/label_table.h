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

/// How a state lies in memory: one byte per slot, in up to four sections of whole words.
struct StateLayout {
  StateLayout(size_t slots, bool is_ranked) : section((slots + 7) / 8 * 8), ranked(is_ranked) {}
  size_t bytes() const { return ranked ? 4 * section : section; }

  size_t section;
  /// Behind the key, which has to be equal for two labels to be compared: levels below 128, of which less is
  /// better; flags, of which fewer are better; kinds, of which all zero is better than any, while others
  /// cannot be compared.
  bool ranked;
};

/// Labels of one step of a sweep, by key. Of two labels, one that is no better in value, in storage and in
/// what else its state has (StateLayout) is dropped. Storage is told apart in buckets: labels of one bucket
/// become one with the least of both, so that what follows from labels stays a lower bound.
class LabelTable {
 public:
  explicit LabelTable(const StateLayout& layout)
      : layout_(layout), ranks_((layout.bytes() - layout.section) / sizeof(uint64_t)) {}

  void clear(int64_t bucket_bytes);
  /// `ranked_bytes`: what of the label's storage follows from levels and flags, and is compared with them.
  /// False if it is plain that the label is not needed.
  bool add(const uint8_t* state, const Label& label, int64_t ranked_bytes = 0);
  /// Drops what is not needed, in buckets that become wider until no more than `many` labels are left or
  /// there is one bucket up to `most_bytes`. To be called before what follows is asked for.
  void finish(size_t many, int64_t most_bytes);
  /// And all labels of a value above that of the `count` best; of those that share it, as many as are needed
  /// stay.
  void keep_best(size_t count);

  size_t labels() const { return entries_.size(); }
  /// Of one label in memory, its key among them.
  size_t label_bytes() const { return layout_.bytes() + sizeof(Entry); }
  /// Labels come by key, and of each the best first.
  const Label& label(size_t index) const { return entries_[index].label; }
  void copy_state(size_t index, uint8_t* to) const;

 private:
  struct Entry {
    Label label;
    int64_t bare_bytes = 0;  ///< of its storage, without what its ranks come to
    int64_t bucket = 0;
    uint32_t key = 0;
  };

  const uint8_t* key(size_t index) const { return keys_.data() + index * layout_.section; }
  size_t find(const uint8_t* state);
  void grow();
  static void take_over(Entry& entry, const Entry& other);
  void sort_by_key();
  void keep(size_t index);
  void drop_needless();

  StateLayout layout_;
  size_t ranks_;  ///< words of a state behind its key
  int64_t bucket_bytes_ = 1;
  std::vector<uint8_t> keys_;
  std::vector<uint32_t> best_;  ///< per key: its entry of least value so far
  std::vector<Entry> entries_;
  std::vector<uint64_t> words_;  ///< per entry: its ranks
  size_t finish_at_ = 0;         ///< so many entries, what is not needed is dropped between
  std::vector<uint32_t> slots_;  ///< key + 1; 0: free

  // finish() alone.
  std::vector<uint32_t> order_, begins_;
  std::vector<Entry> kept_;
  std::vector<uint64_t> kept_words_;
  std::vector<int64_t> kept_buckets_;
};

}  // namespace fusesim
