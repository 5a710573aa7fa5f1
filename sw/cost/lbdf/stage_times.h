#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/cost/params.h"
#include "rows/group_view.h"
#include "time/array_time.h"
#include "time/dram_time.h"
#include "time/spent.h"

namespace fusesim {

struct LbdfRingTimes {
  int64_t slots = 0;  ///< rows; 0: works in place
  int64_t rows = 0;   ///< of the tensor
  int64_t row_bytes = 0;
  int64_t moved_row_bytes = 0;  ///< by a load or store
  bool external = false, outgoing = false;
};

/// What the stages of a group take per row, what its transfers move, and what all of it adds up to.
class LbdfStageTimes {
 public:
  LbdfStageTimes(const Graph& graph, const CostParams& params, const DramTime& dram_time);

  /// `slots`: ring rows of every local tensor, prefetch rows of externals included. `weights_here`: on chip
  /// from the image or strip before.
  void run(const GroupView& view, const std::vector<int64_t>& slots, bool weights_here);

  struct Step {
    bool on_array = false;
    int64_t cycles = 0;
  };
  /// An op, and the activations that work in place behind it.
  struct Stage {
    int op = 0;      ///< local, the first
    int output = 0;  ///< local tensor of the last
    int64_t rows = 0;
    bool pools = false;  ///< steps[0] is per input row
    std::vector<Step> steps;
    size_t weights_needed = 0;  ///< so many of weights() have to be there
  };
  struct Weights {
    int op = 0;
    int64_t bytes = 0;
  };
  const std::vector<LbdfRingTimes>& rings() const { return rings_; }
  const std::vector<Stage>& stages() const { return stages_; }
  const std::vector<Weights>& weights() const { return weights_; }
  const Spent& spent() const { return spent_; }
  int64_t array_start_cycles() const { return array_time_.start_cycles(); }

 private:
  void find_rings(const GroupView& view, const std::vector<int64_t>& slots);
  void find_weights(const GroupView& view, bool weights_here);
  void find_stages(const GroupView& view);
  Step step_of(const GroupView& view, const LocalOp& op, int64_t rows, bool in_place);
  std::vector<int64_t> needed_rows(const GroupView& view) const;

  const Graph& graph_;
  const CostParams& params_;
  const DramTime& dram_time_;
  ArrayTime array_time_;
  std::vector<LbdfRingTimes> rings_;
  std::vector<Stage> stages_;
  std::vector<Weights> weights_;
  Spent spent_;
};

}  // namespace fusesim
