#include "fusesim/gnn/metrics.h"

#include <algorithm>

#include "fusesim/gnn/features.h"

namespace fusesim::gnn {
namespace {

double ratio(int64_t part, int64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

double Confusion::accuracy() const { return ratio(true_positive + true_negative, total()); }

double Confusion::f1_invalid() const {
  return ratio(2 * true_positive, 2 * true_positive + false_positive + false_negative);
}

double Confusion::f1_valid() const {
  return ratio(2 * true_negative, 2 * true_negative + false_positive + false_negative);
}

double Confusion::majority() const {
  const int64_t positive = true_positive + false_negative;
  return ratio(std::max(positive, total() - positive), total());
}

void Confusion::add(int predicted, int truth) {
  if (predicted == 1) {
    ++(truth == 1 ? true_positive : false_positive);
  } else {
    ++(truth == 1 ? false_negative : true_negative);
  }
}

Evaluation evaluate(const Network& network, const LogisticBaseline& baseline,
                    const std::vector<LabelledGroup>& groups) {
  Evaluation result;
  for (const LabelledGroup& group : groups) {
    GraphInput input = group.input;
    for (const int64_t buffer : kBufferBytes) {
      set_buffer(input, buffer);
      Pass pass(network, input);
      const std::vector<float> with = softmax(pass.forward());
      const std::vector<float> without = softmax(pass.forward(std::vector<float>(input.edges.size(), 0.0F)));
      const int truth = group.label(buffer);
      const int predicted = with[kInvalid] > with[kValid] ? 1 : 0;
      const int simple = baseline.predict(group, buffer);
      result.all.add(predicted, truth);
      result.baseline_all.add(simple, truth);
      const bool hard = 2 * group.f_beta_bytes > buffer && group.f_beta_bytes < 2 * buffer;
      if (hard) {
        result.hard.add(predicted, truth);
        result.baseline_hard.add(simple, truth);
      }
      result.invalid_with_edges += with[kInvalid];
      result.invalid_without_edges += without[kInvalid];
      (truth == 1 ? result.invalid_without_edges_invalid : result.invalid_without_edges_valid) +=
          without[kInvalid];
    }
  }
  const int64_t invalid = result.all.true_positive + result.all.false_negative;
  const auto share = [](double& sum, int64_t count) {
    if (count > 0) sum /= static_cast<double>(count);
  };
  share(result.invalid_with_edges, result.all.total());
  share(result.invalid_without_edges, result.all.total());
  share(result.invalid_without_edges_invalid, invalid);
  share(result.invalid_without_edges_valid, result.all.total() - invalid);
  return result;
}

}  // namespace fusesim::gnn
