#pragma once

#include <cstdint>
#include <vector>

#include "columns/frontier.h"
#include "columns/label_sweep.h"

namespace fusesim {

/// The groups of least value less the duals of their ops, over all sets of two or more ops that are
/// connected, convex and, as far as PriceFloor and buckets of storage tell, fit. A dynamic program along the
/// frontier of a topological order: at each op it may join the group or not. What the past leaves to be known
/// is, per tensor that is alive, whether it was made in the group and has been paid for as leaving it, was
/// fetched, or comes after something that left the group, so that its readers may not join; how many rows of
/// it are held; and which of the group's parts it belongs to.
class Pricing : private LabelSweep {
 public:
  explicit Pricing(const Frontier& frontier);

  /// `duals`: per op.
  Priced run(const std::vector<int64_t>& duals, const PricingOptions& options);
  /// Of one connected, convex group of several ops: its least value, kNeverFits if it does not fit.
  int64_t floor_of(const Group& group);

 private:
  const SweepStep& step_at(size_t position) const override { return frontier_.steps()[position]; }
  void enter(size_t position) override { step_ = &frontier_.steps()[position]; }
  void try_join(const uint8_t* state, const Label& label, bool is_first,
                const PricingOptions& options) override;
  void try_skip(const uint8_t* state, Label label, const PricingOptions& options) override;
  bool join(Label& label);
  void join_parts();
  void skip(Label& label);
  void consider(const Label& label, const PricingOptions& options);
  bool settle(Label& label);
  uint64_t barred_readers(const Label& label) const;
  bool renumber_parts(const Label& label);
  bool may_connect(const Label& label, unsigned parts) const;
  bool may_gain(const Label& label, const PricingOptions& options) const;

  const Frontier& frontier_;
  const PriceFloor& prices_;

  // The step and the label in work.
  const Frontier::Step* step_ = nullptr;
  std::vector<uint8_t> state_;
  unsigned parts_ = 0;       ///< of the label
  unsigned new_part_ = 0;    ///< that the op has joined
  int64_t saved_value_ = 0;  ///< if all that is held is read by what follows as well
};

}  // namespace fusesim
