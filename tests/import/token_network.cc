#include "token_network.h"

namespace fusesim {
namespace {

/// Cells and positions inside a cell, by rows and by columns.
struct Cuts {
  int64_t rows, inner_rows, columns, inner_columns;
};

Cuts cuts_of(const TokenGroups& groups) {
  const Shape& map = groups.map;
  const int64_t size = groups.size;
  if (groups.grouping == Grouping::windows) return {map.h / size, size, map.w / size, size};
  return {size, map.h / size, size, map.w / size};
}

std::string reshaped(OnnxBuilder& m, const std::string& in, const std::string& out,
                     const std::vector<int64_t>& dims) {
  m.integers(out + ".dims", dims).node("Reshape", {in, out + ".dims"}, {out});
  return out;
}

std::string turned(OnnxBuilder& m, const std::string& in, const std::string& out,
                   const std::vector<int64_t>& order) {
  m.node("Transpose", {in}, {out}).integers("perm", order);
  return out;
}

}  // namespace

void partition(OnnxBuilder& m, const std::string& map, const std::string& tokens, const TokenGroups& groups) {
  const Cuts cut = cuts_of(groups);
  const int64_t c = groups.map.c;
  std::string last =
      reshaped(m, map, tokens + ".cut", {1, c, cut.rows, cut.inner_rows, cut.columns, cut.inner_columns});
  last = turned(m, last, tokens + ".order", {0, 2, 4, 3, 5, 1});
  const std::vector<int64_t> dims{1, cut.rows * cut.columns, cut.inner_rows * cut.inner_columns, c};
  if (groups.grouping == Grouping::windows) {
    reshaped(m, last, tokens, dims);
    return;
  }
  turned(m, reshaped(m, last, tokens + ".cells", dims), tokens, {0, 2, 1, 3});
}

void departition(OnnxBuilder& m, const std::string& tokens, const std::string& map,
                 const TokenGroups& groups) {
  const Cuts cut = cuts_of(groups);
  const Shape& shape = groups.map;
  std::string last = tokens;
  if (groups.grouping == Grouping::grid) last = turned(m, last, map + ".cells", {0, 2, 1, 3});
  last =
      reshaped(m, last, map + ".cut", {1, cut.rows, cut.columns, cut.inner_rows, cut.inner_columns, shape.c});
  last = turned(m, last, map + ".order", {0, 5, 1, 3, 2, 4});
  reshaped(m, last, map, {1, shape.c, shape.h, shape.w});
}

void attend(OnnxBuilder& m, const std::string& in, const std::string& out, const TokenGroups& groups,
            int64_t heads) {
  const int64_t c = groups.map.c;
  const int64_t tokens = groups.tokens();
  const std::string p = out + ".";
  m.weight(p + "ln", {c}).weight(p + "wqkv", {c, 3 * c}).weight(p + "wo", {c, c}).weight(p + "bo", {c});
  m.weight(p + "bias", {1, heads, tokens, tokens}).integers(p + "parts", {c, c, c});
  m.node("LayerNormalization", {in, p + "ln"}, {p + "n"}).integer("axis", -1);
  m.node("MatMul", {p + "n", p + "wqkv"}, {p + "qkv"});
  m.node("Split", {p + "qkv", p + "parts"}, {p + "q", p + "k", p + "v"}).integer("axis", -1);
  for (const char* part : {"q", "k", "v"}) {
    const std::string name = p + part;
    reshaped(m, name, name + "h", {1, groups.count(), tokens, heads, c / heads});
    turned(m, name + "h", name + "t", {0, 1, 3, 2, 4});
  }
  m.node("Einsum", {p + "qt", p + "kt"}, {p + "scores"}).text("equation", "BGHID,BGHJD->BGHIJ");
  m.node("Add", {p + "scores", p + "bias"}, {p + "biased"});
  m.node("Softmax", {p + "biased"}, {p + "soft"}).integer("axis", -1);
  m.node("Einsum", {p + "soft", p + "vt"}, {p + "values"}).text("equation", "BGHIJ,BGHJD->BGHID");
  turned(m, p + "values", p + "heads", {0, 1, 3, 2, 4});
  reshaped(m, p + "heads", p + "o", {1, groups.count(), tokens, c});
  m.node("MatMul", {p + "o", p + "wo"}, {p + "proj"});
  m.node("Add", {p + "proj", p + "bo"}, {p + "shifted"});
  m.node("Add", {in, p + "shifted"}, {out});
}

int64_t attention_macs(const TokenGroups& groups) {
  const int64_t c = groups.map.c;
  return groups.map.h * groups.map.w * c * (4 * c + 2 * groups.tokens());
}

int64_t attention_parameters(const TokenGroups& groups, int64_t heads) {
  const int64_t c = groups.map.c;
  return 4 * c * c + 2 * c + heads * groups.tokens() * groups.tokens();
}

OnnxBuilder windows_then_grid(const Shape& map, int64_t size, int64_t heads) {
  OnnxBuilder m(17);
  m.input("x", {1, map.c, map.h, map.w});
  m.conv("x", "c", map.c, map.c, 1);
  const TokenGroups windows{map, Grouping::windows, size};
  partition(m, "c", "wt", windows);
  attend(m, "wt", "wa", windows, heads);
  departition(m, "wa", "wm", windows);
  const TokenGroups grid{map, Grouping::grid, size};
  partition(m, "wm", "gt", grid);
  attend(m, "gt", "ga", grid, heads);
  departition(m, "ga", "gm", grid);
  m.conv("gm", "y", map.c, map.c, 1);
  m.output("y");
  return m;
}

}  // namespace fusesim
