#pragma once

#include <memory>

#include "fusesim/report/report.h"

namespace fusesim {

/// input (2,4,5) -> conv "c1" with a folded "relu1" -> t1 (3,4,5) | pool "p1" -> t2 (3,2,2), 8-bit, one group
/// each.
inline std::shared_ptr<const Graph> sample_graph() {
  auto graph = std::make_shared<Graph>();
  graph->name = "sample";
  graph->tensors = {{"input", {2, 4, 5}, -1, {}, false},
                    {"t1", {3, 4, 5}, -1, {}, false},
                    {"t2", {3, 2, 2}, -1, {}, false}};
  Op conv;
  conv.name = "c1";
  conv.nodes = {"c1", "relu1"};
  conv.kind = OpKind::conv;
  conv.inputs = {0};
  conv.outputs = {1};
  conv.window = {3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0};
  conv.weights = 54;
  conv.biases = 3;
  Op pool;
  pool.name = "p1";
  pool.nodes = {"p1"};
  pool.kind = OpKind::max_pool;
  pool.inputs = {1};
  pool.outputs = {2};
  pool.window = {2, 2, 2, 2, 1, 1, 0, 0, 0, 0, 0, 0};
  graph->ops = {conv, pool};
  graph->inputs = {0};
  graph->outputs = {2};
  graph->finish();
  return graph;
}

/// A run of the sample that agrees with its prediction: conv under LBDF, pool as two BRR tiles.
struct Sample {
  Config config;
  Schedule schedule;
  Prediction prediction;
  RunResult run;

  Sample() {
    schedule.graph = sample_graph();
    schedule.model_name = "sample";
    schedule.model_sha256 = std::string(64, 'a');
    schedule.buffer_bytes = 1000;
    config.buffer.capacity_bytes = 1000;
    GroupSchedule conv;
    conv.ops = {0};
    conv.outgoing = {1};
    conv.rings = {{0, 3}, {1, 1}};
    GroupSchedule pool;
    pool.mode = GroupMode::brr_tiles;
    pool.ops = {1};
    pool.outgoing = {2};
    pool.brr.slice_channels = 2;
    pool.brr.tile_rows = 1;
    pool.brr.tiles = 2;
    schedule.groups = {conv, pool};
    prediction.groups = {{{40, 60, 66}, 111, 111, {{0, {10, 10, 10, 10}}}, {{1, {15, 15, 15, 15}}}},
                         {{60, 12, 0}, 42, 30, {{1, {15, 15, 15, 15}}}, {{2, {6, 6}}}}};
    for (const GroupPrediction& want : prediction.groups) {
      GroupResult got;
      got.payload = want.traffic;
      for (const TensorTraffic& t : want.ifmaps) got.ifmaps.push_back({t.tensor, t.row_bytes});
      for (const TensorTraffic& t : want.ofmaps) got.ofmaps.push_back({t.tensor, t.row_bytes});
      got.weight_bytes = {want.traffic.weight_bytes};
      got.allocated_bytes = want.buffer_bytes;
      got.peak_buffer_bytes = want.buffer_bytes - 1;
      run.groups.push_back(got);
    }
    run.outputs = {{2, {1, 2, 3, 4, 5, 6}}};
  }

  Report report() const {
    return {config, schedule, prediction, run, confirm(schedule, prediction, run), {118, 238, 166, {}},
            {},     {}};
  }
};

}  // namespace fusesim
