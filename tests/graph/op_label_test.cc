#include "fusesim/graph/op_label.h"

#include <gtest/gtest.h>

#include "fusesim/testing/graph_builder.h"

namespace fusesim {
namespace {

/// The label of a 3x3 convolution to 8 channels of this name.
std::string conv_label(const std::string& name, int64_t kernel = 3) {
  testing::GraphBuilder b("one");
  b.conv(b.input({4, 8, 8}), 8, kernel);
  Graph graph = b.finish();
  graph.ops[0].name = name;
  graph.ops[0].onnx_type = "Conv";
  return op_label(graph, 0);
}

TEST(OpLabel, IsTheModuleAndWhatTheOpDoes) {
  EXPECT_EQ(conv_label("/conv1/Conv"), "conv1_3x3_8");
  EXPECT_EQ(conv_label("/layer1/layer1.0/conv1/Conv"), "layer1.0.conv1_3x3_8");
  EXPECT_EQ(conv_label("/features/features.0/features.0.0/Conv", 1), "features.0.0.conv_1x1_8");
  EXPECT_EQ(conv_label("/block/block.2/fc1/Conv", 1), "block.2.fc1_1x1_8");
}

TEST(OpLabel, KeepsNamesWithoutModules) {
  EXPECT_EQ(conv_label("Conv_12"), "Conv_12_3x3_8");
  EXPECT_EQ(conv_label("stem"), "stem.conv_3x3_8");
  EXPECT_EQ(conv_label(""), "conv_3x3_8");
  EXPECT_EQ(conv_label("/"), "conv_3x3_8");
}

TEST(OpLabel, NamesOtherKindsByTheirOperator) {
  testing::GraphBuilder b("three");
  const TensorId x = b.input({4, 8, 8});
  const Window window = {2, 2, 2, 2};
  b.add(b.max_pool(x, window), b.max_pool(x, window));
  Graph graph = b.finish();
  graph.ops[0].name = "/maxpool/MaxPool";
  graph.ops[0].onnx_type = "MaxPool";
  graph.ops[2].name = "/layer1/layer1.0/Add_3";
  graph.ops[2].onnx_type = "Add";
  EXPECT_EQ(op_label(graph, 0), "maxpool_2x2");
  EXPECT_EQ(op_label(graph, 2), "layer1.0.add");
  EXPECT_EQ(op_title(graph, 2), "2 layer1.0.add");
}

TEST(OpLabel, TellsDepthwiseConvolutionsApart) {
  testing::GraphBuilder b("one");
  testing::ConvSpec spec;
  spec.channels = 4;
  spec.groups = 4;
  spec.window = {3, 3};
  b.conv(b.input({4, 8, 8}), spec);
  Graph graph = b.finish();
  graph.ops[0].name = "/conv/Conv";
  EXPECT_EQ(op_label(graph, 0), "conv_dw_3x3_4");
}

}  // namespace
}  // namespace fusesim
