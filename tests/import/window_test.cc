#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "onnx_builder.h"

namespace fusesim {
namespace {

using ::testing::ElementsAre;

TEST(Pool, CeilModeAddsNoWindowThatStartsBehindTheMap) {
  struct Case {
    int64_t in, kernel, stride, pad, out;
  };
  for (const Case& c : {Case{8, 3, 2, 0, 4}, Case{7, 3, 2, 0, 3}, Case{5, 1, 3, 0, 2}, Case{4, 2, 3, 0, 2},
                        Case{6, 2, 4, 1, 2}, Case{5, 3, 3, 1, 2}, Case{4, 2, 3, 1, 2}}) {
    OnnxBuilder m;
    m.input("x", {1, 3, c.in, c.in});
    m.node("MaxPool", {"x"}, {"y"})
        .integers("kernel_shape", {c.kernel, c.kernel})
        .integers("strides", {c.stride, c.stride})
        .integers("pads", {c.pad, c.pad, c.pad, c.pad})
        .integer("ceil_mode", 1);
    m.output("y");
    EXPECT_EQ(output_shape(import_graph(m), "y"), (Shape{3, c.out, c.out})) << c.in << " " << c.stride;
  }
}

TEST(Pool, WithReadIndicesIsOpaqueAndWithUnreadOnesAPool) {
  for (const bool read : {true, false}) {
    OnnxBuilder m;
    m.input("x", {1, 3, 8, 8});
    m.node("MaxPool", {"x"}, {"y", "indices"}).integers("kernel_shape", {2, 2});
    m.output("y");
    if (read) m.output("indices");
    if (read)
      m.graph().mutable_output(1)->mutable_type()->mutable_tensor_type()->set_elem_type(
          onnx::TensorProto::INT64);
    EXPECT_EQ(import_graph(m).op(0).kind, read ? OpKind::opaque : OpKind::max_pool);
  }
}

/// Equal spellings of a pool over the whole map are one kind.
TEST(Pool, OfTheWholeMapIsTheSameInEverySpelling) {
  const auto imported = [](const std::string& type) {
    OnnxBuilder m;
    m.input("x", {1, 3, 8, 6});
    NodeBuilder node = m.node(type, {"x"}, {"y"});
    if (type.rfind("Reduce", 0) == 0) node.integers("axes", {-1, 2});
    if (type == "AveragePool" || type == "MaxPool") node.integers("kernel_shape", {8, 6});
    m.output("y");
    return summary(import_graph(m));
  };
  for (const char* type : {"GlobalAveragePool", "ReduceMean", "AveragePool"})
    EXPECT_THAT(imported(type), ElementsAre("global_avg_pool(x)->y")) << type;
  for (const char* type : {"GlobalMaxPool", "ReduceMax", "MaxPool"})
    EXPECT_THAT(imported(type), ElementsAre("global_max_pool(x)->y")) << type;
}

TEST(Reduction, OverChannelsMakesOneOfThem) {
  for (const char* type : {"ReduceMean", "ReduceMax", "ReduceL2"}) {
    OnnxBuilder m;
    m.input("x", {1, 3, 8, 6});
    m.node(type, {"x"}, {"y"}).integers("axes", {1});
    m.output("y");
    const Graph g = import_graph(m);
    EXPECT_THAT(summary(g), ElementsAre("channel_reduce(x)->y")) << type;
    EXPECT_EQ(output_shape(g, "y"), (Shape{1, 8, 6}));
  }
}

TEST(Reduction, OverColumnsAloneIsOpaque) {
  OnnxBuilder m;
  m.input("x", {1, 3, 8, 6});
  m.node("ReduceMax", {"x"}, {"y"}).integers("axes", {3});
  m.output("y");
  EXPECT_THAT(summary(import_graph(m)), ElementsAre("opaque(x)->y"));
}

TEST(Mean, OverRowsAndColumnsIsGlobalAverageInEveryOpset) {
  for (const int64_t opset : {9, 11, 13, 17, 18}) {
    for (const int64_t keep : {0, 1}) {
      OnnxBuilder m(opset);
      m.input("x", {1, 3, 8, 6});
      if (opset < 18) {
        m.node("ReduceMean", {"x"}, {"y"})
            .integers("axes", {opset < 11 ? 3 : -1, 2})
            .integer("keepdims", keep);
      } else {
        m.integers("axes", {-1, -2});
        m.node("ReduceMean", {"x", "axes"}, {"y"}).integer("keepdims", keep);
      }
      m.output("y");
      const Graph g = import_graph(m);
      ASSERT_THAT(summary(g), ElementsAre("global_avg_pool(x)->y"));
      EXPECT_EQ(output_shape(g, "y"), (Shape{3, 1, 1}));
    }
  }
}

TEST(Mean, OverOtherAxesIsOpaque) {
  for (const std::vector<int64_t>& axes : {std::vector<int64_t>{2}, {1, 2}, {1, 2, 3}}) {
    OnnxBuilder m;
    m.input("x", {1, 3, 8, 6});
    m.node("ReduceMean", {"x"}, {"y"}).integers("axes", axes);
    m.output("y");
    EXPECT_EQ(import_graph(m).op(0).kind, OpKind::opaque);
  }
}

TEST(Resize, SizesModesAndCoordinates) {
  OnnxBuilder m;
  m.input("x", {1, 3, 5, 6}).integers("sizes", {1, 3, 11, 7});
  m.node("Resize", {"x", "", "", "sizes"}, {"y"})
      .text("mode", "linear")
      .text("coordinate_transformation_mode", "align_corners");
  m.output("y");
  const Graph g = import_graph(m);
  ASSERT_THAT(summary(g), ElementsAre("resize(x)->y"));
  EXPECT_EQ(g.op(0).resize.mode, ResizeMode::linear);
  EXPECT_EQ(g.op(0).resize.coordinates, ResizeCoordinates::align_corners);
  EXPECT_EQ(output_shape(g, "y"), (Shape{3, 11, 7}));
}

TEST(Resize, ScalesInEveryOpset) {
  for (const int64_t opset : {9, 10, 11, 13, 18}) {
    OnnxBuilder m(opset);
    m.input("x", {1, 3, 5, 6}).numbers("scales", {1, 1, 2, 3}, {4});
    if (opset == 9) m.node("Upsample", {"x", "scales"}, {"y"});
    if (opset == 10) m.node("Resize", {"x", "scales"}, {"y"});
    if (opset > 10) {
      m.numbers("roi", {}, {0});
      m.node("Resize", {"x", "roi", "scales"}, {"y"}).text("nearest_mode", "ceil");
    }
    m.output("y");
    const Graph g = import_graph(m);
    ASSERT_THAT(summary(g), ElementsAre("resize(x)->y")) << opset;
    EXPECT_EQ(output_shape(g, "y"), (Shape{3, 10, 18}));
    EXPECT_EQ(g.op(0).resize.mode, ResizeMode::nearest);
    EXPECT_EQ(g.op(0).resize.coordinates,
              opset > 10 ? ResizeCoordinates::half_pixel : ResizeCoordinates::asymmetric);
    EXPECT_EQ(g.op(0).resize.rounding, opset > 10 ? ResizeRounding::ceil : ResizeRounding::floor);
    EXPECT_EQ(g.op(0).weights, 0);
  }
}

TEST(Resize, WhatTheKindDoesNotCoverIsOpaque) {
  const auto kind = [](const std::string& mode, const std::string& coordinates,
                       const std::vector<float>& scales) {
    OnnxBuilder m;
    m.input("x", {1, 4, 5, 5}).numbers("scales", scales, {4});
    m.node("Resize", {"x", "", "scales"}, {"y"})
        .text("mode", mode)
        .text("coordinate_transformation_mode", coordinates);
    m.output("y");
    return import_graph(m).op(0).kind;
  };
  EXPECT_EQ(kind("cubic", "half_pixel", {1, 1, 2, 2}), OpKind::opaque);
  EXPECT_EQ(kind("linear", "tf_crop_and_resize", {1, 1, 2, 2}), OpKind::opaque);
  EXPECT_EQ(kind("linear", "half_pixel", {1, 2, 2, 2}), OpKind::opaque);
  EXPECT_EQ(kind("linear", "half_pixel", {1, 1, 1.5F, 1.5F}),
            OpKind::opaque);  // 7.5 rows are 7: no exact ratio
  EXPECT_EQ(kind("linear", "half_pixel", {1, 1, 2, 2}), OpKind::resize);
}

TEST(Resize, AxesOfNewerOpsets) {
  OnnxBuilder m(18);
  m.input("x", {1, 3, 5, 6}).integers("sizes", {7, 11});
  m.node("Resize", {"x", "", "", "sizes"}, {"y"}).integers("axes", {3, 2});
  m.output("y");
  EXPECT_EQ(output_shape(import_graph(m), "y"), (Shape{3, 11, 7}));
}

/// One scale for both axes: 16x16 into 40x24 fits 1.5 times, and fills it 2.5 times.
TEST(Resize, PoliciesKeepTheAspectRatio) {
  const auto resized = [](const std::string& policy) {
    OnnxBuilder m(18);
    m.input("x", {1, 8, 16, 16}).integers("size", {40, 24});
    m.node("Resize", {"x", "", "", "size"}, {"y"})
        .integers("axes", {2, 3})
        .text("keep_aspect_ratio_policy", policy);
    m.output("y");
    return output_shape(import_graph(m), "y");
  };
  EXPECT_EQ(resized("stretch"), (Shape{8, 40, 24}));
  EXPECT_EQ(resized("not_larger"), (Shape{8, 24, 24}));
  EXPECT_EQ(resized("not_smaller"), (Shape{8, 40, 40}));
}

/// The filter against aliasing does nothing where the map grows.
TEST(Resize, AFilterAgainstAliasingIsOpaqueOnlyWhereTheMapShrinks) {
  const auto kind = [](int64_t height) {
    OnnxBuilder m(18);
    m.input("x", {1, 8, 16, 16}).integers("size", {1, 8, height, 24});
    m.node("Resize", {"x", "", "", "size"}, {"y"}).text("mode", "linear").integer("antialias", 1);
    m.output("y");
    return find_op(import_graph(m), "y").kind;
  };
  EXPECT_EQ(kind(24), OpKind::resize);
  EXPECT_EQ(kind(8), OpKind::opaque);
}

}  // namespace
}  // namespace fusesim
