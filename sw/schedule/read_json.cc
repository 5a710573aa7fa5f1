#include <algorithm>
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
#include "fusesim/schedule/hand_written.h"
#include "read_parts.h"

namespace fusesim {
namespace {

using nlohmann::json;

constexpr const char* kFormat = "fusesim.schedule/1";

/// Reads the members of a document. Places follow the JSON: "groups[3].rings[0].rows".
class Loader {
 public:
  /// `strict`: nothing may be left out.
  Loader(std::shared_ptr<const Graph> graph, bool strict) : graph_(std::move(graph)), strict_(strict) {}

  HandWritten read(const json& document, const std::string& model_sha256);

 private:
  void check_hash(JsonObject& root, const json& document, StoredSchedule& out) const;
  void read_model(JsonObject& root, const std::string& model_sha256, Schedule& out) const;
  Datatypes read_datatypes(JsonObject& root) const;
  std::vector<Ring> read_rings(JsonObject& group) const;
  OpId read_op(const json& value, const std::string& place) const;
  GroupSchedule read_group(const json& value, const std::string& place, HandWritten& out) const;
  void read_parameters(JsonObject& object, GroupSchedule& group) const;
  BrrSchedule read_tiles(const json& value, const std::string& place) const;
  BrrSchedule read_passes(const json& value, const std::string& place) const;
  void adopt_batch(int64_t batch, Schedule& schedule);
  void adopt_skipped_ops(const std::vector<size_t>& open_groups, Schedule& schedule);
  template <class Item>
  int32_t reference(JsonObject& object, const std::vector<Item>& items, const char* what) const {
    return read_reference(object, items, what);
  }
  /// Whether to read a member that follows from others.
  bool wants(const JsonObject& object, const char* key) const { return strict_ || object.has(key); }

