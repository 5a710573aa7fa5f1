#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "explanation_fields.h"
#include "fusesim/base/json_text.h"
#include "fusesim/base/text.h"
#include "fusesim/graph/op_label.h"
#include "text.h"

namespace fusesim {
namespace {

constexpr size_t kLabelColumns = 34;
constexpr size_t kTitleColumns = 80;

/// As part of a quoted label: what JSON escapes DOT escapes alike; an ampersand would begin an entity, and
/// some characters are none of XML, which SVG is.
std::string escaped(const std::string& text) {
  const std::string quoted = plain_name(dump_json(text));
  std::string result;
  for (size_t i = 1; i + 1 < quoted.size(); ++i)
    result += quoted[i] == '&' ? "&amp;" : std::string(1, quoted[i]);
  return result;
}

/// With line ends in place of spaces, so that no line is much longer than kTitleColumns.
std::string wrapped(std::string text) {
  size_t line = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != ' ' || i - line < kTitleColumns) continue;
    text[i] = '\n';
    line = i + 1;
  }
  return text;
}

/// Lines of a node about what it needs in the buffer. An external tensor is listed with its first reader.
struct Needs {
  int64_t bytes = 0;
  std::string lines;
};

OpId shown_at(const ExplanationReport& r, const BufferPart& part) {
  if (part.op >= 0) return part.op;
  const Tensor& tensor = r.graph.tensor(part.tensor);
  if (!is_external(r.graph, r.analysis.group, part.tensor)) return tensor.producer;
  const Group& group = r.analysis.group;
  return *std::find_if(tensor.consumers.begin(), tensor.consumers.end(),
                       [&](OpId op) { return std::binary_search(group.begin(), group.end(), op); });
}

std::map<OpId, Needs> needs_by_op(const ExplanationReport& r) {
  std::map<OpId, Needs> result;
  for (const BufferPart& part : r.analysis.needs.parts) {
    Needs& needs = result[shown_at(r, part)];
    needs.bytes += part.bytes;
    const bool external = part.tensor >= 0 && is_external(r.graph, r.analysis.group, part.tensor);
    std::string what = to_string(part.use);
    if (part.use == BufferUse::rows) what = std::to_string(part.rows) + (part.rows == 1 ? " row" : " rows");
    needs.lines += fmt::format("\\n{}{} {} B", external ? "input: " : "", what, grouped(part.bytes));
  }
  return result;
}

/// White to orange by share of the whole.
std::string fill(int64_t bytes, int64_t total) {
  const double share =
      total == 0 || total == kNeverFits ? 0.0 : static_cast<double>(bytes) / static_cast<double>(total);
  return fmt::format("0.085 {:.3f} 1.000", std::min(0.85, 2.0 * share));
}

std::string node_line(const ExplanationReport& r, OpId id, const Needs& needs, const std::string& indent) {
  const Op& op = r.graph.op(id);
  return fmt::format("{}op{} [label=\"{} {}\\n{}\\n{}{}\", fillcolor=\"{}\", tooltip=\"{}\"];\n", indent, id,
                     id, escaped(kind_with_activations(op)),
                     escaped(shortened(op_label(r.graph, id), kLabelColumns)),
                     shape_text(r.graph.out_shape(op)), needs.lines,
                     fill(needs.bytes, r.analysis.needs.f_beta_bytes), escaped(op.name));
}

/// Part of every op of the group; the same for all where it is not split.
std::map<OpId, size_t> parts_of_ops(const GroupAnalysis& a) {
  std::map<OpId, size_t> result;
  for (size_t i = 0; i < a.parts.size(); ++i) {
    for (const OpId op : a.parts[i].group) result[op] = i;
  }
  return result;
}

