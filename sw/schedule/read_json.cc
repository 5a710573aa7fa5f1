#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fusesim/base/error.h"
#include "fusesim/base/json_object.h"
#include "fusesim/base/json_text.h"
#include "fusesim/graph/most_images.h"
#include "fusesim/graph/op_facts.h"
#include "fusesim/graph/opaque_ops.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim {
namespace {

using nlohmann::json;

constexpr const char* kFormat = "fusesim.schedule/1";
constexpr int64_t kLargest = std::numeric_limits<int64_t>::max();

std::string in_quotes(const std::string& text) { return describe(json(text)); }

std::string element(const std::string& list, size_t i) { return list + "[" + std::to_string(i) + "]"; }

/// Reads the members of a document. Places follow the JSON: "groups[3].rings[0].rows".
class Loader {
 public:
  explicit Loader(std::shared_ptr<const Graph> graph) : graph_(std::move(graph)) {}

  StoredSchedule read(const json& document, const std::string& model_sha256);

 private:
  void check_hash(JsonObject& root, const json& document, StoredSchedule& out) const;
  void read_model(JsonObject& root, const std::string& model_sha256, Schedule& out) const;
  Datatypes read_datatypes(JsonObject& root) const;
  std::vector<Ring> read_rings(JsonObject& group) const;
  GroupSchedule read_group(const json& value, const std::string& place) const;
  BrrSchedule read_tiles(const json& value, const std::string& place) const;
  BrrSchedule read_passes(const json& value, const std::string& place) const;
  void adopt_batch(int64_t batch, Schedule& schedule);
  void adopt_skipped_ops(Schedule& schedule);
  Prediction read_prediction(JsonObject& root, const Schedule& schedule) const;
  GroupPrediction read_group_prediction(const json& value, const std::string& place,
                                        const Group& group) const;
  std::vector<TensorTraffic> read_traffic(JsonObject& group, const char* key,
                                          const std::vector<TensorId>& tensors, int64_t total_bytes) const;

  /// Index and name of an op or a tensor, which must agree.
  template <class Item>
  int32_t reference(JsonObject& object, const std::vector<Item>& items, const char* what) const {
    const auto most = static_cast<int64_t>(items.size()) - 1;
    const int64_t index = object.integer("index", 0, most);
    const std::string expected = json_name(items[static_cast<size_t>(index)].name);
    const std::string got = object.text("name");
    if (got != expected) {
      refuse(object.place("name"), in_quotes(expected) + " (" + what + " " + std::to_string(index) + ")",
             in_quotes(got));
    }
    return static_cast<int32_t>(index);
  }

