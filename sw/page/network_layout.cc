#include "network_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "fusesim/graphviz/graphviz.h"

namespace fusesim {
namespace {

constexpr double kPixelsPerInch = 72.0;
/// Room on both sides of a box for the number of its group.
constexpr int kMargin = 20;

std::string dot_text(const std::vector<std::vector<int>>& inputs) {
  std::string text = fmt::format(
      "digraph network {{\n  ranksep=0.2; nodesep=0.14; nslimit=2; nslimit1=2;\n"
      "  node [shape=box, fixedsize=true, width={}, height={}]; edge [arrowhead=none, tailport=s, "
      "headport=n];\n",
      (NetworkLayout::kNodeWidth + 2 * kMargin) / kPixelsPerInch,
      NetworkLayout::kNodeHeight / kPixelsPerInch);
  for (size_t op = 0; op < inputs.size(); ++op) {
    text += fmt::format("  {};\n", op);
    const size_t first = inputs[op].size() - std::min(inputs[op].size(), kDrawnInputs);
    for (size_t i = first; i < inputs[op].size(); ++i) {
      if (inputs[op][i] >= 0) text += fmt::format("  {} -> {};\n", inputs[op][i], op);
    }
  }
  return text + "}\n";
}

int pixels(double inches) { return static_cast<int>(std::lround(inches * kPixelsPerInch)); }

class PlainReader {
 public:
  PlainReader(const std::string& plain, size_t ops) : plain_(plain) { layout_.centres.resize(ops); }

  NetworkLayout read() {
    for (std::string line; std::getline(plain_, line);) {
      std::istringstream words(line);
      std::string what;
      words >> what;
      if (what == "graph") read_size(words);
      if (what == "node") read_node(words);
      if (what == "edge") read_edge(words);
    }
    std::sort(layout_.edges.begin(), layout_.edges.end(), [](const LayoutEdge& a, const LayoutEdge& b) {
      return a.to != b.to ? a.to < b.to : a.from < b.from;
    });
    return std::move(layout_);
  }

 private:
  void read_size(std::istream& words) {
    double scale = 1.0, width = 0.0, height = 0.0;
    words >> scale >> width >> height;
    layout_.width = pixels(width);
    layout_.height = pixels(height);
  }

  LayoutPoint read_point(std::istream& words) {
    double x = 0.0, y = 0.0;
    words >> x >> y;
    return {pixels(x), layout_.height - pixels(y)};
  }

  void read_node(std::istream& words) {
    size_t op = 0;
    words >> op;
    layout_.centres.at(op) = read_point(words);
  }

  void read_edge(std::istream& words) {
    LayoutEdge edge;
    size_t points = 0;
    words >> edge.from >> edge.to >> points;
    for (size_t i = 0; i < points; ++i) edge.curve.push_back(read_point(words));
    layout_.edges.push_back(edge);
  }

  std::istringstream plain_;
  NetworkLayout layout_;
};

}  // namespace

NetworkLayout lay_out(const std::vector<std::vector<int>>& inputs) {
  return PlainReader(run_graphviz(dot_text(inputs), "plain"), inputs.size()).read();
}

}  // namespace fusesim