/// What the split cuts is dashed and says so.
std::string edge_line(const RankedEdge& e, bool explained, bool cut) {
  std::string look;
  if (explained) {
    const double score = std::clamp(e.score, 0.0, 1.0);
    look = fmt::format("penwidth={:.2f}, color=\"{}\", fontcolor=\"{}\", ", 1.0 + 4.0 * score,
                       e.held ? "#c62828" : "#78909c", e.held ? "#c62828" : "#546e7a");
  }
  std::string label = explained ? fmt::format(" {:.2f}", e.score) : "";
  if (cut) {
    look += "style=dashed, ";
    label += " cut";
  }
  if (look.empty() && label.empty()) return fmt::format("  op{} -> op{};\n", e.edge.from, e.edge.to);
  return fmt::format("  op{} -> op{} [{}label=\"{}\"];\n", e.edge.from, e.edge.to, look, label);
}

/// Invisible edges from the title of a part to the ops that begin it.
std::string below_title(const ExplanationReport& r, size_t part, const std::map<OpId, size_t>& parts) {
  std::string text;
  for (const OpId op : r.analysis.parts[part].group) {
    const bool follows =
        std::any_of(r.analysis.edges.begin(), r.analysis.edges.end(),
                    [&](const RankedEdge& e) { return e.edge.to == op && parts.at(e.edge.from) == part; });
    if (!follows) text += fmt::format("    title{} -> op{} [style=invis];\n", part, op);
  }
  return text;
}

/// A part's title is a node, not the label of its cluster: lines go around nodes.
std::string clusters(const ExplanationReport& r, const std::map<OpId, Needs>& needs,
                     const std::map<OpId, size_t>& parts) {
  std::string text;
  for (size_t i = 0; i < r.analysis.parts.size(); ++i) {
    const SplitPart& part = r.analysis.parts[i];
    text += fmt::format(
        "  subgraph cluster_{} {{\n    style=\"filled,rounded\"; color=\"#90a4ae\"; fillcolor=\"#f3f6f8\"; "
        "label=\"\";\n"
        "    title{} [class=title, shape=plaintext, style=\"\", fontsize=12, "
        "label=\"part {}: buffer {} B, DRAM {} B\"];\n",
        i, i, i, grouped(part.buffer_bytes), grouped(part.f_d_bytes));
    for (const OpId op : part.group) text += node_line(r, op, needs.at(op), "    ");
    text += below_title(r, i, parts) + "  }\n";
  }
  return text;
}

}  // namespace

std::string explanation_dot(const ExplanationReport& report) {
  const GroupAnalysis& a = report.analysis;
  std::map<OpId, Needs> needs = needs_by_op(report);
  for (const OpId op : a.group) needs[op];  // illegal: no bytes are known
  const std::map<OpId, size_t> parts = parts_of_ops(a);
  const std::string key =
      a.explainer == ExplainerKind::none
          ? ""
          : fmt::format("\\nedges: importance by {}; red: held by the explanation", to_string(a.explainer));
  const std::string cut_key = a.parts.empty() ? "" : "\\ndashed: cut, through DRAM";
  std::string text = "digraph group {\n";
  text += fmt::format(
      "  graph [label=\"{}, {}\\n{}{}{}\", labelloc=t, fontname=\"Helvetica\", fontsize=14, ranksep=0.35];\n",
      escaped(report.model_name), to_string(a.scheme), escaped(wrapped(verdict_text(a))), key, cut_key);
  text +=
      "  node [shape=box, style=\"filled,rounded\", fontname=\"Helvetica\", fontsize=10, "
      "margin=\"0.12,0.06\"];\n";
  text += "  edge [fontname=\"Helvetica\", fontsize=9, color=\"#78909c\"];\n";
  if (a.parts.empty()) {
    for (const OpId op : a.group) text += node_line(report, op, needs.at(op), "  ");
  } else {
    text += clusters(report, needs, parts);
  }
  for (const RankedEdge& e : a.edges) {
    const bool cut = !parts.empty() && parts.at(e.edge.from) != parts.at(e.edge.to);
    text += edge_line(e, a.explainer != ExplainerKind::none, cut);
  }
  return text + "}\n";
}

}  // namespace fusesim