  std::shared_ptr<const Graph> graph_;
};

void Loader::check_hash(JsonObject& root, const json& document, StoredSchedule& out) const {
  out.has_hash = root.has(kContentHashKey);
  if (!out.has_hash) return;
  const std::string stored = root.text(kContentHashKey);
  const std::string actual = content_sha256(document);
  if (stored == actual) return;
  refuse(kContentHashKey,
         in_quotes(actual) + " for this content (without the key the file counts as written by hand)",
         in_quotes(stored));
}

void Loader::read_model(JsonObject& root, const std::string& model_sha256, Schedule& out) const {
  JsonObject model(root.value("model"), "model");
  out.model_name = model.text("name");
  out.model_sha256 = model.text("sha256");
  model.finish();
  if (out.model_sha256 == model_sha256) return;
  refuse("model", in_quotes(json_name(graph_->name)) + " with SHA-256 " + model_sha256,
         "a schedule of " + in_quotes(out.model_name) + " with SHA-256 " + in_quotes(out.model_sha256));
}

Datatypes Loader::read_datatypes(JsonObject& root) const {
  JsonObject types(root.value("datatypes"), "datatypes");
  const auto bytes = [&types](const char* key) {
    const int64_t bits = types.integer(key, 8, 64);
    if (bits % 8 != 0) refuse(types.place(key), "a multiple of 8", std::to_string(bits));
    return bits / 8;
  };
  Datatypes out;
  out.activation_bytes = bytes("activation_bits");
  out.weight_bytes = bytes("weight_bits");
  out.bias_bytes = bytes("bias_bits");
  out.partial_sum_bytes = bytes("partial_sum_bits");
  out.from_file = types.has("from_file") && types.flag("from_file");
  types.finish();
  return out;
}

DoubleBuffer read_double_buffer(JsonObject& brr) {
  if (!brr.has("double_buffer")) return DoubleBuffer::none;
  std::vector<DoubleBuffer> all;
  for (const auto& [name, value] : double_buffer_names()) all.push_back(value);
  return brr.choice("double_buffer", all);
}

BrrSchedule Loader::read_tiles(const json& value, const std::string& place) const {
  JsonObject object(value, place);
  BrrSchedule out;
  out.start = object.choice("start", std::vector<BrrStart>{BrrStart::full, BrrStart::slice});
  out.join = object.choice("join", std::vector<BrrJoin>{BrrJoin::all, BrrJoin::any});
  out.slice_channels = object.integer("slice_channels", 1, kLargest);
  out.tile_rows = object.integer("tile_rows", 1, kLargest);
  out.tiles = object.integer("tiles", 1, kLargest);
  out.weights_resident = object.flag("weights_resident");
  const json& list = object.array("residency");
  for (size_t i = 0; i < list.size(); ++i) {
    JsonObject item(list[i], element(object.place("residency"), i));
    TensorResidency residency;
    residency.tensor = reference(item, graph_->tensors, "tensor");
    residency.residency = item.choice("residency", std::vector<Residency>{Residency::full, Residency::slice});
    item.finish();
    out.residency.push_back(residency);
  }
  out.double_buffer = read_double_buffer(object);
  object.finish();
  return out;
}

BrrSchedule Loader::read_passes(const json& value, const std::string& place) const {
  JsonObject object(value, place);
  BrrSchedule out;
  out.slice_channels = object.integer("slice_channels", 1, kLargest);
  out.block_channels = object.integer("block_channels", 1, kLargest);
  out.passes = object.integer("passes", 1, kLargest);
  out.tiles = out.passes;
  out.weights_resident = true;
  out.double_buffer = read_double_buffer(object);
  object.finish();
  return out;
}

std::vector<Ring> Loader::read_rings(JsonObject& group) const {
  std::vector<Ring> out;
  const json& rings = group.array("rings");
  for (size_t i = 0; i < rings.size(); ++i) {
    JsonObject item(rings[i], element(group.place("rings"), i));
    const TensorId tensor = reference(item, graph_->tensors, "tensor");
    out.push_back({tensor, item.integer("rows", 1, graph_->tensor(tensor).shape.h)});
    item.finish();
  }
  return out;
}

GroupSchedule Loader::read_group(const json& value, const std::string& place) const {
  JsonObject object(value, place);
  GroupSchedule out;
  out.mode = object.choice("mode", all_group_modes());
  const json& ops = object.array("ops");
  for (size_t i = 0; i < ops.size(); ++i) {
    JsonObject item(ops[i], element(object.place("ops"), i));
    out.ops.push_back(reference(item, graph_->ops, "op"));
    item.finish();
  }
  const json& outgoing = object.array("outgoing");
  for (size_t i = 0; i < outgoing.size(); ++i) {
    JsonObject item(outgoing[i], element(object.place("outgoing"), i));
    out.outgoing.push_back(reference(item, graph_->tensors, "tensor"));
    item.finish();
  }
  switch (out.mode) {
    case GroupMode::lbdf:
      out.rings = read_rings(object);
      out.prefetch_rows = object.integer("prefetch_rows", 0, kLargest);
      break;
    case GroupMode::brr_tiles:
      out.brr = read_tiles(object.value("brr"), object.place("brr"));
      break;
    case GroupMode::brr_passes:
      out.brr = read_passes(object.value("brr"), object.place("brr"));
      break;
    case GroupMode::opaque:
      break;
  }
  if (object.has("strips")) out.strips = object.integer("strips", 1, kLargest);
  object.finish();
  return out;
}

std::vector<TensorTraffic> Loader::read_traffic(JsonObject& group, const char* key,
                                                const std::vector<TensorId>& tensors,
                                                int64_t total_bytes) const {
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
    traffic.tensor = reference(item, graph_->tensors, "tensor");
    if (traffic.tensor != tensors[i]) {
      refuse(item.place("index"), std::to_string(tensors[i]), std::to_string(traffic.tensor));
    }
    const json& rows = item.array("row_bytes");
    const int64_t height = graph_->tensor(traffic.tensor).shape.h;
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

GroupPrediction Loader::read_group_prediction(const json& value, const std::string& place,
                                              const Group& group) const {
  JsonObject object(value, place);
  GroupPrediction out;
  out.traffic.ifmap_bytes = object.integer("ifmap_bytes", 0, kLargest);
  out.traffic.ofmap_bytes = object.integer("ofmap_bytes", 0, kLargest);
  out.traffic.weight_bytes = object.integer("weight_bytes", 0, kLargest);
  out.buffer_bytes = object.integer("buffer_bytes", 0, kLargest);
  out.f_beta_bytes = object.integer("f_beta_bytes", 0, kLargest);
  const GroupBoundary edge = boundary(*graph_, group);
  out.ifmaps = read_traffic(object, "ifmaps", edge.external_inputs, out.traffic.ifmap_bytes);
  out.ofmaps = read_traffic(object, "ofmaps", edge.outgoing, out.traffic.ofmap_bytes);
  object.finish();
  return out;
}

Prediction Loader::read_prediction(JsonObject& root, const Schedule& schedule) const {
  JsonObject object(root.value("prediction"), "prediction");
  const json& list = object.array("groups");
  if (list.size() != schedule.groups.size()) {
    refuse(object.place("groups"), std::to_string(schedule.groups.size()) + " groups",
           std::to_string(list.size()));
  }
  Prediction out;
  for (size_t i = 0; i < list.size(); ++i) {
    const std::string place = element(object.place("groups"), i);
    out.groups.push_back(read_group_prediction(list[i], place, schedule.groups[i].ops));
  }
  object.finish();
  return out;
}

/// A network of one image runs as often as the schedule says.
void Loader::adopt_batch(int64_t batch, Schedule& schedule) {
  if (batch == graph_->batch) return;
  if (graph_->batch != 1) refuse("batch", std::to_string(graph_->batch), std::to_string(batch));
  Graph graph = *graph_;
  graph.batch = batch;
  graph.finish();
  graph_ = std::make_shared<const Graph>(std::move(graph));
  schedule.graph = graph_;
}

/// Ops that the schedule runs as opaque transfers though the network says what they compute.
void Loader::adopt_skipped_ops(Schedule& schedule) {
  std::vector<OpId> skipped;
  for (const GroupSchedule& group : schedule.groups) {
    if (group.mode == GroupMode::opaque && group.ops.size() == 1 && !is_opaque(graph_->op(group.ops[0])))
      skipped.push_back(group.ops[0]);
  }
  if (skipped.empty()) return;
  graph_ = std::make_shared<const Graph>(with_opaque_ops(*graph_, skipped));
  schedule.graph = graph_;
}

StoredSchedule Loader::read(const json& document, const std::string& model_sha256) {
  JsonObject root(document, "");
  const std::string format = root.text("format");
  if (format != kFormat) refuse("format", in_quotes(kFormat), in_quotes(format));
  StoredSchedule out;
  check_hash(root, document, out);

  Schedule& schedule = out.schedule;
  schedule.graph = graph_;
  read_model(root, model_sha256, schedule);
  schedule.datatypes = read_datatypes(root);
  schedule.buffer_bytes = root.integer("buffer_bytes", 1, kLargest);
  if (root.has("batch")) adopt_batch(root.integer("batch", 1, kMostImages), schedule);
  schedule.scheme = root.choice("scheme", all_schemes());
  const json& groups = root.array("groups");
  for (size_t i = 0; i < groups.size(); ++i)
    schedule.groups.push_back(read_group(groups[i], element("groups", i)));
  adopt_skipped_ops(schedule);
  const std::string reason = invalid_reason(schedule);
  if (!reason.empty()) throw Error(reason);

  // The prediction of a file that was written or edited by hand may be stale: it is known, but not read.
  if (root.has("prediction")) root.value("prediction");
  out.has_prediction = out.has_hash && root.has("prediction");
  if (out.has_prediction) out.prediction = read_prediction(root, schedule);
  root.finish();
  return out;
}

}  // namespace

StoredSchedule schedule_from_json(const std::string& text, const std::string& path,
                                  std::shared_ptr<const Graph> graph, const std::string& model_sha256) {
  const json document = parse_json(text, path);
  try {
    return Loader(std::move(graph)).read(document, model_sha256);
  } catch (const Error& e) {
    throw Error(path + ": " + e.what());
  }
}

}  // namespace fusesim
