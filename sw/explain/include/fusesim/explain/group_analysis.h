#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fusesim/cost/breakdown.h"
#include "fusesim/explain/explainers.h"

namespace fusesim {

/// An edge of the group as an explainer sees it.
struct RankedEdge {
  GroupEdge edge;
  double score = 0.0;
  bool held = false;  ///< the explanation holds it: SPLIT cuts here
};

/// A group that comes out of a split.
struct SplitPart {
  Group group;
  int64_t buffer_bytes = 0;  ///< that it occupies
  int64_t f_d_bytes = 0;
};

/// An op that does not fit even alone, so that no split at edges helps.
struct LoneMisfit {
  OpId op = -1;
  int64_t f_beta_bytes = 0;
};

/// Why a group does not fit a buffer, what an explainer makes of it, and what follows.
struct GroupAnalysis {
  Scheme scheme{};
  Group group;
  int64_t buffer_bytes = 0;  ///< beta
  BufferBreakdown needs;
  /// What the trained network says; nothing without an explainer, and of opaque ops.
  std::optional<double> p_invalid;
  ExplainerKind explainer = ExplainerKind::none;
  std::vector<RankedEdge> edges;  ///< by descending score; without an explainer ascending, none held
  /// SPLIT's; nothing without an explainer, and for groups that fit or are one op.
  std::optional<SplitCategory> category;
  std::vector<SplitPart> parts;          ///< in running order; empty if SPLIT failed or was not asked
  std::vector<LoneMisfit> lone_misfits;  ///< of a group that does not fit, ascending op
  std::optional<int64_t> alone_bytes;    ///< F_D of every op alone, summed; nothing: an op fits in no way
  /// F_D of the group as it is, in a buffer in which it fits; nothing: illegal.
  std::optional<int64_t> whole_bytes;

  bool fits() const { return needs.f_beta_bytes < buffer_bytes; }
};

/// Analyses a legal group at config's buffer size. `data_directory` is read only if an explainer is named.
/// Throws what make_explainer_factory throws.
GroupAnalysis analyse_group(const Graph& graph, const Group& group, Scheme scheme, const Config& config,
                            ExplainerKind explainer, const std::string& data_directory,
                            const ExplainerOptions& options = {});

}  // namespace fusesim
