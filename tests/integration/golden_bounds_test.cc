#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "fusesim/base/ceil_div.h"
#include "fusesim/config/config.h"
#include "fusesim/graph/op_facts.h"
#include "fusesim/import/import.h"

// No group of the recorded runs of the zoo took less time than the array needs for its
// multiply-accumulates, or the pins for its bytes, both at their full rate.

namespace fusesim {
namespace {

using Json = nlohmann::json;

size_t column(const Json& names, const char* name) {
  return static_cast<size_t>(std::find(names.begin(), names.end(), name) - names.begin()) + 1;
}

/// "3,7-9" -> 3, 7, 8, 9
Group ops_of(const std::string& ranges) {
  Group ops;
  std::istringstream text(ranges);
  for (std::string part; std::getline(text, part, ',');) {
    const size_t dash = part.find('-');
    const int first = std::stoi(part);
    const int last = dash == std::string::npos ? first : std::stoi(part.substr(dash + 1));
    for (int o = first; o <= last; ++o) ops.push_back(o);
  }
  return ops;
}

/// Cycles that the pins need at least, all channels at their full rate.
int64_t bus_cycles(const Config& config, int64_t bytes) {
  const DramConfig& dram = config.dram;
  const int64_t burst_clocks = dram.data_clocks();
  const double clocks =
      static_cast<double>(bytes * burst_clocks) / static_cast<double>(dram.channels * dram.burst_bytes());
  return static_cast<int64_t>(clocks * static_cast<double>(config.clock_khz) /
                              static_cast<double>(dram.clock_khz));
}

TEST(GoldenRuns, NoGroupIsFasterThanItsArrayAndItsPins) {
  const std::string golden = std::string(FUSESIM_GOLDEN) + "/zoo_sweep.json";
  const Json sweep = Json::parse(std::ifstream(golden));
  const size_t cycles = column(sweep["groups"], "cycles");
  const Config config = load_config("");
  std::map<std::string, ImportedModel> models;
  int64_t groups = 0;
  for (const Json& point : sweep["points"]) {
    const auto name = point["axes"]["model"].get<std::string>();
    if (models.count(name) == 0) models.emplace(name, import_onnx(resolve_model(name, data_directory())));
    const Graph& graph = *models.at(name).graph;
    for (const Json& group : point["groups"]) {
      SCOPED_TRACE(name + ", ops " + group[0].get<std::string>());
      int64_t macs = 0;
      for (const OpId o : ops_of(group[0].get<std::string>()))
        macs += is_opaque(graph.op(o)) ? 0 : model_macs(graph, graph.op(o));
      int64_t bytes = 0;
      for (const char* kind : {"simulated_ifmap_bytes", "simulated_ofmap_bytes", "simulated_weight_bytes"})
        bytes += group[column(sweep["groups"], kind)].get<int64_t>();
      const auto taken = group[cycles].get<int64_t>();
      EXPECT_GE(taken, ceil_div(macs, config.pe.rows * config.pe.columns));
      EXPECT_GE(taken, bus_cycles(config, bytes));
      ++groups;
    }
  }
  EXPECT_GT(groups, 500);
}

}  // namespace
}  // namespace fusesim
