#pragma once

#include <cstdint>
#include <vector>

#include "columns/knapsack_gain.h"
#include "columns/label_table.h"
#include "columns/price_floor.h"
#include "columns/pricing_options.h"

namespace fusesim {

/// What any sweep has to know of an op that it passes.
struct SweepStep {
  OpId op = -1;
  bool may_join = false;
  int64_t joining_bytes = 0;  ///< that it adds to a group at least
};

/// A dynamic program that passes all ops once, each of which joins a group under construction or not, and
/// keeps labels by state. What a state is, and what joining does to it, is its heirs' to say.
class LabelSweep {
 protected:
  struct Trace {
    int32_t before;
    OpId op;
  };
  struct Candidate {
    int64_t reduced;
    int32_t trace;
  };

  explicit LabelSweep(const StateLayout& layout);
  virtual ~LabelSweep() = default;

  /// Over all steps under these duals, per op.
  Priced sweep(const PriceFloor& prices, size_t steps, const std::vector<int64_t>& duals,
               const PricingOptions& options);
  /// The ops at these positions join one after another, and no others, with storage told apart to the byte:
  /// their least value, kNeverFits if they do not fit.
  int64_t sweep_over(std::vector<size_t> positions);

  virtual const SweepStep& step_at(size_t position) const = 0;
  /// The step that labels are taken to from now on.
  virtual void enter(size_t position) = 0;
  virtual void try_join(const uint8_t* state, const Label& label, bool is_first,
                        const PricingOptions& options) = 0;
  virtual void try_skip(const uint8_t* state, Label label, const PricingOptions& options) = 0;

  /// A complete group that fits; of one trace the least counts.
  void offer(int64_t reduced, int32_t trace, const PricingOptions& options);
  bool is_candidate(int32_t trace) const;
  Group group_of(int32_t trace) const;

  size_t state_bytes_;
  LabelTable now_, next_;
  std::vector<Trace> arena_;
  KnapsackGain gains_;
  size_t position_ = 0;
  int64_t dual_ = 0;
  int64_t most_bytes_ = 0;
  std::vector<Candidate> candidates_;  ///< of the step, best first

 private:
  void take_step(bool may_join, bool may_skip, bool may_begin, const PricingOptions& options);
};

}  // namespace fusesim
