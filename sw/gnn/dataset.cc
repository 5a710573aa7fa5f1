#include "fusesim/gnn/dataset.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>
#include <utility>

#include "draw_groups.h"
#include "fusesim/base/sha256.h"
#include "fusesim/config/config.h"
#include "fusesim/cost/scheme.h"
#include "fusesim/cost/widths.h"
#include "fusesim/gnn/features.h"
#include "fusesim/import/import.h"

namespace fusesim::gnn {
namespace {

/// Draws without anything new after which a network counts as exhausted.
constexpr int64_t kMostMisses = 4000;

/// One network at one granularity.
class Source {
 public:
  Source(std::string model, bool folded, Scheme scheme, const std::string& data_directory)
      : model_(std::move(model)),
        folded_(folded),
        config_(load_config(data_directory + "/configs/accelerators/" +
                            (folded ? "default.yaml" : "paper.yaml"))),
        graph_(import_onnx(resolve_model(model_, data_directory), {folded, {}}).graph),
        model_of_groups_(fusion_scheme(scheme).model(*graph_, cost_params(config_))),
        drawer_(*graph_) {}

  /// Draws until a form comes that `seen` lacks; false if none does.
  bool draw(RandomSource& random, std::set<std::string>& seen, std::vector<LabelledGroup>& into) {
    while (misses_ < kMostMisses) {
      LabelledGroup group = labelled(drawer_.draw(random));
      if (group.f_beta_bytes != kNeverFits && seen.insert(group.form).second) {
        misses_ = 0;
        into.push_back(std::move(group));
        return true;
      }
      ++misses_;
    }
    return false;
  }

 private:
  LabelledGroup labelled(Group ops) {
    LabelledGroup group;
    group.model = model_;
    group.folded = folded_;
    group.ops = std::move(ops);
    group.input = group_input(*graph_, group.ops, config_.datatypes, kBufferBytes.front());
    group.form = canonical_form(group.input);
    group.f_beta_bytes = model_of_groups_->f_beta_bytes(group.ops);
    std::vector<TensorId> tensors = boundary(*graph_, group.ops).external_inputs;
    for (const OpId o : group.ops) {
      const Op& op = graph_->op(o);
      tensors.insert(tensors.end(), op.outputs.begin(), op.outputs.end());
      group.weight_bytes += weight_bytes(op, config_.datatypes);
    }
    for (const TensorId t : tensors) {
      const Tensor& tensor = graph_->tensor(t);
      group.row_bytes += tensor.shape.c * piece_bytes(tensor, tensor.shape.w, config_.datatypes);
    }
    return group;
  }

  std::string model_;
  bool folded_;
  Config config_;
  std::shared_ptr<const Graph> graph_;
  std::unique_ptr<GroupModel> model_of_groups_;
  GroupDrawer drawer_;
  int64_t misses_ = 0;
};

/// Both granularities of one network, drawn from in turn.
class BothGranularities {
 public:
  BothGranularities(const std::string& model, Scheme scheme, const std::string& data_directory)
      : folded_(model, true, scheme, data_directory), unfolded_(model, false, scheme, data_directory) {}

  /// Adds up to `count` groups; how many.
  int64_t draw(int64_t count, RandomSource& random, std::set<std::string>& seen,
               std::vector<LabelledGroup>& into) {
    int64_t drawn = 0;
    while (drawn < count) {
      Source& first = next_folded_ ? folded_ : unfolded_;
      Source& second = next_folded_ ? unfolded_ : folded_;
      next_folded_ = !next_folded_;
      if (!first.draw(random, seen, into) && !second.draw(random, seen, into)) break;
      ++drawn;
    }
    return drawn;
  }

 private:
  Source folded_;
  Source unfolded_;
  bool next_folded_ = true;
};

std::vector<LabelledGroup> draw(const std::vector<ModelQuota>& quotas, Scheme scheme, double scale,
                                const std::string& data_directory, RandomSource& random,
                                std::set<std::string>& seen) {
  std::vector<std::unique_ptr<BothGranularities>> networks;
  std::vector<LabelledGroup> groups;
  int64_t missing = 0;
  for (const ModelQuota& quota : quotas) {
    networks.push_back(std::make_unique<BothGranularities>(quota.model, scheme, data_directory));
    const auto wanted = std::max<int64_t>(1, std::llround(static_cast<double>(quota.groups) * scale));
    missing += wanted - networks.back()->draw(wanted, random, seen, groups);
  }
  bool any = true;
  while (missing > 0 && any) {
    any = false;
    for (const auto& network : networks) {
      const int64_t drawn = network->draw(std::min<int64_t>(missing, 16), random, seen, groups);
      missing -= drawn;
      any = any || drawn > 0;
    }
  }
  return groups;
}

std::string hash_of(const DataSet& data) {
  std::string text;
  for (const auto* part : {&data.train, &data.validation, &data.test, &data.unseen}) {
    text += "part\n";
    for (const LabelledGroup& group : *part) {
      text += group.model + (group.folded ? " folded " : " unfolded ") + group.form + ' ' +
              std::to_string(group.f_beta_bytes);
      for (const OpId o : group.ops) text += ' ' + std::to_string(o);
      text += '\n';
    }
  }
  return sha256_hex(text);
}

}  // namespace

int LabelledGroup::label(int64_t buffer_bytes) const { return f_beta_bytes < buffer_bytes ? 0 : 1; }

std::vector<ModelQuota> training_quotas() {
  return {{"vgg16", 715},
          {"squeezenet1_0", 795},
          {"mobilenet_v2", 1100},
          {"mobilenet_v3_small", 203},
          {"mobilenet_v3_large", 251},
          {"resnet18", 715},
          {"resnet101", 3476},
          {"efficientnet_b0", 1364},
          {"efficientnet_b3", 2247}};
}

std::vector<ModelQuota> unseen_quotas() {
  return {{"resnet50", 400}, {"resnet152", 400}, {"inception_v3", 400}, {"densenet121", 400}};
}

DataSet draw_data_set(Scheme scheme, uint64_t seed, double scale, const std::string& data_directory) {
  RandomSource random(seed);
  std::set<std::string> seen;
  std::vector<LabelledGroup> groups = draw(training_quotas(), scheme, scale, data_directory, random, seen);
  random.shuffle(groups);
  DataSet data;
  data.unseen = draw(unseen_quotas(), scheme, scale, data_directory, random, seen);
  const size_t tenth = groups.size() / 10;
  const auto test = groups.end() - static_cast<std::ptrdiff_t>(tenth);
  const auto validation = test - static_cast<std::ptrdiff_t>(tenth);
  data.train.assign(std::make_move_iterator(groups.begin()), std::make_move_iterator(validation));
  data.validation.assign(std::make_move_iterator(validation), std::make_move_iterator(test));
  data.test.assign(std::make_move_iterator(test), std::make_move_iterator(groups.end()));
  data.sha256 = hash_of(data);
  return data;
}

}  // namespace fusesim::gnn
