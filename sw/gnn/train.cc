#include "fusesim/gnn/train.h"

#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>
#include <utility>

#include "fusesim/base/error.h"
#include "fusesim/gnn/torch_threads.h"
#include "kernels.h"

namespace fusesim::gnn {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr double kPi = 3.14159265358979323846;
constexpr double kLeastRate = 0.01;  ///< of the first learning rate, at the end
constexpr double kMostGradient = 1.0;

/// Adds each row's neighbours' rows: out[to] += in[from] and the other way round. Strides in floats.
void add_neighbours(const Tensor& edges, const float* in, int64_t in_stride, float* out, int64_t out_stride,
                    int64_t width) {
  const int32_t* edge = edges.data_ptr<int32_t>();
  const Kernels& k = kernels();
  for (int64_t e = 0; e < edges.size(0); ++e) {
    const int64_t from = edge[2 * e];
    const int64_t to = edge[2 * e + 1];
    k.add_scaled(out + to * out_stride, 1.0F, in + from * in_stride, width);
    k.add_scaled(out + from * out_stride, 1.0F, in + to * in_stride, width);
  }
}

/// ReLU(neighbour sums of X W_rel + X W_root + b) from projected = [X W_rel | X W_root].
struct Gather : torch::autograd::Function<Gather> {
  static Tensor forward(AutogradContext* context, const Tensor& projected, const Tensor& bias,
                        const Tensor& edges) {
    const int64_t width = projected.size(1) / 2;
    Tensor out = (projected.narrow(1, width, width) + bias).contiguous();
    add_neighbours(edges, projected.data_ptr<float>(), 2 * width, out.data_ptr<float>(), width, width);
    out.relu_();
    context->save_for_backward({out, edges});
    return out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const Tensor before = gradients[0] * (saved[0] > 0);
    const int64_t width = before.size(1);
    Tensor projected = torch::zeros({before.size(0), 2 * width});
    projected.narrow(1, width, width).copy_(before);
    add_neighbours(saved[1], before.data_ptr<float>(), width, projected.data_ptr<float>(), 2 * width, width);
    return {projected, before.sum(0), Tensor()};
  }
};

/// Sums over the nodes of each graph; graph g has rows [first[g], first[g+1]).
struct Sum : torch::autograd::Function<Sum> {
  static Tensor forward(AutogradContext* context, const Tensor& nodes, const Tensor& first) {
    context->save_for_backward({first});
    const int64_t graphs = first.size(0) - 1;
    const int64_t width = nodes.size(1);
    Tensor sums = torch::zeros({graphs, width});
    const int64_t* at = first.data_ptr<int64_t>();
    for (int64_t g = 0; g < graphs; ++g) {
      for (int64_t i = at[g]; i < at[g + 1]; ++i) {
        kernels().add_scaled(sums.data_ptr<float>() + g * width, 1.0F, nodes.data_ptr<float>() + i * width,
                             width);
      }
    }
    return sums;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const Tensor first = context->get_saved_variables()[0];
    const Tensor counts = first.slice(0, 1) - first.slice(0, 0, -1);
    return {gradients[0].repeat_interleave(counts, 0).contiguous(), Tensor()};
  }
};

struct Parameters {
  std::vector<Tensor> joined;  ///< [W_rel | W_root]
  std::vector<Tensor> bias;
  Tensor output;
  Tensor output_bias;