  std::shared_ptr<const Graph> graph_;
  bool strict_;
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
  if (wants(object, "tiles")) out.tiles = object.integer("tiles", 1, kLargest);
  out.weights_resident = object.flag("weights_resident");
  const json none = json::array();
  const json& list = wants(object, "residency") ? object.array("residency") : none;
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
  if (wants(object, "passes")) out.passes = object.integer("passes", 1, kLargest);
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

/// Its index, or index and name.
OpId Loader::read_op(const json& value, const std::string& place) const {
  if (!strict_ && value.is_number_integer()) {
    const json by_index = {{"index", value}};
    const auto most = static_cast<int64_t>(graph_->ops.size()) - 1;
    return static_cast<OpId>(JsonObject(by_index, place).integer("index", 0, most));
  }
  JsonObject item(value, place);
  const OpId op = reference(item, graph_->ops, "op");
  item.finish();
  return op;
}

void Loader::read_parameters(JsonObject& object, GroupSchedule& group) const {
  switch (group.mode) {
    case GroupMode::lbdf:
      if (wants(object, "rings")) group.rings = read_rings(object);
      group.prefetch_rows =
          wants(object, "prefetch_rows") ? object.integer("prefetch_rows", 0, kLargest) : kLeftOut;
      break;
    case GroupMode::brr_tiles:
      group.brr = read_tiles(object.value("brr"), object.place("brr"));
      break;
    case GroupMode::brr_passes: {
      group.brr = read_passes(object.value("brr"), object.place("brr"));
      BrrSchedule& brr = group.brr;
      if (brr.passes > 0 || group.ops.size() != 1) break;
      const int64_t channels = graph_->out_shape(graph_->op(group.ops.front())).c;
      brr.passes = brr.tiles = (channels - 1) / brr.block_channels + 1;
      break;
    }
    case GroupMode::opaque:
      break;
  }
}

/// Whether something is left out that sw/cost works out.
bool leaves_out(const GroupSchedule& group) {
  switch (group.mode) {
    case GroupMode::lbdf:
      return group.rings.empty() || group.prefetch_rows == kLeftOut;
    case GroupMode::brr_tiles:
      return group.brr.residency.empty() || group.brr.tiles == 0;
    case GroupMode::brr_passes:
    case GroupMode::opaque:
      break;
  }
  return false;
}

GroupSchedule Loader::read_group(const json& value, const std::string& place, HandWritten& out) const {
  JsonObject object(value, place);
  GroupSchedule group;
  const json& ops = object.array("ops");
  for (size_t i = 0; i < ops.size(); ++i)
    group.ops.push_back(read_op(ops[i], element(object.place("ops"), i)));
  if (wants(object, "outgoing")) {
    const json& outgoing = object.array("outgoing");
    for (size_t i = 0; i < outgoing.size(); ++i) {
      JsonObject item(outgoing[i], element(object.place("outgoing"), i));
      group.outgoing.push_back(reference(item, graph_->tensors, "tensor"));
      item.finish();
    }
  } else if (illegal_reason(*graph_, group.ops).empty()) {
    group.outgoing = boundary(*graph_, group.ops).outgoing;
  }
  bool open = !strict_;
  for (const char* key : {"mode", "rings", "prefetch_rows", "brr", "strips"}) open = open && !object.has(key);
  if (open) {
    out.open_groups.push_back(out.stored.schedule.groups.size());
  } else {
    group.mode = object.choice("mode", all_group_modes());
    read_parameters(object, group);
    if (object.has("strips")) group.strips = object.integer("strips", 1, kLargest);
    out.left_out = out.left_out || (!strict_ && leaves_out(group));
  }
  object.finish();
  return group;
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
void Loader::adopt_skipped_ops(const std::vector<size_t>& open_groups, Schedule& schedule) {
  std::vector<OpId> skipped;
  for (size_t i = 0; i < schedule.groups.size(); ++i) {
    const GroupSchedule& group = schedule.groups[i];
    if (std::binary_search(open_groups.begin(), open_groups.end(), i)) continue;
    if (group.mode == GroupMode::opaque && group.ops.size() == 1 && !is_opaque(graph_->op(group.ops[0])))
      skipped.push_back(group.ops[0]);
  }
  if (skipped.empty()) return;
  graph_ = std::make_shared<const Graph>(with_opaque_ops(*graph_, skipped));
  schedule.graph = graph_;
}

/// Of groups whose parameters are not all there.
std::string illegal_plan_reason(const Schedule& schedule) {
  Plan plan;
  for (const GroupSchedule& group : schedule.groups) plan.push_back(group.ops);
  return illegal_reason(*schedule.graph, plan);
}

HandWritten Loader::read(const json& document, const std::string& model_sha256) {
  JsonObject root(document, "");
  const std::string format = root.text("format");
  if (format != kFormat) refuse("format", in_quotes(kFormat), in_quotes(format));
  HandWritten written;
  StoredSchedule& out = written.stored;
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
    schedule.groups.push_back(read_group(groups[i], element("groups", i), written));
  adopt_skipped_ops(written.open_groups, schedule);
  const std::string reason = written.complete() ? invalid_reason(schedule) : illegal_plan_reason(schedule);
  if (!reason.empty()) throw Error(reason);

  // The prediction of a file that was written or edited by hand may be stale: it is known, but not read.
  if (root.has("prediction")) root.value("prediction");
  out.has_prediction = out.has_hash && root.has("prediction");
  if (out.has_prediction) out.prediction = read_prediction(root, schedule);
  root.finish();
  return written;
}

HandWritten load(const std::string& text, const std::string& path, Loader loader,
                 const std::string& model_sha256) {
  const json document = parse_json(text, path);
  try {
    return loader.read(document, model_sha256);
  } catch (const Error& e) {
    throw Error(path + ": " + e.what());
  }
}

}  // namespace

HandWritten hand_written_from_json(const std::string& text, const std::string& path,
                                   std::shared_ptr<const Graph> graph, const std::string& model_sha256) {
  return load(text, path, Loader(std::move(graph), false), model_sha256);
}

StoredSchedule schedule_from_json(const std::string& text, const std::string& path,
                                  std::shared_ptr<const Graph> graph, const std::string& model_sha256) {
  return load(text, path, Loader(std::move(graph), true), model_sha256).stored;
}

}  // namespace fusesim
