#include "fusesim/values/functions.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <string>

namespace fusesim {
namespace {

using Function = double (*)(double x, double alpha, double beta);

double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }
double hard_sigmoid(double x, double alpha, double beta) { return std::clamp(alpha * x + beta, 0.0, 1.0); }

const std::map<std::string, Function>& functions() {
  static const std::map<std::string, Function> all = {
      {"Relu", [](double x, double, double) { return std::max(x, 0.0); }},
      {"Clip", [](double x, double low, double high) { return std::min(std::max(x, low), high); }},
      {"Sigmoid", [](double x, double, double) { return sigmoid(x); }},
      {"Tanh", [](double x, double, double) { return std::tanh(x); }},
      {"Softplus", [](double x, double, double) { return softplus(x); }},
      {"Softsign", [](double x, double, double) { return x / (1.0 + std::abs(x)); }},
      {"HardSigmoid", hard_sigmoid},
      {"HardSwish", [](double x, double alpha, double beta) { return x * hard_sigmoid(x, alpha, beta); }},
      {"Silu", [](double x, double, double) { return x * sigmoid(x); }},
      {"Swish", [](double x, double alpha, double) { return x * sigmoid(alpha * x); }},
      {"Mish", [](double x, double, double) { return x * std::tanh(softplus(x)); }},
      {"Gelu", [](double x, double, double) { return 0.5 * x * (1.0 + std::erf(x / std::sqrt(2.0))); }},
      {"Abs", [](double x, double, double) { return std::abs(x); }},
      {"Neg", [](double x, double, double) { return -x; }},
      {"Exp", [](double x, double, double) { return std::exp(x); }},
      {"Log", [](double x, double, double) { return std::log(x); }},
      {"Sqrt", [](double x, double, double) { return std::sqrt(x); }},
      {"Reciprocal", [](double x, double, double) { return 1.0 / x; }},
      {"Floor", [](double x, double, double) { return std::floor(x); }},
      {"Ceil", [](double x, double, double) { return std::ceil(x); }},
      {"Round", [](double x, double, double) { return std::nearbyint(x); }},
      {"Erf", [](double x, double, double) { return std::erf(x); }},
      {"Sign", [](double x, double, double) { return x > 0.0   ? 1.0
                                                     : x < 0.0 ? -1.0
                                                               : 0.0; }},
      {"LeakyRelu", [](double x, double alpha, double) { return x < 0.0 ? alpha * x : x; }},
      {"Elu", [](double x, double alpha, double) { return x < 0.0 ? alpha * std::expm1(x) : x; }},
      {"Celu", [](double x, double alpha, double) { return x < 0.0 ? alpha * std::expm1(x / alpha) : x; }},
      {"ThresholdedRelu", [](double x, double alpha, double) { return x > alpha ? x : 0.0; }},
      {"Selu",
       [](double x, double alpha, double gamma) { return gamma * (x < 0.0 ? alpha * std::expm1(x) : x); }},
  };
  return all;
}

/// Half away from zero; what is no number is 0.
Value rounded(double x, const ValueFormat& format) {
  if (std::isnan(x)) return 0;
  const double clamped =
      std::clamp(x, static_cast<double>(format.lowest()), static_cast<double>(format.highest()));
  return static_cast<Value>(std::lround(clamped));
}

}  // namespace

double apply(const ActivationFn& function, double x) {
  const auto found = functions().find(function.type);
  if (found == functions().end()) return x;
  return found->second(x, static_cast<double>(function.alpha), static_cast<double>(function.beta));
}

std::vector<ActivationFn> table_functions(const Graph& graph, const Op& op) {
  std::vector<ActivationFn> chain = op.activations;
  const ValueRule rule = value_rule(graph, op);
  if ((rule == ValueRule::scale || rule == ValueRule::slope) && !chain.empty()) chain.erase(chain.begin());
  if (op.onnx_type == "LogSoftmax") chain.insert(chain.begin(), {"Log", 0.0F, 0.0F});
  return chain;
}

FunctionTable make_table(const std::vector<ActivationFn>& chain, int fraction, const ValueFormat& format) {
  const auto known = [](const ActivationFn& f) { return functions().count(f.type) != 0; };
  if (std::none_of(chain.begin(), chain.end(), known)) return {{}, fraction};
  std::vector<double> results;
  double largest = 0.0;
  for (int64_t q = format.lowest(); q <= format.highest(); ++q) {
    double x = std::ldexp(static_cast<double>(q), -fraction);
    for (const ActivationFn& f : chain) x = apply(f, x);
    results.push_back(x);
    // the lowest value stands for what is cut off: it does not decide about all others
    if (std::isfinite(x) && q != format.lowest()) largest = std::max(largest, std::abs(x));
  }
  FunctionTable made;
  made.fraction = fraction;
  if (largest > 0.0) {
    int exponent = 0;
    std::frexp(largest, &exponent);  // largest < 2^exponent
    made.fraction = format.value_bits - 1 - exponent;
  }
  for (const double x : results) made.table.push_back(rounded(std::ldexp(x, made.fraction), format));
  return made;
}

}  // namespace fusesim
