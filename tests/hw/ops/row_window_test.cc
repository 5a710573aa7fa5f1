#include "ops/row_window.h"

#include <gtest/gtest.h>

#include <cmath>

#include "fusesim/testing/graph_builder.h"

namespace fusesim::hw {
namespace {

using testing::ConvSpec;
using testing::GraphBuilder;
using testing::square_window;

RowRange rows(const Graph& graph, int64_t y, size_t input = 0) {
  return rows_read(graph, graph.ops.back(), input, y);
}

TEST(RowWindow, StridedConvolutionIsClippedToTheMap) {
  GraphBuilder b("g");
  b.conv(b.input({1, 9, 1}), ConvSpec{1, square_window(3, 2, 1), 1, false});
  const Graph graph = b.finish();
  EXPECT_EQ(rows(graph, 0), (RowRange{0, 2}));
  EXPECT_EQ(rows(graph, 1), (RowRange{1, 4}));
  EXPECT_EQ(rows(graph, 4), (RowRange{7, 9}));
}

TEST(RowWindow, SquaresCropsAndMatrices) {
  GraphBuilder b("g");
  b.space_to_depth(b.input({1, 9, 3}), 3);
  const Graph deep = b.finish();
  EXPECT_EQ(rows(deep, 2), (RowRange{6, 9}));
  GraphBuilder c("g");
  c.depth_to_space(c.input({9, 3, 3}), 3);
  const Graph wide = c.finish();
  EXPECT_EQ(rows(wide, 2), (RowRange{0, 1}));
  EXPECT_EQ(rows(wide, 3), (RowRange{1, 2}));
  GraphBuilder d("g");
  Window w;
  w.pad_top = -2;
  w.pad_bottom = 1;
  w.stride_h = 3;
  d.crop(d.input({1, 10, 3}), w);
  const Graph part = d.finish();
  EXPECT_EQ(rows(part, 0), (RowRange{2, 3}));
  EXPECT_EQ(rows(part, 2), (RowRange{8, 9}));
  GraphBuilder e("g");
  const TensorId x = e.input({4, 5, 1});
  e.matmul(x, e.input({4, 7, 1}));
  const Graph product = e.finish();
  EXPECT_EQ(rows(product, 3), (RowRange{3, 4}));
  EXPECT_EQ(rows(product, 3, 1), (RowRange{0, 7}));
}

TEST(RowWindow, DilatedConvolutionReadsTheHullOfItsTaps) {
  GraphBuilder b("g");
  b.conv(b.input({1, 33, 33}), ConvSpec{1, square_window(3, 1, 18, 18), 1, false});
  const Graph graph = b.finish();
  EXPECT_EQ(rows(graph, 0), (RowRange{0, 19}));
  EXPECT_EQ(rows(graph, 16), (RowRange{0, 33}));
  EXPECT_EQ(rows(graph, 32), (RowRange{14, 33}));
}

TEST(RowWindow, TransposedConvolutionSpreadsItsInput) {
  GraphBuilder b("g");
  ConvSpec spec{1, square_window(4, 2, 1), 1, false};
  b.conv_transpose(b.input({1, 5, 5}), spec);
  const Graph graph = b.finish();
  ASSERT_EQ(graph.out_shape(graph.ops.back()).h, 10);
  EXPECT_EQ(rows(graph, 0), (RowRange{0, 1}));  // taps 1 and 3 of rows 0 and -1
  EXPECT_EQ(rows(graph, 1), (RowRange{0, 2}));
  EXPECT_EQ(rows(graph, 9), (RowRange{4, 5}));
}

TEST(RowWindow, TransposedConvolutionWithGapsReadsNothingBetweenRows) {
  GraphBuilder b("g");
  ConvSpec spec{1, square_window(1, 3, 0), 1, false};
  b.conv_transpose(b.input({1, 3, 3}), spec);
  const Graph graph = b.finish();
  EXPECT_EQ(rows(graph, 3), (RowRange{1, 2}));
  EXPECT_TRUE(rows(graph, 4).empty());
  EXPECT_TRUE(rows(graph, 5).empty());
}

TEST(RowWindow, RowBroadcastAndGlobalPoolReadAllRows) {
  GraphBuilder b("g");
  const TensorId x = b.input({4, 6, 6});
  b.mul(x, b.global_avg_pool(x));
  const Graph graph = b.finish();
  EXPECT_EQ(rows_read(graph, graph.ops[0], 0, 0), (RowRange{0, 6}));
  EXPECT_EQ(rows(graph, 3, 0), (RowRange{3, 4}));
  EXPECT_EQ(rows(graph, 3, 1), (RowRange{0, 1}));
}

double source_coordinate(ResizeCoordinates mode, double in, double out, double y) {
  if (mode == ResizeCoordinates::asymmetric) return y * (in / out);
  if (mode == ResizeCoordinates::align_corners) return out == 1 ? 0 : y * (in - 1) / (out - 1);
  if (mode == ResizeCoordinates::pytorch_half_pixel && out == 1) return 0;
  return (y + 0.5) * (in / out) - 0.5;
}

double rounded(ResizeRounding rounding, double x) {
  if (rounding == ResizeRounding::floor) return std::floor(x);
  if (rounding == ResizeRounding::ceil) return std::ceil(x);
  const bool tie = x - std::floor(x) == 0.5;
  if (tie) return rounding == ResizeRounding::round_prefer_floor ? std::floor(x) : std::ceil(x);
  return std::round(x);
}

constexpr ResizeCoordinates kCoordinates[] = {
    ResizeCoordinates::half_pixel, ResizeCoordinates::pytorch_half_pixel, ResizeCoordinates::align_corners,
    ResizeCoordinates::asymmetric};
constexpr ResizeRounding kRoundings[] = {ResizeRounding::round_prefer_floor,
                                         ResizeRounding::round_prefer_ceil, ResizeRounding::floor,
                                         ResizeRounding::ceil};

// Powers of two keep the floating-point side exact, so the two must agree everywhere, ties included.
TEST(RowWindow, NearestResizeAgreesWithFloatingPointWhereThatIsExact) {
  for (const auto coordinates : kCoordinates) {
    for (const auto rounding : kRoundings) {
      for (const int64_t in : {1, 2, 3, 5, 8, 13}) {
        for (const int64_t out : {1, 2, 4, 8, 16}) {
          if (coordinates == ResizeCoordinates::align_corners && out > 2) continue;
          for (int64_t y = 0; y < out; ++y) {
            const double x = source_coordinate(coordinates, static_cast<double>(in), static_cast<double>(out),
                                               static_cast<double>(y));
            const auto row = static_cast<int64_t>(
                std::min(std::max(rounded(rounding, x), 0.0), static_cast<double>(in - 1)));
            EXPECT_EQ(resize_rows({ResizeMode::nearest, coordinates, rounding}, in, out, y),
                      (RowRange{row, row + 1}))
                << in << " to " << out << " row " << y;
          }
        }
      }
    }
  }
}

TEST(RowWindow, LinearResizeReadsTheRowsAroundItsCoordinate) {
  const Resize half_pixel{ResizeMode::linear, ResizeCoordinates::half_pixel, ResizeRounding::floor};
  EXPECT_EQ(resize_rows(half_pixel, 4, 8, 0), (RowRange{0, 1}));  // -0.25, clamped
  EXPECT_EQ(resize_rows(half_pixel, 4, 8, 1), (RowRange{0, 2}));  // 0.25
  EXPECT_EQ(resize_rows(half_pixel, 4, 8, 7), (RowRange{3, 4}));  // 3.25, clamped
  const Resize corners{ResizeMode::linear, ResizeCoordinates::align_corners, ResizeRounding::floor};
  EXPECT_EQ(resize_rows(corners, 33, 65, 2), (RowRange{1, 2}));  // exactly 1
  EXPECT_EQ(resize_rows(corners, 33, 65, 3), (RowRange{1, 3}));  // 1.5
  EXPECT_EQ(resize_rows(corners, 33, 65, 64), (RowRange{32, 33}));
}

TEST(RowWindow, BothEndsNeverFall) {
  for (const auto coordinates : kCoordinates) {
    for (const auto mode : {ResizeMode::nearest, ResizeMode::linear}) {
      for (int64_t in = 1; in < 20; ++in) {
        for (int64_t out = 1; out < 20; ++out) {
          RowRange before;
          for (int64_t y = 0; y < out; ++y) {
            const RowRange now =
                resize_rows({mode, coordinates, ResizeRounding::round_prefer_ceil}, in, out, y);
            EXPECT_GE(now.first, before.first);
            EXPECT_GE(now.last, before.last);
            before = now;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace fusesim::hw
