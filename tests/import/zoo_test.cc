#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <onnx/shape_inference/implementation.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "fusesim/base/error.h"
#include "onnx_builder.h"

namespace fusesim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kDirectory = FUSESIM_SOURCE_DIR;

/// Ops with and without epilogues, parameters and multiply-accumulates of convolutions.
struct Expected {
  const char* name;
  size_t folded_ops;
  size_t ops;
  int64_t parameters;
  int64_t macs;
};

/// Parameters: torchvision's published count less one per channel of each batch normalisation that went into
/// a convolution (two vectors leave one); models/README.md has the difference per model.
const Expected kZoo[] = {
    {"alexnet", 12, 19, 61100840, 714188480},
    {"deeplabv3_mobilenet_v3_large", 100, 154, 11011485, 10431414536},
    {"densenet121", 250, 371, 7971368, 2834161664},
    {"efficientnet_b0", 124, 189, 5267540, 385814752},
    {"efficientnet_b3", 203, 307, 12189584, 1827141392},
    {"inception_v3", 120, 214, 23817352, 5713216096},
    {"mobilenet_v2", 64, 99, 3487816, 300774272},
    {"mobilenet_v3_large", 91, 139, 5470832, 216589760},
    {"mobilenet_v3_small", 79, 121, 2536800, 56510400},
    {"resnet101", 140, 240, 44496488, 7801405440},
    {"resnet152", 208, 359, 60117096, 11513626624},
    {"resnet18", 31, 48, 11684712, 1814073344},
    {"resnet50", 72, 121, 25530472, 4089184256},
    {"squeezenet1_0", 38, 64, 1248424, 818924576},
    {"squeezenet1_1", 38, 64, 1235496, 349151936},
    {"vgg16", 22, 37, 138357544, 15470264320},
};

Graph load(const std::string& name, bool fold_epilogues = true) {
  ImportOptions options;
  options.fold_epilogues = fold_epilogues;
  return *import_onnx(resolve_model(name, kDirectory), options).graph;
}

onnx::ModelProto load_proto(const std::string& name) {
  onnx::ModelProto model;
  std::ifstream file(resolve_model(name, kDirectory), std::ios::binary);
  EXPECT_TRUE(model.ParseFromIstream(&file)) << name;
  return model;
}

class Zoo : public ::testing::TestWithParam<Expected> {};

TEST_P(Zoo, OpsParametersAndWork) {
  const Graph folded = load(GetParam().name);
  const Graph apart = load(GetParam().name, false);
  EXPECT_EQ(folded.ops.size(), GetParam().folded_ops);
  EXPECT_EQ(apart.ops.size(), GetParam().ops);
  for (const Graph* g : {&folded, &apart}) {
    int64_t parameters = 0;
    int64_t macs = 0;
    for (const Op& op : g->ops) {
      parameters += op.weights + op.biases;
      if (op.kind == OpKind::conv) macs += mac_count(*g, op);
      EXPECT_NE(op.kind, OpKind::opaque) << op.name;
    }
    EXPECT_EQ(parameters, GetParam().parameters);
    EXPECT_EQ(macs, GetParam().macs);
  }
}

/// Names of the nodes that depend on the image, not only on its shape.
std::multiset<std::string> nodes_on_data(const onnx::ModelProto& model) {
  std::set<std::string> data{"input"};
  std::multiset<std::string> names;
  for (const auto& node : model.graph().node()) {
    const bool reads = std::any_of(node.input().begin(), node.input().end(),
                                   [&](const std::string& input) { return data.count(input) != 0; });
    if (!reads || node.op_type() == "Shape") continue;
    names.insert(node.name());
    data.insert(node.output().begin(), node.output().end());
  }
  return names;
}

TEST_P(Zoo, EveryNodeOfTheFileIsInOneOp) {
  const std::multiset<std::string> expected = nodes_on_data(load_proto(GetParam().name));
  for (const bool fold : {true, false}) {
    std::multiset<std::string> listed;
    for (const Op& op : load(GetParam().name, fold).ops) listed.insert(op.nodes.begin(), op.nodes.end());
    EXPECT_EQ(listed, expected);
  }
}

TEST_P(Zoo, LibonnxInfersTheSameShapes) {
  onnx::ModelProto model = load_proto(GetParam().name);
  const onnx::ShapeInferenceOptions options(true, 1, true);
  onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(), options);
  std::map<std::string, Shape> inferred;
  const auto add = [&inferred](const onnx::ValueInfoProto& info) {
    std::vector<int64_t> d;
    for (const auto& dim : info.type().tensor_type().shape().dim()) {
      if (!dim.has_dim_value()) return;
      d.push_back(dim.dim_value());
    }
    if (d.size() == 4) inferred[info.name()] = {d[1], d[2], d[3]};
    if (d.size() == 2) inferred[info.name()] = {d[1], 1, 1};
  };
  for (const auto& info : model.graph().value_info()) add(info);
  for (const auto& info : model.graph().output()) add(info);
  const Graph g = load(GetParam().name, false);
  size_t compared = 0;
  for (const Op& op : g.ops) {
    const auto found = inferred.find(g.tensor(op.output()).name);
    if (found == inferred.end()) continue;
    ++compared;
    EXPECT_EQ(g.out_shape(op), found->second) << op.name;
  }
  EXPECT_GE(compared, g.ops.size() - 2);
}

