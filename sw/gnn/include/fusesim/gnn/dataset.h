#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "fusesim/gnn/graph_input.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim::gnn {

/// Buffer sizes that every group is labelled at.
inline constexpr std::array<int64_t, 5> kBufferBytes = {128 << 10, 256 << 10, 512 << 10, 1024 << 10,
                                                        2048 << 10};

/// A fusion group that was drawn, and what the cost model says of it.
struct LabelledGroup {
  std::string model;   ///< zoo name
  bool folded = true;  ///< epilogues folded, data types of the default accelerator; else the paper's
  Group ops;           ///< of that network
  GraphInput input;    ///< at any buffer size: set_buffer before use
  int64_t f_beta_bytes = 0;
  int64_t weight_bytes = 0;  ///< of all ops
  int64_t row_bytes = 0;     ///< one row of every tensor, external inputs included
  std::string form;          ///< canonical_form(input)

  int label(int64_t buffer_bytes) const;
};

/// Equal for isomorphic inputs (up to Weisfeiler-Lehman colours), whatever the buffer size.
std::string canonical_form(const GraphInput& input);

struct ModelQuota {
  std::string model;
  int64_t groups = 0;
};

/// The paper's training networks with its counts; the networks that training never sees.
std::vector<ModelQuota> training_quotas();
std::vector<ModelQuota> unseen_quotas();

struct DataSet {
  std::vector<LabelledGroup> train;
  std::vector<LabelledGroup> validation;
  std::vector<LabelledGroup> test;
  std::vector<LabelledGroup>
      unseen;          ///< whole networks that the others never saw, without forms that these hold
  std::string sha256;  ///< of all groups and labels
};

/// Draws groups by random growth and from random plans, drops repeated forms and, under BRR, groups that are
/// illegal at every buffer size, and splits 80/10/10 by group. A function of (scheme, seed, scale) and the
/// model files; `scale` multiplies the quotas. Where a network has not enough different groups, the others
/// give more. Throws Error.
DataSet draw_data_set(Scheme scheme, uint64_t seed, double scale, const std::string& data_directory);

}  // namespace fusesim::gnn
