#include <nlohmann/json.hpp>
#include <set>

#include "config_json.h"
#include "fusesim/base/json_text.h"
#include "fusesim/base/sha256.h"
#include "fusesim/graph/op_facts.h"
#include "fusesim/graph/op_label.h"
#include "fusesim/report/rejected_json.h"
#include "fusesim/report/report.h"
#include "group_fields.h"
#include "insight.h"
#include "opaque_work.h"
#include "time_json.h"

namespace fusesim {
namespace {

using Json = nlohmann::ordered_json;

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json model_json(const Report& report) {
  const Schedule& schedule = report.schedule;
  int64_t nodes = 0, weights = 0, biases = 0, macs = 0;
  for (const Op& op : schedule.graph->ops) {
    nodes += static_cast<int64_t>(op.nodes.size());
    if (op.parameters_of < 0) {
      weights += op.weights;
      biases += op.biases;
    }
    macs += model_macs(*schedule.graph, op);
  }
  const OpaqueWork opaque = opaque_work(*schedule.graph);
  return {{"name", schedule.model_name},
          {"sha256", schedule.model_sha256},
          {"ops", schedule.graph->ops.size()},
          {"nodes", nodes},
          {"weights", weights},
          {"biases", biases},
          {"batch", schedule.graph->batch},
          {"macs", schedule.graph->batch * macs},
          {"opaque_ops", opaque.ops.size()},
          {"opaque_macs", opaque.macs}};
}

Json search_json(const SearchRecord& s) {
  Json json = {{"algorithm", s.algorithm},
               {"objective", s.objective},
               {"explainer", s.explainer},
               {"budget", or_null(s.budget)},
               {"evaluated", s.evaluated},
               {"seed", s.seed},
               {"seconds", s.seconds},
               {"optimal", s.optimal},
               {"lower_bound_bytes", or_null(s.lower_bound_bytes)}};
  if (s.stopped) json["stopped"] = true;
  if (s.proposed_bytes) json["proposed_bytes"] = *s.proposed_bytes;
  if (s.exact_bytes) json["exact_bytes"] = *s.exact_bytes;
  for (const FrontRecord& point : s.front) {
    json["front"].push_back(
        {{"network_bytes", point.network_bytes}, {"peak_buffer_bytes", point.peak_buffer_bytes}});
  }
  return json;
}

Json traffic_json(const Traffic& t) {
  return {{"ifmap_bytes", t.ifmap_bytes},
          {"ofmap_bytes", t.ofmap_bytes},
          {"weight_bytes", t.weight_bytes},
          {"total_bytes", t.total_bytes()}};
}

Json energy_json(const EnergyParts& energy) {
  return {{"array", energy.array_pj},
          {"vector_unit", energy.vector_pj},
          {"buffer", energy.buffer_pj},
          {"dram", energy.dram_pj},
          {"dram_background", energy.dram_background_pj},
          {"static", energy.static_pj}};
}

/// Payload, pins, cycles and energy, of a group or of the whole run.
Json simulated_json(const Traffic& payload, const DramCounts& dram, const CycleCounts& cycles,
                    const EnergyParts& energy, const CauseCycles& causes) {
  Json json = traffic_json(payload);
  json["bus_bytes"] = dram.bus_bytes;
  json["dram_reads"] = dram.reads;
  json["dram_writes"] = dram.writes;
  json["activates"] = dram.activates;
  json["precharges"] = dram.precharges;
  json["row_hits"] = dram.row_hits;
  json["refreshes"] = dram.refreshes;
  json["cycles"] = cycles.total;
  json["pe_busy_cycles"] = cycles.pe_busy;
  json["vector_busy_cycles"] = cycles.vector_busy;
  json["dram_busy_cycles"] = cycles.dram_busy;
  json["stall_cycles"] = cycles.stall;
  json["port_bound_cycles"] = cycles.port_bound;
  json["causes"] = causes_json(causes);
  json["energy_pj"] = energy.total_pj();
  json["energy_parts_pj"] = energy_json(energy);
  return json;
}

Json predicted_json(const PredictedTime& time) {
  return {{"cycles", time.cycles},
          {"energy_pj", time.energy_pj},
          {"array_cycles", time.array_cycles},
          {"vector_cycles", time.vector_cycles},
          {"port_cycles", time.port_cycles},
          {"dram_cycles", time.dram_cycles},
          {"macs", time.macs}};
}

Json area_json(const AreaEstimate& area) {
  return {{"buffer", area.buffer_mm2},
          {"array", area.array_mm2},
          {"other", area.other_mm2},
          {"total", area.total_mm2()}};
}

Json totals_json(const Report& report) {
  Traffic analytic, simulated;
  int64_t peak_bytes = 0;
  for (const GroupPrediction& group : report.prediction.groups) analytic += group.traffic;
  for (const GroupResult& group : report.run.groups) {
    simulated += group.payload;
    peak_bytes = std::max(peak_bytes, group.peak_buffer_bytes);
  }
  Json machine =
      simulated_json(simulated, report.run.dram, report.run.cycles, report.run.energy, report.run.causes);
  machine["peak_buffer_bytes"] = peak_bytes;
  machine["pe_utilization"] = report.run.pe_utilization;
  machine["bandwidth_bytes_per_s"] = report.run.bandwidth_bytes_per_s;
  const Peaks peaks = peaks_of(report.config);
  return {{"analytic", traffic_json(analytic)},
          {"predicted", predicted_json(total_time(report.prediction))},
          {"simulated", machine},
          {"peaks", peaks_json(peaks)},
          {"roofline", roofline_json(roofline(peaks, report.run))},
          {"fusable_bytes", report.baselines.fusable_bytes},
          {"unfused_bytes", or_null(report.baselines.unfused_bytes)},
          {"compulsory_bytes", report.baselines.compulsory_bytes},
          {"groups", report.schedule.groups.size()},
          {"mismatched_groups", report.mismatched_groups()},
          {"cycles_confirmed", report.cycles_confirmed()},
          {"area_mm2", area_json(area_of(report.config))}};
}

/// Ops that made what an op reads, ascending, each once; -1 stands for graph inputs.
std::set<OpId> producers(const Graph& graph, const Op& op) {
  std::set<OpId> result;
  for (TensorId t : op.inputs) result.insert(graph.tensor(t).producer);
  return result;
}

Json op_json(const Graph& graph, OpId o) {
  const Op& op = graph.op(o);
  const Shape& shape = graph.out_shape(op);
  return {{"index", o},
          {"name", op.name},
          {"label", op_label(graph, o)},
          {"kind", to_string(op.kind)},
          {"nodes", op.nodes},
          {"inputs", producers(graph, op)},
          {"shape", {shape.c, shape.h, shape.w}},
          {"weights", op.weights},
          {"biases", op.biases}};
}

Json ops_json(const Graph& graph, const Group& group, const Peaks& peaks, const GroupResult& got) {
  Json list = Json::array();
  for (OpId o : group) list.push_back(op_json(graph, o));
  for (size_t i = 0; i < got.ops.size(); ++i) list[i]["simulated"] = op_time_json(peaks, got.ops[i]);
  return list;
}

Json brr_json(const GroupSchedule& group) {
  const BrrSchedule& brr = group.brr;
  if (group.mode == GroupMode::brr_passes) {
    return {{"slice_channels", brr.slice_channels},
            {"block_channels", brr.block_channels},
            {"passes", brr.passes}};
  }
  return {{"start", to_string(brr.start)},
          {"join", to_string(brr.join)},
          {"slice_channels", brr.slice_channels},
          {"tile_rows", brr.tile_rows},
          {"tiles", brr.tiles},
          {"weights_resident", brr.weights_resident},
          {"passes", 1}};
}

Json group_json(const Report& report, size_t index) {
  const GroupSchedule& group = report.schedule.groups[index];
  const GroupPrediction& want = report.prediction.groups[index];
  const GroupResult& got = report.run.groups[index];
  const Peaks peaks = peaks_of(report.config);
  Json simulated = simulated_json(got.payload, got.dram, got.cycles, got.energy, got.causes);
  simulated["macs"] = got.macs;
  simulated["vector_ops"] = got.vector_ops;
  simulated["buffer_read_bytes"] = got.buffer_read_bytes;
  simulated["buffer_write_bytes"] = got.buffer_write_bytes;
  simulated["allocated_bytes"] = got.allocated_bytes;
  simulated["peak_buffer_bytes"] = got.peak_buffer_bytes;
  Json json = {{"index", index},
               {"scheme", to_string(group_scheme(report.schedule, group))},
               {"mode", to_string(group.mode)},
               {"ops", ops_json(*report.schedule.graph, group.ops, peaks, got)},
               {"buffer_bytes", want.buffer_bytes},
               {"f_beta_bytes", want.f_beta_bytes},
               {"analytic", traffic_json(want.traffic)},
               {"predicted", predicted_json(want.time)},
               {"simulated", simulated},
               {"bound_by", to_string(got.causes.largest())},
               {"roofline", roofline_json(roofline(peaks, got))},
               {"utilization", utilization(report.config, *report.schedule.graph, group, got)},
               {"recomputed", recomputed(*report.schedule.graph, group, got)},
               {"confirmed", report.confirmed(index)}};
  if (group.mode == GroupMode::brr_tiles || group.mode == GroupMode::brr_passes)
    json["brr"] = brr_json(group);
  if (group.strips > 1) json["strips"] = group.strips;
  if (group.brr.double_buffer != DoubleBuffer::none)
    json["brr"]["double_buffer"] = to_string(group.brr.double_buffer);
  return json;
}

Json mismatches_json(const std::vector<Mismatch>& mismatches) {
  Json list = Json::array();
  for (const Mismatch& m : mismatches) {
    Json json = {{"group", m.group},
                 {"kind", to_string(m.kind)},
                 {"subject", m.subject},
                 {"expected_bytes", m.expected_bytes},
                 {"actual_bytes", m.actual_bytes}};
    if (m.first_row >= 0) json["first_row"] = m.first_row;
    list.push_back(json);
  }
  return list;
}

Json alternatives_json(const std::vector<AlternativePlan>& plans) {
  Json list = Json::array();
  for (const AlternativePlan& plan : plans) {
    list.push_back({{"name", plan.name},
                    {"objective", plan.asked.empty() ? Json() : Json(plan.asked)},
                    {"dram_bytes", plan.cost.dram_bytes},
                    {"cycles", plan.cost.cycles},
                    {"energy_pj", plan.cost.energy_pj},
                    {"peak_buffer_bytes", plan.cost.peak_buffer_bytes},
                    {"optimal", plan.optimal},
                    {"bound_share", plan.bound_share}});
  }
  return list;
}

Json skipped_json(const std::vector<SkippedOp>& skipped) {
  Json list = Json::array();
  for (const SkippedOp& s : skipped) {
    list.push_back({{"op", s.name},
                    {"index", s.op},
                    {"kind", to_string(s.kind)},
                    {"macs", s.macs},
                    {"needs_bytes", s.needs_bytes}});
  }
  return list;
}

Json values_json(const ValueComparison& values) {
  return {{"tensors", values.tensors},     {"elements", values.elements},
          {"different", values.different}, {"parameter_ops", values.parameter_ops},
          {"filed_ops", values.filed_ops}, {"differences", values.differences}};
}

/// One digest per network output: equal digests, equal provenance.
Json outputs_json(const Report& report) {
  Json list = Json::array();
  for (const OutputProvenance& output : report.run.outputs) {
    std::string bytes;
    for (uint64_t hash : output.hashes) {
      for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>((hash >> shift) & 0xff);
    }
    const Tensor& tensor = report.schedule.graph->tensor(output.tensor);
    list.push_back({{"name", tensor.name},
                    {"shape", {tensor.shape.c, tensor.shape.h, tensor.shape.w}},
                    {"provenance", sha256_hex(bytes).substr(0, 16)}});
  }
  return list;
}

}  // namespace

std::string to_json(const Report& report) {
  Json json = {{"format", "fusesim.report/1"},
               {"model", model_json(report)},
               {"fusion", to_string(report.schedule.scheme)},
               {"config", config_json(report.config)},
               {"search", search_json(report.search)},
               {"totals", totals_json(report)}};
  Json groups = Json::array();
  for (size_t i = 0; i < report.schedule.groups.size(); ++i) groups.push_back(group_json(report, i));
  json["groups"] = groups;
  json["alternatives"] = alternatives_json(report.alternatives);
  json["warnings"] = warnings(report);
  json["unfusable"] = rejected_json(report.baselines.rejected, *report.schedule.graph);
  if (!report.skipped.empty()) json["skipped"] = skipped_json(report.skipped);
  if (report.values) json["values"] = values_json(*report.values);
  json["mismatches"] = mismatches_json(report.mismatches);
  json["outputs"] = outputs_json(report);
  return dump_json(json, 2) + "\n";
}

}  // namespace fusesim
