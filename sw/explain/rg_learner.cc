#include "rg_learner.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <string>

#include "fusesim/gnn/torch_threads.h"

namespace fusesim {
namespace {

using torch::Tensor;

constexpr double kNever = -1e9;  ///< logit of what cannot be chosen

Tensor matrix(const std::vector<float>& values, int64_t columns) {
  const auto rows = static_cast<int64_t>(values.size()) / columns;
  return torch::from_blob(const_cast<float*>(values.data()), {rows, columns}).clone();
}

/// Lists of indices of unequal length as one matrix, short ones filled up with 0.
struct Padded {
  Tensor index;  ///< lists x longest, int64
  Tensor there;  ///< lists x longest, bool
};

Padded padded(const std::vector<std::vector<int64_t>>& lists) {
  size_t longest = 1;
  for (const auto& list : lists) longest = std::max(longest, list.size());
  const auto rows = static_cast<int64_t>(lists.size());
  Padded result{torch::zeros({rows, static_cast<int64_t>(longest)}, torch::kInt64),
                torch::zeros({rows, static_cast<int64_t>(longest)}, torch::kBool)};
  for (size_t l = 0; l < lists.size(); ++l) {
    const size_t at = l * longest;
    std::copy(lists[l].begin(), lists[l].end(), result.index.data_ptr<int64_t>() + at);
    std::fill_n(result.there.data_ptr<bool>() + at, lists[l].size(), true);
  }
  return result;
}

/// values[index] where there, else kNever.
Tensor spread(const Tensor& values, const Padded& lists) {
  const Tensor flat = values.index_select(0, lists.index.flatten()).view_as(lists.index);
  return flat.masked_fill(lists.there.logical_not(), kNever);
}

/// Decisions side by side: the nodes involved in all of them, one row each.
struct Batch {
  Tensor features;  ///< rows x F
  Tensor seed;      ///< rows x 1
  Tensor selected;  ///< rows x 1
  Padded boundary;  ///< decisions x most nodes
  Padded involved;
  Tensor may_stop;  ///< decisions, bool
  Tensor action;    ///< decisions; the boundary matrix's width means stopping
  Tensor advantage;
};

class BatchBuilder {
 public:
  void add(const RgDecision& decision) {
    const RgSubject& subject = *decision.subject;
    const Expansion expansion(subject.shape, decision.selected);
    const std::vector<float>& from_seed = subject.shape.diffused(decision.selected.front());
    std::vector<int64_t> rows;
    for (const std::vector<int32_t>* nodes : {&expansion.boundary(), &expansion.selected()}) {
      for (const int32_t node : *nodes) {
        const auto v = static_cast<size_t>(node);
        rows.push_back(static_cast<int64_t>(seed_.size()));
        seed_.push_back(from_seed[v]);
        selected_.push_back(expansion.diffused()[v]);
        const auto row = subject.features.begin() + node * subject.input->feature_count;
        features_.insert(features_.end(), row, row + subject.input->feature_count);
      }
    }
    involved_.push_back(rows);
    rows.resize(expansion.boundary().size());
    boundary_.push_back(rows);
    may_stop_.push_back(expansion.may_stop() ? 1 : 0);
    action_.push_back(decision.action == rows.size() ? -1 : static_cast<int64_t>(decision.action));
    advantage_.push_back(static_cast<float>(decision.advantage));
  }

  Batch batch(int64_t feature_count) const {
    Batch batch;
    batch.features = matrix(features_, feature_count);
    batch.seed = matrix(seed_, 1);
    batch.selected = matrix(selected_, 1);
    batch.boundary = padded(boundary_);
    batch.involved = padded(involved_);
    batch.may_stop = torch::tensor(may_stop_, torch::kInt64).to(torch::kBool);
    const Tensor action = torch::tensor(action_, torch::kInt64);
    batch.action = action.masked_fill(action < 0, batch.boundary.index.size(1));
    batch.advantage = torch::tensor(advantage_);
    return batch;
  }

 private:
  std::vector<float> features_;
  std::vector<float> seed_;
  std::vector<float> selected_;
  std::vector<std::vector<int64_t>> boundary_;
  std::vector<std::vector<int64_t>> involved_;
  std::vector<int64_t> may_stop_;
  std::vector<int64_t> action_;
  std::vector<float> advantage_;
};

double fan_in(const std::string& name, const RgWeights& shape) {
  if (name == "attributes_bias") return static_cast<double>(shape.features);
  if (name == "locator1_bias") return static_cast<double>(2 * shape.embedding);
  return static_cast<double>(kRgHidden);
}

}  // namespace

struct RgLearner::Model {
  RgWeights shape;  ///< sizes only
  double embedding_scale;
  std::map<std::string, Tensor> tensors;
  std::unique_ptr<torch::optim::Adam> generator;
  std::unique_ptr<torch::optim::Adam> locator;

  Tensor operator[](const char* name) const { return tensors.at(name); }

  void fill() {
    for (const auto& array : shape.arrays()) {
      const std::string name = array.name;
      const bool zero = name == "score" || name == "stop";
      const double inputs = array.rows > 1 ? static_cast<double>(array.rows) : fan_in(name, shape);
      const double bound = zero ? 0.0 : 1.0 / std::sqrt(inputs);
      const Tensor values = (torch::rand({array.rows, array.columns}) * 2 - 1) * bound;
      tensors[name] = values.requires_grad_();
    }
  }

