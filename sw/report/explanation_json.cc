#include <nlohmann/json.hpp>

#include "explanation_fields.h"
#include "fusesim/base/json_text.h"
#include "fusesim/graph/op_label.h"

namespace fusesim {
namespace {

using Json = nlohmann::ordered_json;

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json op_json(const Graph& graph, OpId id) {
  const Op& op = graph.op(id);
  Json shapes = Json::array();
  for (const TensorId t : op.outputs) {
    const Shape& s = graph.tensor(t).shape;
    shapes.push_back({s.c, s.h, s.w});
  }
  return {{"index", id},
          {"name", op.name},
          {"label", op_label(graph, id)},
          {"kind", to_string(op.kind)},
          {"nodes", op.nodes},
          {"output_shape", shapes.front()}};
}

Json part_json(const ExplanationReport& r, const BufferPart& part) {
  Json json = {{"use", to_string(part.use)}, {"bytes", part.bytes}};
  if (part.op >= 0) {
    json["op"] = part.op;
    return json;
  }
  json["tensor"] = r.graph.tensor(part.tensor).name;
  const bool external = is_external(r.graph, r.analysis.group, part.tensor);
  json["producer"] = external ? Json() : Json(r.graph.tensor(part.tensor).producer);
  json["rows"] = part.rows;
  json["row_bytes"] = part.row_bytes;
  if (part.channels > 0) json["channels"] = part.channels;
  return json;
}

Json needs_json(const ExplanationReport& r) {
  const BufferBreakdown& needs = r.analysis.needs;
  if (!needs.illegal_reason.empty()) return {{"f_beta_bytes", nullptr}, {"illegal", needs.illegal_reason}};
  Json json = {{"f_beta_bytes", needs.f_beta_bytes}};
  if (const auto& variant = needs.variant) {
    json["brr"] = {{"mode", to_string(variant->mode)}, {"slice_channels", variant->slice_channels}};
    if (variant->mode == GroupMode::brr_tiles) {
      json["brr"]["start"] = to_string(variant->start);
      json["brr"]["join"] = to_string(variant->join);
    }
  }
  json["parts"] = Json::array();
  for (const BufferPart& part : needs.parts) json["parts"].push_back(part_json(r, part));
  return json;
}

Json explanation_of(const ExplanationReport& r) {
  const GroupAnalysis& a = r.analysis;
  Json edges = Json::array();
  for (const RankedEdge& e : a.edges)
    edges.push_back({{"from", e.edge.from}, {"to", e.edge.to}, {"score", e.score}, {"held", e.held}});
  return {{"explainer", to_string(a.explainer)}, {"seed", r.seed}, {"edges", edges}};
}

Json split_json(const GroupAnalysis& a) {
  if (!a.category) return nullptr;
  Json parts = Json::array();
  int64_t bytes = 0;
  for (const SplitPart& part : a.parts) {
    parts.push_back(
        {{"ops", part.group}, {"buffer_bytes", part.buffer_bytes}, {"f_d_bytes", part.f_d_bytes}});
    bytes += part.f_d_bytes;
  }
  const bool failed = *a.category == SplitCategory::failed;
  return {{"category", failed ? Json() : Json(static_cast<int>(*a.category))},
          {"f_d_bytes", failed ? Json() : Json(bytes)},
          {"parts", parts}};
}

}  // namespace

std::string explanation_json(const ExplanationReport& report) {
  const GroupAnalysis& a = report.analysis;
  Json ops = Json::array();
  for (const OpId op : a.group) ops.push_back(op_json(report.graph, op));
  Json misfits = Json::array();
  for (const LoneMisfit& m : a.lone_misfits) {
    misfits.push_back(
        {{"op", m.op}, {"f_beta_bytes", m.f_beta_bytes == kNeverFits ? Json() : Json(m.f_beta_bytes)}});
  }
  const Json json = {{"format", "fusesim.explanation/1"},
                     {"model", {{"name", report.model_name}, {"sha256", report.model_sha256}}},
                     {"fusion", to_string(a.scheme)},
                     {"buffer_bytes", a.buffer_bytes},
                     {"ops", ops},
                     {"fits", a.fits()},
                     {"p_invalid", or_null(a.p_invalid)},
                     {"needs", needs_json(report)},
                     {"explanation", explanation_of(report)},
                     {"split", split_json(a)},
                     {"lone_misfits", misfits},
                     {"alone_bytes", or_null(a.alone_bytes)},
                     {"whole_bytes", or_null(a.whole_bytes)}};
  return dump_json(json, 2) + "\n";
}

}  // namespace fusesim