  std::vector<Tensor> all() const {
    std::vector<Tensor> result = joined;
    result.insert(result.end(), bias.begin(), bias.end());
    result.push_back(output);
    result.push_back(output_bias);
    return result;
  }
};

Tensor uniform(const std::vector<int64_t>& shape, double bound) {
  return ((torch::rand(shape) * 2 - 1) * bound).requires_grad_();
}

Parameters first_parameters(int64_t features, const TrainOptions& options) {
  Parameters parameters;
  int64_t inputs = features;
  for (int64_t l = 0; l < options.layers; ++l) {
    const double bound = 1.0 / std::sqrt(static_cast<double>(inputs));
    parameters.joined.push_back(uniform({inputs, 2 * options.hidden}, bound));
    parameters.bias.push_back(uniform({options.hidden}, bound));
    inputs = options.hidden;
  }
  const double bound = 1.0 / std::sqrt(static_cast<double>(inputs));
  parameters.output = uniform({inputs, options.classes}, bound);
  parameters.output_bias = uniform({options.classes}, bound);
  return parameters;
}

struct Standard {
  std::vector<float> mean;
  std::vector<float> scale;
};

/// The value of feature f of node i of a sample.
float value_of(const Sample& sample, int64_t i, int64_t f, int64_t varying) {
  if (f == varying) return sample.varying;
  return sample.input->features[static_cast<size_t>(i * sample.input->feature_count + f)];
}

Standard standard_of(const std::vector<Sample>& samples, int64_t features, const TrainOptions& options) {
  Standard standard{std::vector<float>(static_cast<size_t>(features), 0.0F),
                    std::vector<float>(static_cast<size_t>(features), 1.0F)};
  if (!options.standardise) return standard;
  for (int64_t f = 0; f < features; ++f) {
    double sum = 0.0;
    double squares = 0.0;
    double count = 0.0;
    for (const Sample& sample : samples) {
      for (int64_t i = 0; i < sample.input->nodes; ++i) {
        const double x = value_of(sample, i, f, options.varying_column);
        sum += x;
        squares += x * x;
        count += 1.0;
      }
    }
    const double mean = count > 0.0 ? sum / count : 0.0;
    const double variance = count > 0.0 ? squares / count - mean * mean : 0.0;
    standard.mean[static_cast<size_t>(f)] = static_cast<float>(mean);
    // a feature that hardly varies in training must not shout when it does later
    standard.scale[static_cast<size_t>(f)] = static_cast<float>(1.0 / std::max(0.1, std::sqrt(variance)));
  }
  return standard;
}

/// Graphs side by side: one block-diagonal graph.
struct Batch {
  Tensor features;
  Tensor edges;
  Tensor first_node;
  Tensor labels;
};

/// True for each edge that stays. Draws nothing where dropout is 0.
std::vector<bool> kept_edges(size_t edges, double dropout) {
  std::vector<bool> kept(edges, true);
  if (dropout == 0.0) return kept;
  const Tensor drawn = torch::rand({static_cast<int64_t>(edges)}, torch::kFloat64);
  const double* unit = drawn.data_ptr<double>();
  for (size_t e = 0; e < edges; ++e) kept[e] = unit[e] >= dropout;
  return kept;
}

class Batcher {
 public:
  Batcher(const std::vector<Sample>& samples, const Standard& standard, int64_t varying)
      : samples_(samples), standard_(standard), varying_(varying) {}

  Batch operator()(const std::vector<size_t>& order, size_t begin, size_t end, double edge_dropout = 0.0) {
    features_.clear();
    edges_.clear();
    std::vector<int64_t> first = {0};
    std::vector<int64_t> labels;
    const auto width = static_cast<int64_t>(standard_.mean.size());
    for (size_t s = begin; s < end; ++s) {
      const Sample& sample = samples_[order[s]];
      const auto base = static_cast<int32_t>(first.back());
      for (int64_t i = 0; i < sample.input->nodes; ++i) {
        for (int64_t f = 0; f < width; ++f) {
          const auto at = static_cast<size_t>(f);
          features_.push_back((value_of(sample, i, f, varying_) - standard_.mean[at]) * standard_.scale[at]);
        }
      }
      const std::vector<std::pair<int32_t, int32_t>>& edges = sample.input->edges;
      const std::vector<bool> kept = kept_edges(edges.size(), edge_dropout);
      for (size_t e = 0; e < edges.size(); ++e) {
        if (kept[e]) edges_.insert(edges_.end(), {base + edges[e].first, base + edges[e].second});
      }
      first.push_back(first.back() + sample.input->nodes);
      labels.push_back(sample.label);
    }
    Batch batch;
    batch.features = torch::from_blob(features_.data(), {first.back(), width}).clone();
    batch.edges =
        torch::from_blob(edges_.data(), {static_cast<int64_t>(edges_.size() / 2), 2}, torch::kInt32).clone();
    batch.first_node = torch::tensor(first, torch::kInt64);
    batch.labels = torch::tensor(labels, torch::kInt64);
    return batch;
  }

