#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "fusesim/gnn/dataset.h"
#include "fusesim/gnn/network.h"

namespace fusesim::gnn {

/// Counts of predicted against true classes; positive = invalid.
struct Confusion {
  int64_t true_positive = 0, false_positive = 0, true_negative = 0, false_negative = 0;

  int64_t total() const { return true_positive + false_positive + true_negative + false_negative; }
  double accuracy() const;
  double f1_invalid() const;
  double f1_valid() const;
  /// Share of the more frequent true class.
  double majority() const;
  void add(int predicted, int truth);
};

/// P(invalid) by logistic regression on log weight bytes, log row bytes and log buffer bytes: what three
/// numbers can tell without a graph.
class LogisticBaseline {
 public:
  explicit LogisticBaseline(const std::vector<LabelledGroup>& training);
  int predict(const LabelledGroup& group, int64_t buffer_bytes) const;

 private:
  std::vector<double> weights_;  ///< bias, then one per feature
};

struct Evaluation {
  Confusion all;
  Confusion hard;          ///< 0.5 < F_beta/beta < 2
  Confusion baseline_all;  ///< LogisticBaseline
  Confusion baseline_hard;
  double invalid_without_edges = 0.0;          ///< mean P(invalid) with all edges masked
  double invalid_without_edges_invalid = 0.0;  ///< the same over truly invalid samples
  double invalid_without_edges_valid = 0.0;    ///< over truly valid ones
  double invalid_with_edges = 0.0;             ///< mean P(invalid)
};

/// Every group at every buffer size.
Evaluation evaluate(const Network& network, const LogisticBaseline& baseline,
                    const std::vector<LabelledGroup>& groups);

}  // namespace fusesim::gnn
