#pragma once

#include <string>

#include "fusesim/sweep/point_result.h"
#include "fusesim/sweep/sweep.h"

namespace fusesim {

/// A sweep of `points` points that were never read from a file: one axis "buffer" with 1 KiB, 2 KiB ...
inline Sweep sample_sweep(size_t points) {
  Sweep sweep;
  sweep.path = "sweep.yaml";
  sweep.name = "sample";
  sweep.build = {"1.0", "c0ffee", ""};
  sweep.axes = {{"buffer", {}}};
  for (size_t i = 0; i < points; ++i) {
    Point point;
    point.id = "point-" + std::to_string(i);
    point.values = {std::to_string(i + 1) + "KiB"};
    point.buffer_bytes = static_cast<int64_t>(1024 * (i + 1));
    point.model_sha256 = "5ea";
    point.config_yaml = "name: sample\n";
    point.family = "one";
    sweep.axes[0].values.push_back(point.values[0]);
    sweep.points.push_back(point);
  }
  return sweep;
}

/// A report with two groups that moves `bytes` input bytes in 1000 cycles of 100 MHz, with 12.5 pJ on 2 mm2.
inline nlohmann::ordered_json sample_report(int64_t bytes, bool optimal = true) {
  using Json = nlohmann::ordered_json;
  const Json traffic = {
      {"ifmap_bytes", bytes}, {"ofmap_bytes", 10}, {"weight_bytes", 5}, {"total_bytes", bytes + 15}};
  Json simulated = traffic;
  simulated["cycles"] = 1000;
  simulated["energy_pj"] = 12.5;
  const Json predicted = {{"cycles", 990}, {"energy_pj", 12}};
  const auto group = [&](int first, int last) {
    Json ops = Json::array();
    for (int i = first; i <= last; ++i) ops.push_back({{"index", i}, {"name", "op" + std::to_string(i)}});
    return Json{{"mode", "lbdf"},         {"ops", ops},
                {"buffer_bytes", 100},    {"analytic", traffic},
                {"predicted", predicted}, {"simulated", simulated}};
  };
  return {
      {"format", "fusesim.report/1"},
      {"model", {{"name", "sample"}, {"sha256", "5ea"}}},
      {"config", {{"clock_mhz", 100}, {"energy", {{"buffer_read_byte_pj", 1}, {"buffer_write_byte_pj", 1}}}}},
      {"search",
       {{"algorithm", "exact"},
        {"objective", "dram"},
        {"evaluated", 3},
        {"seconds", 0.25},
        {"optimal", optimal}}},
      {"totals",
       {{"analytic", traffic},
        {"predicted", predicted},
        {"simulated", simulated},
        {"area_mm2", {{"buffer", 1.5}, {"array", 0.5}, {"total", 2.0}}},
        {"groups", 2}}},
      {"groups", Json::array({group(0, 2), group(3, 3)})}};
}

}  // namespace fusesim
