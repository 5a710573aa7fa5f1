#include "fusesim/report/rejected.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "fusesim/cost/scheme.h"
#include "fusesim/graph/op_facts.h"
#include "fusesim/report/rejected_json.h"
#include "text.h"

namespace fusesim {
namespace {

using Json = nlohmann::ordered_json;

RejectedOp too_large(OpId op, const BufferBreakdown& breakdown, int64_t capacity) {
  RejectedOp rejected;
  rejected.op = op;
  rejected.needs_bytes = breakdown.f_beta_bytes + 1;  // a group has to need less than the buffer
  rejected.lacks_bytes = rejected.needs_bytes - capacity;
  for (const BufferPart& part : breakdown.parts) {
    const bool weights = part.use == BufferUse::weights || part.use == BufferUse::weight_block;
    (weights ? rejected.weight_bytes : rejected.row_bytes) += part.bytes;
  }
  return rejected;
}

std::string opaque_text(const Graph& graph, const Op& op) {
  const std::string text = "opaque: ONNX " + op.onnx_type;
  return op.opaque_macs > 0 ? text + fmt::format(", {} MACs", grouped(graph.batch * op.opaque_macs)) : text;
}

std::string described(const RejectedOp& r, const Graph& graph) {
  switch (r.rejection) {
    case Rejection::opaque:
      return opaque_text(graph, graph.op(r.op));
    case Rejection::illegal:
      return "illegal: " + r.reason;
    case Rejection::too_large:
      break;
  }
  return fmt::format("needs {:>11} bytes (weights {}, rows {}), lacks {}", grouped(r.needs_bytes),
                     grouped(r.weight_bytes), grouped(r.row_bytes), grouped(r.lacks_bytes));
}

}  // namespace

const char* to_string(Rejection rejection) {
  switch (rejection) {
    case Rejection::too_large:
      return "too_large";
    case Rejection::opaque:
      return "opaque";
    case Rejection::illegal:
      return "illegal";
  }
  return "?";
}

std::vector<RejectedOp> rejected_ops(const Graph& graph, Scheme scheme, const Config& config) {
  const std::unique_ptr<GroupModel> model = fusion_scheme(scheme).model(graph, cost_params(config));
  const int64_t capacity = config.buffer.capacity_bytes;
  PlanGroupModel plans(graph, fusion_scheme(scheme), cost_params(config), capacity);
  std::vector<RejectedOp> result;
  for (OpId o = 0; o < static_cast<OpId>(graph.ops.size()); ++o) {
    if (is_opaque(graph.op(o))) {
      result.push_back({o, Rejection::opaque, 0, 0, 0, 0, ""});
      continue;
    }
    const BufferBreakdown breakdown = model->breakdown({o});
    if (!breakdown.illegal_reason.empty()) {
      result.push_back({o, Rejection::illegal, 0, 0, 0, 0, breakdown.illegal_reason});
    } else if (breakdown.f_beta_bytes >= capacity && !plans.runs_in_strips(o)) {
      result.push_back(too_large(o, breakdown, capacity));
    }
  }
  return result;
}

std::string rejected_table(const std::vector<RejectedOp>& rejected, const Graph& graph, Scheme scheme) {
  if (rejected.empty()) return "";
  std::string text =
      fmt::format("\n{} op(s) fit no {} group and run alone:\n", rejected.size(), to_string(scheme));
  for (const RejectedOp& r : rejected) {
    text += fmt::format("  {:<{}} {}\n", op_name(graph, r.op), kNameColumns, described(r, graph));
  }
  return text;
}

Json rejected_json(const std::vector<RejectedOp>& rejected, const Graph& graph) {
  Json list = Json::array();
  for (const RejectedOp& r : rejected) {
    Json json = {{"op", graph.op(r.op).name}, {"index", r.op}, {"rejection", to_string(r.rejection)}};
    switch (r.rejection) {
      case Rejection::too_large:
        json["needs_bytes"] = r.needs_bytes;
        json["lacks_bytes"] = r.lacks_bytes;
        json["weight_bytes"] = r.weight_bytes;
        json["row_bytes"] = r.row_bytes;
        break;
      case Rejection::opaque:
        json["onnx_type"] = graph.op(r.op).onnx_type;
        json["macs"] = graph.batch * graph.op(r.op).opaque_macs;
        break;
      case Rejection::illegal:
        json["reason"] = r.reason;
        break;
    }
    list.push_back(json);
  }
  return list;
}

}  // namespace fusesim