INSTANTIATE_TEST_SUITE_P(All, Zoo, ::testing::ValuesIn(kZoo),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST(ZooNames, AreTheFilesOfTheFolder) {
  std::vector<std::string> expected;
  for (const Expected& e : kZoo) expected.emplace_back(e.name);
  EXPECT_EQ(zoo_models(kDirectory), expected);
  EXPECT_TRUE(zoo_models("/nowhere").empty());
}

TEST(ZooNames, ResolveToFilesAndSuggestNearOnes) {
  EXPECT_EQ(resolve_model("resnet18", kDirectory), kDirectory + "/models/resnet18.onnx");
  const std::string path = kDirectory + "/models/vgg16.onnx";
  EXPECT_EQ(resolve_model(path, kDirectory), path);
  EXPECT_EQ(resolve_model("irregular/randwire_ws", kDirectory),
            kDirectory + "/models/irregular/randwire_ws.onnx");
  const auto refused = [](const std::string& name) -> std::string {
    try {
      resolve_model(name, kDirectory);
    } catch (const Error& e) {
      return e.what();
    }
    return "accepted";
  };
  EXPECT_THAT(refused("resnet51"), HasSubstr("did you mean resnet50"));
  EXPECT_THAT(refused("MobileNet-V2"), HasSubstr("did you mean mobilenet_v2"));
  EXPECT_THAT(refused("zzzzzzzz"), HasSubstr("the zoo has alexnet, "));
  EXPECT_EQ(refused("models/absent.onnx"), "models/absent.onnx: no such file");
  EXPECT_THAT(refused(""), HasSubstr("expected a zoo name"));
}

TEST(ZooNames, ModelsCarryNameHashAndPath) {
  const std::string path = resolve_model("alexnet", kDirectory);
  const ImportedModel model = import_onnx(path);
  EXPECT_EQ(model.name, "alexnet");
  EXPECT_EQ(model.path, path);
  EXPECT_EQ(model.graph->name, "alexnet");
  EXPECT_EQ(model.sha256, "1daaf485276d7979dbe76321ec9de6192e0ff89e69630608f9d0a6e5c749778b");
  EXPECT_TRUE(model.notes.empty());
}

TEST(ZooFiles, AreSmall) {
  for (const std::string& name : zoo_models(kDirectory)) {
    EXPECT_LT(load_proto(name).ByteSizeLong(), 200U * 1024) << name;
  }
}

TEST(Details, EfficientNetScalesMapsByVectors) {
  const Graph g = load("efficientnet_b3");
  int row_broadcasts = 0;
  for (const Op& op : g.ops) {
    for (size_t i = 0; i < op.inputs.size(); ++i) row_broadcasts += is_row_broadcast(g, op, i) ? 1 : 0;
  }
  EXPECT_EQ(row_broadcasts, 26);  // one squeeze-and-excite per block
}

TEST(Details, DeepLabResizesToItsInput) {
  const Graph g = load("deeplabv3_mobilenet_v3_large");
  const Op& last = g.ops.back();
  EXPECT_EQ(last.kind, OpKind::resize);
  EXPECT_EQ(last.resize.mode, ResizeMode::linear);
  EXPECT_EQ(g.in_shape(last), (Shape{21, 33, 33}));
  EXPECT_EQ(g.out_shape(last), (Shape{21, 513, 513}));
}

TEST(Details, InceptionPoolsCountTheirPads) {
  const Graph g = load("inception_v3");
  int pools = 0;
  for (const Op& op : g.ops) {
    if (op.kind != OpKind::avg_pool) continue;
    ++pools;
    EXPECT_TRUE(op.count_include_pad);
    EXPECT_EQ(op.window.pad_top, 1);
  }
  EXPECT_EQ(pools, 9);
}

TEST(Details, DenseNetNormalisesBeforeItsConvolutions) {
  const Graph g = load("densenet121", false);
  int standing = 0;
  for (const Op& op : g.ops) {
    if (op.onnx_type != "BatchNormalization") continue;
    ++standing;
    EXPECT_EQ(op.weights, g.in_shape(op).c);
    EXPECT_EQ(op.biases, g.in_shape(op).c);
  }
  EXPECT_EQ(standing, 62);
}

TEST(Golden, NodesAndTensorsOfTheVectorsAreFound) {
  std::ifstream file(kDirectory + "/tests/golden/vectors.json");
  const nlohmann::json all = nlohmann::json::parse(file);
  std::map<std::string, std::pair<std::set<std::string>, std::set<std::string>>> known;
  for (const auto& vector : all.at("vectors")) {
    const std::string model = vector.at("model");
    auto& [nodes, tensors] = known[model];
    if (nodes.empty()) {
      const Graph g = load(model, model != "densenet121");  // its vectors keep activations as ops
      for (const Op& op : g.ops) nodes.insert(op.nodes.begin(), op.nodes.end());
      for (const Tensor& t : g.tensors) tensors.insert(t.name);
    }
    for (const auto& op : vector.at("ops")) {
      for (const auto& node : op) EXPECT_EQ(nodes.count(node), 1U) << node;
    }
    for (const auto& ring : vector.at("lbdf").at("ring_rows").items())
      EXPECT_EQ(tensors.count(ring.key()), 1U) << ring.key();
  }
  EXPECT_EQ(known.size(), 7U);
}

}  // namespace
}  // namespace fusesim
