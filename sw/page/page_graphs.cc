#include "page_graphs.h"

#include <algorithm>
#include <vector>

#include "json_file.h"
#include "network_layout.h"

namespace fusesim {
namespace {

using Json = nlohmann::ordered_json;

/// The ops of all groups in topological order, as the report has them.
std::vector<Json> ordered_ops(const Json& report, const std::string& path) {
  std::vector<Json> ops;
  for (const Json& group : field(report, "/groups", path)) {
    for (const Json& op : field(group, "/ops", path)) ops.push_back(op);
  }
  const auto index = [&](const Json& op) { return field(op, "/index", path).get<size_t>(); };
  std::sort(ops.begin(), ops.end(), [&](const Json& a, const Json& b) { return index(a) < index(b); });
  for (size_t i = 0; i < ops.size(); ++i) {
    if (index(ops[i]) != i)
      throw Error(path + ": groups: expected op " + std::to_string(i) + " in one of them");
  }
  return ops;
}

/// Checked: ascending indices of earlier ops.
std::vector<std::vector<int>> inputs_of(const std::vector<Json>& ops, const std::string& path) {
  std::vector<std::vector<int>> inputs;
  for (const Json& op : ops) {
    inputs.push_back(field(op, "/inputs", path).get<std::vector<int>>());
    for (int i : inputs.back()) {
      if (i < -1 || i >= static_cast<int>(inputs.size()) - 1)
        throw Error(path + ": ops: inputs: expected an earlier op, got " + std::to_string(i));
    }
  }
  return inputs;
}

Json ops_json(const std::vector<Json>& ops, const NetworkLayout& layout, const std::string& path) {
  Json json;
  for (const Json& op : ops) {
    for (const char* key : {"name", "kind", "shape", "weights", "inputs"})
      json[key].push_back(field(op, std::string("/") + key, path));
    json["nodes"].push_back(field(op, "/nodes", path).size());
  }
  for (const LayoutPoint& centre : layout.centres) {
    json["x"].push_back(centre.x);
    json["y"].push_back(centre.y);
  }
  return json;
}

Json edges_json(const NetworkLayout& layout) {
  Json json = Json::array();
  for (const LayoutEdge& edge : layout.edges) {
    Json curve = Json::array();
    for (const LayoutPoint& point : edge.curve) {
      curve.push_back(point.x);
      curve.push_back(point.y);
    }
    json.push_back({edge.from, edge.to, curve});
  }
  return json;
}

}  // namespace

size_t PageGraphs::add(const Json& report, const std::string& path) {
  const std::vector<Json> ops = ordered_ops(report, path);
  const Json& model = field(report, "/model/name", path);
  const auto [place, is_new] = seen_.try_emplace(Json({model, ops}).dump(), graphs_.size());
  if (!is_new) return place->second;
  const NetworkLayout layout = lay_out(inputs_of(ops, path));
  graphs_.push_back({{"model", model},
                     {"width", layout.width},
                     {"height", layout.height},
                     {"node_width", NetworkLayout::kNodeWidth},
                     {"node_height", NetworkLayout::kNodeHeight},
                     {"drawn_inputs", kDrawnInputs},
                     {"ops", ops_json(ops, layout, path)},
                     {"edges", edges_json(layout)}});
  return place->second;
}

}  // namespace fusesim
