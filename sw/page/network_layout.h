#pragma once

#include <string>
#include <vector>

namespace fusesim {

/// Pixels, y downwards.
struct LayoutPoint {
  int x = 0;
  int y = 0;
};

/// A line from op to op as the control points of cubic Bezier curves: 3n + 1 of them.
struct LayoutEdge {
  int from = 0;
  int to = 0;
  std::vector<LayoutPoint> curve;
};

/// A network drawn from top to bottom; every op is a box of kNodeWidth x kNodeHeight around its centre.
struct NetworkLayout {
  static constexpr int kNodeWidth = 88;
  static constexpr int kNodeHeight = 20;
  int width = 0;
  int height = 0;
  std::vector<LayoutPoint> centres;  ///< per op
  std::vector<LayoutEdge> edges;     ///< ascending (to, from)
};

/// Edges that are drawn into one op at most: the ones from its latest inputs. DenseNet's concatenations of up
/// to 24 maps would otherwise cost minutes of layout and hide everything else.
inline constexpr size_t kDrawnInputs = 6;

/// Lays out a DAG, given by the ops that each op reads (ascending; -1: a graph input), with Graphviz' dot. A
/// function of its argument. Throws Error if dot cannot be run.
NetworkLayout lay_out(const std::vector<std::vector<int>>& inputs);

}  // namespace fusesim
