#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace fusesim {

/// A sweep's directory written by hand, removed at the end of its scope: network "net" of the ops a -> b ->
/// c, at two buffer sizes, and a point that failed.
class SweepFiles {
 public:
  using Json = nlohmann::ordered_json;

  SweepFiles() {
    std::string pattern = (std::filesystem::temp_directory_path() / "fusesim-page-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
    folder_ = pattern;
    sweep = {{"format", "fusesim.sweep/1"},
             {"name", "small"},
             {"version", "1.2.3"},
             {"commit", "abc"},
             {"axes", {{{"name", "buffer"}, {"values", {"1KiB", "2KiB", "1B"}}}}}};
    sweep["points"] = {point("p1", "1KiB", "ok"), point("p2", "2KiB", "ok"), point("p3", "1B", "failed")};
    write("points/p1/report.json", report({{0}, {1}, {2}}).dump());
    write("points/p2/report.json", report({{0, 1}, {2}}).dump());
    write_sweep();
    write("node_modules/echarts/dist/echarts.common.min.js", "/* charts */");
    write("node_modules/echarts/NOTICE", "the notice");
    write("node_modules/echarts/licenses/LICENSE-d3", "d3's");
    write("node_modules/zrender/LICENSE", "zrender's");
  }
  ~SweepFiles() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  SweepFiles(const SweepFiles&) = delete;
  SweepFiles& operator=(const SweepFiles&) = delete;

  std::string path() const { return folder_.string(); }
  /// Stand-ins for ECharts and its licences.
  std::string packages() const { return path() + "/node_modules"; }
  void write_sweep() const { write("sweep.json", sweep.dump()); }
  void write(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << content;
  }

  /// A report whose plan has these groups of the ops a, b, c.
  static Json report(const std::vector<std::vector<int>>& plan) {
    Json json = {{"format", "fusesim.report/1"},
                 {"model", {{"name", "net"}}},
                 {"fusion", "lbdf"},
                 {"config", {{"buffer", {{"capacity", "1 KiB"}}}, {"clock_mhz", 1000}}},
                 {"search", {{"seconds", 0.5}, {"optimal", true}}},
                 {"totals", {{"groups", plan.size()}}},
                 {"alternatives", {{{"name", "every op alone"}}}},
                 {"warnings", {"slow"}}};
    json["groups"] = Json::array();
    for (const std::vector<int>& ops : plan) {
      Json group = {{"mode", "lbdf"}, {"buffer_bytes", 7}, {"confirmed", true}};
      for (int o : ops) {
        group["ops"].push_back(
            {{"index", o},
             {"name", std::string(1, static_cast<char>('a' + o))},
             {"kind", "conv"},
             {"nodes", {"n"}},
             {"inputs", {o - 1}},
             {"shape", {1, 2, 3}},
             {"weights", 4},
             {"simulated", {{"cycles", 3 + o}, {"causes", {{"array", 1}, {"fill", 2 + o}}}}}});
      }
      group["simulated"]["total_bytes"] = 10 * ops.size();
      group["predicted"]["cycles"] = 5 * ops.size();
      group["bound_by"] = "array";
      group["simulated"]["causes"]["array"] = 3;
      group["roofline"]["attained"] = 2.5;
      json["groups"].push_back(group);
    }
    return json;
  }

  Json sweep;

 private:
  static Json point(const char* id, const char* buffer, const char* status) {
    return {{"id", id}, {"axes", {{"buffer", buffer}}}, {"status", status}, {"reason", "why"}};
  }

  std::filesystem::path folder_;
};

}  // namespace fusesim
