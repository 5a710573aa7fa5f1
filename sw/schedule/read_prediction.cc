#include <utility>

#include "fusesim/graph/graph.h"
#include "read_parts.h"

namespace fusesim {
namespace {

using nlohmann::json;

std::vector<TensorTraffic> read_traffic(const Graph& graph, JsonObject& group, const char* key,
                                        const std::vector<TensorId>& tensors, int64_t total_bytes) {
  const json& list = group.array(key);
  const std::string list_place = group.place(key);
  if (list.size() != tensors.size()) {
    refuse(list_place, std::to_string(tensors.size()) + " tensors", std::to_string(list.size()));
  }
  std::vector<TensorTraffic> out;
  int64_t sum = 0;
  for (size_t i = 0; i < list.size(); ++i) {
    JsonObject item(list[i], element(list_place, i));
    TensorTraffic traffic;
    traffic.tensor = read_reference(item, graph.tensors, "tensor");
    if (traffic.tensor != tensors[i]) {
      refuse(item.place("index"), std::to_string(tensors[i]), std::to_string(traffic.tensor));
    }
    const json& rows = item.array("row_bytes");
    const int64_t height = graph.tensor(traffic.tensor).shape.h;
    if (static_cast<int64_t>(rows.size()) != height) {
      refuse(item.place("row_bytes"), std::to_string(height) + " rows", std::to_string(rows.size()));
    }
    for (size_t y = 0; y < rows.size(); ++y) {
      const bool counts =
          rows[y].is_number_unsigned() && rows[y].get<uint64_t>() <= static_cast<uint64_t>(kLargest);
      if (!counts || __builtin_add_overflow(sum, rows[y].get<int64_t>(), &sum)) {
        refuse(element(item.place("row_bytes"), y), "a number of bytes", describe(rows[y]));
      }
      traffic.row_bytes.push_back(rows[y].get<int64_t>());
    }
    item.finish();
    out.push_back(std::move(traffic));
  }
  if (sum != total_bytes) {
    refuse(list_place, "rows that add up to " + std::to_string(total_bytes) + " bytes", std::to_string(sum));
  }
  return out;
}

GroupPrediction read_group_prediction(const Graph& graph, const json& value, const std::string& place,
                                      const Group& group) {
  JsonObject object(value, place);
  GroupPrediction out;
  out.traffic.ifmap_bytes = object.integer("ifmap_bytes", 0, kLargest);
  out.traffic.ofmap_bytes = object.integer("ofmap_bytes", 0, kLargest);
  out.traffic.weight_bytes = object.integer("weight_bytes", 0, kLargest);
  out.buffer_bytes = object.integer("buffer_bytes", 0, kLargest);
  out.f_beta_bytes = object.integer("f_beta_bytes", 0, kLargest);
  const GroupBoundary edge = boundary(graph, group);
  out.ifmaps = read_traffic(graph, object, "ifmaps", edge.external_inputs, out.traffic.ifmap_bytes);
  out.ofmaps = read_traffic(graph, object, "ofmaps", edge.outgoing, out.traffic.ofmap_bytes);
  object.finish();
  return out;
}

}  // namespace

Prediction read_prediction(JsonObject& root, const Schedule& schedule) {
  JsonObject object(root.value("prediction"), "prediction");
  const json& list = object.array("groups");
  if (list.size() != schedule.groups.size()) {
    refuse(object.place("groups"), std::to_string(schedule.groups.size()) + " groups",
           std::to_string(list.size()));
  }
  Prediction out;
  for (size_t i = 0; i < list.size(); ++i) {
    const std::string place = element(object.place("groups"), i);
    out.groups.push_back(read_group_prediction(*schedule.graph, list[i], place, schedule.groups[i].ops));
  }
  object.finish();
  return out;
}

}  // namespace fusesim