  std::vector<Tensor> parameters(bool of_locator) const {
    std::vector<Tensor> result;
    for (const auto& [name, tensor] : tensors) {
      if ((name.rfind("locator", 0) == 0) == of_locator) result.push_back(tensor);
    }
    return result;
  }

  /// Decisions x (most boundary nodes + 1), stopping last.
  Tensor step_log_probabilities(const Batch& batch) const {
    const Model& m = *this;
    Tensor h = batch.seed.mm(m["seed"]) + batch.selected.mm(m["selected"]) +
               torch::addmm(m["attributes_bias"], batch.features, m["attributes"]);
    h = h + torch::addmm(m["block1_bias"], torch::silu(h), m["block1"]);
    h = h + torch::addmm(m["block2_bias"], torch::silu(h), m["block2"]);
    const Tensor nodes = torch::log_softmax(spread(h.mm(m["score"]).squeeze(1), batch.boundary), 1);
    const Tensor share = torch::softmax(spread(h.mm(m["attention"]).squeeze(1), batch.involved), 1);
    const Tensor rows =
        h.index_select(0, batch.involved.index.flatten()).view({share.size(0), share.size(1), h.size(1)});
    const Tensor pooled = torch::bmm(share.unsqueeze(1), rows).squeeze(1);
    const Tensor stopping = torch::log_softmax(torch::silu(pooled).mm(m["stop"]), 1);
    const Tensor never = batch.may_stop.logical_not().unsqueeze(1);
    const Tensor go_on = stopping.narrow(1, 0, 1).masked_fill(never, 0.0);
    const Tensor stop = stopping.narrow(1, 1, 1).masked_fill(never, kNever);
    return torch::cat({nodes + go_on, stop}, 1);
  }

  Tensor seed_logits(const Tensor& rows) const {
    const Model& m = *this;
    const Tensor first = torch::relu(torch::addmm(m["locator1_bias"], rows, m["locator1"]));
    return torch::relu(torch::addmm(m["locator2_bias"], first, m["locator2"])).mm(m["locator3"]).squeeze(1);
  }
};

RgLearner::RgLearner(int64_t features, int64_t embedding, double embedding_scale, double learning_rate,
                     uint64_t seed)
    : model_(std::make_unique<Model>()) {
  gnn::use_one_thread();
  torch::manual_seed(seed);
  model_->shape.features = features;
  model_->shape.embedding = embedding;
  model_->embedding_scale = embedding_scale;
  model_->fill();
  const torch::optim::AdamOptions adam(learning_rate);
  model_->generator = std::make_unique<torch::optim::Adam>(model_->parameters(false), adam);
  model_->locator = std::make_unique<torch::optim::Adam>(model_->parameters(true), adam);
}

RgLearner::~RgLearner() = default;

double RgLearner::reinforce(const std::vector<RgDecision>& decisions) {
  if (decisions.empty()) return 0.0;
  BatchBuilder builder;
  for (const RgDecision& decision : decisions) builder.add(decision);
  const Batch batch = builder.batch(model_->shape.features);
  const Tensor steps = model_->step_log_probabilities(batch);
  const Tensor taken = steps.gather(1, batch.action.unsqueeze(1)).squeeze(1);
  const Tensor loss = -(batch.advantage * taken).mean();
  model_->generator->zero_grad();
  loss.backward();
  model_->generator->step();
  return loss.item<double>();
}

double RgLearner::locate(const std::vector<RgSeedValues>& values, double temperature) {
  std::vector<float> embeddings;
  std::vector<float> rewards;
  std::vector<std::vector<int64_t>> nodes;
  for (const RgSeedValues& value : values) {
    nodes.emplace_back();
    for (const double reward : value.rewards) {
      nodes.back().push_back(static_cast<int64_t>(rewards.size()));
      rewards.push_back(static_cast<float>(reward / temperature));
    }
    const std::vector<float> rows = locator_rows(value.subject->node_embeddings, model_->shape.embedding);
    embeddings.insert(embeddings.end(), rows.begin(), rows.end());
  }
  const Padded lists = padded(nodes);
  const Tensor rows = matrix(embeddings, 2 * model_->shape.embedding) / model_->embedding_scale;
  const Tensor wanted = torch::softmax(spread(torch::tensor(rewards), lists), 1);
  const Tensor given = torch::log_softmax(spread(model_->seed_logits(rows), lists), 1);
  const Tensor divergence = torch::xlogy(wanted, wanted) - wanted * given;
  const Tensor loss = divergence.sum() / static_cast<double>(values.size());
  model_->locator->zero_grad();
  loss.backward();
  model_->locator->step();
  return loss.item<double>();
}

RgWeights RgLearner::weights() const {
  RgWeights weights = model_->shape;
  for (const auto& array : weights.arrays()) {
    Tensor tensor = (*model_)[array.name].detach();
    if (std::strcmp(array.name, "locator1") == 0) tensor = tensor / model_->embedding_scale;
    tensor = tensor.contiguous();
    array.values->assign(tensor.data_ptr<float>(), tensor.data_ptr<float>() + tensor.numel());
  }
  return weights;
}

}  // namespace fusesim
