#include <cassert>
#include <string>
#include <vector>

#include "fusesim/base/json_text.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

ordered_json op_json(const Graph& graph, OpId o) {
  return {{"index", o}, {"name", json_name(graph.op(o).name)}};
}

ordered_json tensor_json(const Graph& graph, TensorId t) {
  return {{"index", t}, {"name", json_name(graph.tensor(t).name)}};
}

ordered_json datatypes_json(const Datatypes& types) {
  ordered_json out = {{"activation_bits", types.activation_bytes * 8},
                      {"weight_bits", types.weight_bytes * 8},
                      {"bias_bits", types.bias_bytes * 8},
                      {"partial_sum_bits", types.partial_sum_bytes * 8}};
  if (types.from_file) out["from_file"] = true;
  return out;
}

ordered_json rings_json(const Graph& graph, const std::vector<Ring>& rings) {
  ordered_json list = ordered_json::array();
  for (const Ring& ring : rings) {
    ordered_json item = tensor_json(graph, ring.tensor);
    item["rows"] = ring.rows;
    list.push_back(std::move(item));
  }
  return list;
}

ordered_json tiles_json(const Graph& graph, const BrrSchedule& brr) {
  ordered_json residency = ordered_json::array();
  for (const TensorResidency& r : brr.residency) {
    ordered_json item = tensor_json(graph, r.tensor);
    item["residency"] = to_string(r.residency);
    residency.push_back(std::move(item));
  }
  return {{"start", to_string(brr.start)},
          {"join", to_string(brr.join)},
          {"slice_channels", brr.slice_channels},
          {"tile_rows", brr.tile_rows},
          {"tiles", brr.tiles},
          {"weights_resident", brr.weights_resident},
          {"residency", std::move(residency)}};
}

ordered_json passes_json(const BrrSchedule& brr) {
  return {
      {"slice_channels", brr.slice_channels}, {"block_channels", brr.block_channels}, {"passes", brr.passes}};
}

ordered_json group_json(const Graph& graph, const GroupSchedule& group) {
  ordered_json out;
  out["mode"] = to_string(group.mode);
  out["ops"] = ordered_json::array();
  for (const OpId o : group.ops) out["ops"].push_back(op_json(graph, o));
  out["outgoing"] = ordered_json::array();
  for (const TensorId t : group.outgoing) out["outgoing"].push_back(tensor_json(graph, t));
  switch (group.mode) {
    case GroupMode::lbdf:
      out["rings"] = rings_json(graph, group.rings);
      out["prefetch_rows"] = group.prefetch_rows;
      break;
    case GroupMode::brr_tiles:
      out["brr"] = tiles_json(graph, group.brr);
      break;
    case GroupMode::brr_passes:
      out["brr"] = passes_json(group.brr);
      break;
    case GroupMode::opaque:
      break;
  }
  // Left out where it is none: files from before it existed keep their content and their hash.
  if (group.brr.double_buffer != DoubleBuffer::none)
    out["brr"]["double_buffer"] = to_string(group.brr.double_buffer);
  if (group.strips != 1) out["strips"] = group.strips;
  return out;
}

ordered_json traffic_json(const Graph& graph, const std::vector<TensorTraffic>& tensors) {
  ordered_json list = ordered_json::array();
  for (const TensorTraffic& t : tensors) {
    ordered_json item = tensor_json(graph, t.tensor);
    item["row_bytes"] = t.row_bytes;
    list.push_back(std::move(item));
  }
  return list;
}

ordered_json prediction_json(const Graph& graph, const Prediction& prediction) {
  ordered_json groups = ordered_json::array();
  for (const GroupPrediction& g : prediction.groups) {
    groups.push_back({{"ifmap_bytes", g.traffic.ifmap_bytes},
                      {"ofmap_bytes", g.traffic.ofmap_bytes},
                      {"weight_bytes", g.traffic.weight_bytes},
                      {"buffer_bytes", g.buffer_bytes},
                      {"f_beta_bytes", g.f_beta_bytes},
                      {"ifmaps", traffic_json(graph, g.ifmaps)},
                      {"ofmaps", traffic_json(graph, g.ofmaps)}});
  }
  return {{"groups", std::move(groups)}};
}

}  // namespace

std::string to_json(const Schedule& schedule, const Prediction* prediction) {
  assert(schedule.graph != nullptr);
  const Graph& graph = *schedule.graph;
  ordered_json out;
  out["format"] = "fusesim.schedule/1";
  out["model"] = {{"name", json_name(schedule.model_name)}, {"sha256", schedule.model_sha256}};
  out["datatypes"] = datatypes_json(schedule.datatypes);
  out["buffer_bytes"] = schedule.buffer_bytes;
  if (graph.batch != 1) out["batch"] = graph.batch;
  out["scheme"] = to_string(schedule.scheme);
  out["groups"] = ordered_json::array();
  for (const GroupSchedule& group : schedule.groups) out["groups"].push_back(group_json(graph, group));
  if (prediction != nullptr) out["prediction"] = prediction_json(graph, *prediction);
  out[kContentHashKey] = content_sha256(json(out));
  return pretty_json(out);
}

}  // namespace fusesim
