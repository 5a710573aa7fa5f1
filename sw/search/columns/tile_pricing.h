#pragma once

#include <bitset>
#include <cstdint>
#include <vector>

#include "columns/label_sweep.h"
#include "columns/tile_frontier.h"

namespace fusesim {

/// As Pricing, for groups whose tensors have as many rows as their readers need: the sweep goes against the
/// data flow, so that readers are known before what they read is made. What is to be known of a tensor that
/// is alive is whether a reader in the group wants it, and FULL or SLICE; whether another one is outside;
/// whether its producer may join, for which nothing between may have been left out; how many rows are
/// needed; and which parts of the group want it.
class TilePricing : private LabelSweep {
 public:
  /// Sweeps of frontiers with these slots.
  explicit TilePricing(size_t slots);

  /// `duals`: per op. least_reduced is of groups whose first op in the order is that.
  Priced run(const TileFrontier& frontier, const std::vector<int64_t>& duals, const PricingOptions& options);
  /// Of one connected, convex group of several ops: its least value in the frontier's way, kNeverFits if it
  /// does not fit by it.
  int64_t floor_of(const TileFrontier& frontier, const Group& group);

 private:
  using Want = TileFrontier::Want;
  using Outside = StorageFloor::Outside;
  static constexpr size_t kMostParts = 8;  ///< more are taken for one: a relaxation
  /// Where a tensor that is alive is.
  enum class Place : uint8_t {
    unread,   ///< by the group
    barred,   ///< and its producer may not join; also: no reader is left
    fetched,  ///< read, and its producer may not join
    wanted,   ///< all readers so far are in the group
    missed,   ///< some are
  };
  /// What is wanted where several ops of the group may read it.
  static Want shared(Want want) {
    return want == Want::full_alone || want == Want::slice_alone ? Want::any : want;
  }
  struct Held {
    Place place = Place::unread;
    Want want = Want::any;
    uint8_t level = 0;
    uint8_t parts = 0;  ///< of the group, as bits
    bool is_wanted() const { return place == Place::wanted || place == Place::missed; }
  };
  /// How the op makes its output, and what it wants of its inputs for that.
  struct Way {
    int64_t row_bytes;
    Want want;
    int sliced = -1;  ///< an input that is wanted as SLICE
  };

  TilePricing(const StateLayout& layout, size_t slots);
  void begin(const TileFrontier& frontier);
  void take(const uint8_t* state);
  const SweepStep& step_at(size_t position) const override { return frontier_->steps()[position]; }
  void enter(size_t position) override { step_ = &frontier_->steps()[position]; }
  void try_join(const uint8_t* state, const Label& label, bool is_first,
                const PricingOptions& options) override;
  void try_skip(const uint8_t* state, Label label, const PricingOptions& options) override;
  void find_ways(const Held& out);
  void add_way(const Held& out, bool makes_slice, int64_t row_bytes, Want want, int sliced = -1);
  void add_join_ways(const Held& out, int64_t full, int64_t slice);
  bool take_output(Held& out, Label& label);
  bool read(const TileFrontier::Input& input, Want want, uint8_t level, Label& label);
  bool read_barred(const TileFrontier::Input& input, Want want, uint8_t level, Label& label);
  bool read_fetched(const TileFrontier::Input& input, Want want, uint8_t level, Label& label);
  bool read_wanted(const TileFrontier::Input& input, Want want, uint8_t level, Label& label);
  bool fetch(TensorId tensor, bool has_more_readers, Held& held, Label& label) const;
  void settle_alone(TensorId tensor, Held& held, Label& label) const;
  void consider(Label label, const PricingOptions& options);
  bool settle(Label& label);
  int64_t storage_of(TensorId tensor, const Held& held) const;
  static unsigned count_of(uint8_t parts) {
    return static_cast<unsigned>(std::bitset<kMostParts>(parts).count());
  }
  uint8_t all_parts() const;
  bool renumber_parts();
  bool may_gain(const Label& label, const PricingOptions& options) const;
  void join_parts(uint8_t parts);
  Held held(size_t slot) const;
  void put(size_t slot, const Held& held);

  // Of a state.
  size_t slots_;
  size_t levels_;
  size_t flags_;
  size_t parts_begin_;

  // The sweep, the step and the label in work.
  const TileFrontier* frontier_ = nullptr;
  const PriceFloor* prices_ = nullptr;
  const TileFrontier::Step* step_ = nullptr;
  std::vector<uint8_t> state_, before_;
  std::vector<Way> ways_;
  int64_t own_bytes_ = 0;     ///< of what is wanted, at least, if it is made inside
  int64_t ranked_bytes_ = 0;  ///< of all that is held
  int64_t saved_value_ = 0;   ///< if all that is held is made or read by what follows as well
  unsigned parts_ = 0;
  unsigned new_part_ = 0;
};

}  // namespace fusesim