 private:
  const std::vector<Sample>& samples_;
  const Standard& standard_;
  int64_t varying_;
  std::vector<float> features_;
  std::vector<int32_t> edges_;
};

Tensor logits_of(const Parameters& parameters, const Batch& batch) {
  Tensor x = batch.features;
  for (size_t l = 0; l < parameters.joined.size(); ++l) {
    x = Gather::apply(torch::mm(x, parameters.joined[l]), parameters.bias[l], batch.edges);
  }
  return torch::addmm(parameters.output_bias, Sum::apply(x, batch.first_node), parameters.output);
}

std::vector<float> values(const Tensor& tensor) {
  const Tensor flat = tensor.detach().contiguous();
  return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

Network exported(const Parameters& parameters, const Standard& standard) {
  NetworkWeights weights;
  weights.feature_mean = standard.mean;
  weights.feature_scale = standard.scale;
  for (size_t l = 0; l < parameters.joined.size(); ++l) {
    GraphConvWeights layer;
    layer.inputs = parameters.joined[l].size(0);
    layer.outputs = parameters.joined[l].size(1) / 2;
    layer.neighbour = values(parameters.joined[l].narrow(1, 0, layer.outputs));
    layer.root = values(parameters.joined[l].narrow(1, layer.outputs, layer.outputs));
    layer.bias = values(parameters.bias[l]);
    weights.layers.push_back(std::move(layer));
  }
  weights.classes = parameters.output.size(1);
  weights.output = values(parameters.output);
  weights.output_bias = values(parameters.output_bias);
  return Network(std::move(weights));
}

Tensor class_weights(const std::vector<Sample>& samples, const TrainOptions& options) {
  std::vector<float> counts(static_cast<size_t>(options.classes), 0.0F);
  for (const Sample& sample : samples) ++counts[static_cast<size_t>(sample.label)];
  for (float& c : counts) {
    c = options.balance_classes && c > 0.0F
            ? static_cast<float>(samples.size()) / (static_cast<float>(options.classes) * c)
            : 1.0F;
  }
  return torch::tensor(counts);
}

void shuffle(std::vector<size_t>& order) {
  const Tensor permutation = torch::randperm(static_cast<int64_t>(order.size()), torch::kInt64);
  const int64_t* at = permutation.data_ptr<int64_t>();
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<size_t>(at[i]);
}

double accuracy(const Parameters& parameters, const std::vector<Sample>& samples, Batcher& batcher,
                size_t batch_size) {
  const torch::NoGradGuard no_gradient;
  std::vector<size_t> order(samples.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  int64_t right = 0;
  for (size_t at = 0; at < order.size(); at += batch_size) {
    const Batch batch = batcher(order, at, std::min(order.size(), at + batch_size));
    right += (logits_of(parameters, batch).argmax(1) == batch.labels).sum().item<int64_t>();
  }
  return samples.empty() ? 0.0 : static_cast<double>(right) / static_cast<double>(samples.size());
}

void set_rate(torch::optim::Adam& adam, double rate) {
  for (auto& group : adam.param_groups()) {
    static_cast<torch::optim::AdamOptions&>(group.options()).lr(rate);
  }
}

class Trainer {
 public:
  Trainer(const std::vector<Sample>& samples, const TrainOptions& options)
      : options_(options),
        standard_(standard_of(samples, samples.front().input->feature_count, options)),
        parameters_(first_parameters(samples.front().input->feature_count, options)),
        adam_(parameters_.all(),
              torch::optim::AdamOptions(options.learning_rate).weight_decay(options.weight_decay)),
        class_weights_(class_weights(samples, options)),
        batcher_(samples, standard_, options.varying_column),
        order_(samples.size()),
        batch_size_(static_cast<size_t>(options.batch)),
        steps_((order_.size() + batch_size_ - 1) / batch_size_ * static_cast<size_t>(options.epochs)) {}

  /// One pass over all samples; the mean loss.
  double epoch() {
    shuffle(order_);
    double loss_sum = 0.0;
    for (size_t at = 0; at < order_.size(); at += batch_size_) {
      const size_t end = std::min(order_.size(), at + batch_size_);
      loss_sum += step(batcher_(order_, at, end, options_.edge_dropout)) * static_cast<double>(end - at);
    }
    return loss_sum / static_cast<double>(order_.size());
  }

  const Standard& standard() const { return standard_; }
  const Parameters& parameters() const { return parameters_; }
  Network network() const { return exported(parameters_, standard_); }

 private:
  double step(const Batch& batch) {
    const double done = static_cast<double>(step_++) / static_cast<double>(steps_);
    const double cosine = 0.5 * (1.0 + std::cos(kPi * done));
    set_rate(adam_, options_.learning_rate * (kLeastRate + (1.0 - kLeastRate) * cosine));
    adam_.zero_grad();
    const Tensor loss = torch::nn::functional::cross_entropy(
        logits_of(parameters_, batch), batch.labels,
        torch::nn::functional::CrossEntropyFuncOptions().weight(class_weights_));
    loss.backward();
    torch::nn::utils::clip_grad_norm_(parameters_.all(), kMostGradient);
    adam_.step();
    return loss.item<double>();
  }

  const TrainOptions& options_;
  Standard standard_;
  Parameters parameters_;
  torch::optim::Adam adam_;
  Tensor class_weights_;
  Batcher batcher_;
  std::vector<size_t> order_;
  size_t batch_size_;
  size_t steps_;
  size_t step_ = 0;
};

}  // namespace

Network train(const std::vector<Sample>& samples, const std::vector<Sample>& validation,
              const TrainOptions& options) {
  if (samples.empty()) throw Error("training: expected at least one sample");
  if (!(options.edge_dropout >= 0.0 && options.edge_dropout <= 1.0)) {
    throw Error("training: edge_dropout: expected a number in [0, 1], got " +
                std::to_string(options.edge_dropout));
  }
  use_one_thread();
  torch::manual_seed(options.seed);
  Trainer trainer(samples, options);
  Batcher validation_batcher(validation, trainer.standard(), options.varying_column);
  double best = -1.0;
  Network result = trainer.network();
  const auto start = std::chrono::steady_clock::now();
  for (int64_t epoch = 1; epoch <= options.epochs; ++epoch) {
    EpochReport report;
    report.epoch = epoch;
    report.loss = trainer.epoch();
    report.validation_accuracy = accuracy(trainer.parameters(), validation, validation_batcher, 256);
    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (validation.empty() || report.validation_accuracy >= best) {
      best = report.validation_accuracy;
      result = trainer.network();
    }
    if (options.progress) options.progress(report);
  }
  return result;
}

}  // namespace fusesim::gnn
