#pragma once

#include <cstdint>
#include <vector>

#include "brr/channel_span.h"
#include "brr/residency.h"
#include "rows/group_view.h"

namespace fusesim {

/// Channels of operand k of an op that channels `made` of its result are made of.
ChannelSpan operand_channels(const Graph& graph, const LocalOp& op, size_t k, const ChannelSpan& made);

/// What a tile does between its FULL external rows and its end, in order: every tile of a group does the
/// same, on rows of its own. FULL results are made whole, block by block; those that are read slice by slice
/// when their reader asks for a slice.
class BrrSteps {
 public:
  enum class What : uint8_t {
    stream,  ///< channels of an external SLICE come
    work,    ///< a block; of a weighted op it takes one sub-group
    store,   ///< channels of the op's result leave
  };
  struct Step {
    What what = What::work;
    int op = -1;
    int tensor = -1;       ///< stream, store
    ChannelSpan channels;  ///< of the tensor; of a block: output channels, of a pool: input channels
    ChannelSpan inputs;    ///< of a reduction, within its convolution group
    bool begins = true, ends = true;  ///< the sums of its outputs
  };

  /// Returns the list of the last call.
  const std::vector<Step>& list(const Graph& graph, const GroupView& view, const BrrResidency& residency,
                                int64_t g, int64_t pe_rows);

 private:
  void run_unit(int root);
  ChannelSpan& held(int tensor, int reader);
  void bring(int tensor, int reader, const ChannelSpan& needed);
  void make(int op, const ChannelSpan& channels);
  void pass_by(const LocalOp& op, int index);
  std::vector<ChannelSpan> spans_of(int tensor, int64_t width);
  void reduce(const LocalOp& op, int index, const ChannelSpan& channels);
  void add_slice(const LocalOp& op, int index, const ChannelSpan& channels);
  void work_in_place(const LocalOp& op, int index, const ChannelSpan& channels);
  void find_cuts(int tensor, int64_t offset, const ChannelSpan& within);
  int local_tensor(const LocalOp& op, size_t operand) const;

  const Graph* graph_ = nullptr;
  const GroupView* view_ = nullptr;
  const BrrResidency* residency_ = nullptr;
  int64_t g_ = 1, pe_rows_ = 1;
  std::vector<ChannelSpan> made_;      ///< on chip, by tensor made inside
  std::vector<ChannelSpan> streamed_;  ///< on chip, by reader edge
  std::vector<int64_t> cuts_;
  std::vector<Step> steps_;
};

}  // namespace fusesim
