#include "readers.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "fusesim/base/error.h"
#include "fusesim/base/sha256.h"
#include "fusesim/config/config.h"
#include "fusesim/cost/scheme.h"
#include "fusesim/gnn/checkpoint.h"
#include "fusesim/import/import.h"
#include "fusesim/schedule/schedule.h"
#include "fusesim/sweep/baseline.h"
#include "fusesim/sweep/results.h"
#include "fusesim/sweep/sweep.h"
#include "fusesim/values/npy.h"

namespace fusesim::testing {
namespace {

namespace fs = std::filesystem;

/// A folder for the files that readers want, with two networks of the zoo as the data directory.
class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "fusesim-fuzz-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
    const fs::path source = FUSESIM_SOURCE_DIR;
    fs::create_directories(path_ / "data/models");
    fs::create_symlink(source / "configs", path_ / "data/configs");
    for (const char* name : {"alexnet.onnx", "vgg16.onnx"})
      fs::create_symlink(source / "models" / name, path_ / "data/models" / name);
    ::setenv("FUSESIM_DATA_DIR", (path_ / "data").c_str(), 1);
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string write(const std::string& name, const std::string& bytes) const {
    const fs::path file = path_ / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
    return file.string();
  }
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

const Folder& folder() {
  static const Folder one;
  return one;
}

void read_config(const std::string& bytes) {
  const Config config = load_config(folder().write("config.yaml", bytes));
  (void)load_config(folder().write("again.yaml", to_yaml(config)));
}

/// As --set.
void read_override(const std::string& bytes) {
  folder();
  (void)load_config("", {bytes});
}

void read_schedule(const std::string& bytes) {
  static const ImportedModel model = import_onnx(std::string(FUSESIM_SOURCE_DIR) + "/models/alexnet.onnx");
  const StoredSchedule stored = schedule_from_json(bytes, "schedule.json", model.graph, model.sha256);
  Config config;
  config.buffer.capacity_bytes = stored.schedule.buffer_bytes;
  config.datatypes = stored.schedule.datatypes;
  const Prediction prediction = predict(stored.schedule, config);
  (void)to_json(stored.schedule, &prediction);
}

/// With a hash that agrees, or no change would come further.
void read_weights(const std::string& bytes) {
  constexpr size_t kHashBytes = 64;
  constexpr const char* kKind = "fusesim.gnn/1";
  const std::string content = bytes.substr(0, bytes.size() - std::min(bytes.size(), kHashBytes));
  const gnn::WeightFile file =
      gnn::weight_file_from_bytes(content + sha256_hex(content), kKind, "net.weights");
  (void)gnn::checkpoint_from(file, "net.weights");
}

void read_sweep(const std::string& bytes) {
  const Sweep sweep = load_sweep(folder().write("sweep.yaml", bytes), {"0.1.0", "commit", ""});
  for (const Point& point : sweep.points) (void)describe(sweep, point);
}

/// The report of the one point that a sweep has, compared and tabled.
void read_report_of_sweep(const std::string& bytes) {
  const std::string file = folder().write("out/points/p/report.json", bytes);
  folder().write("out/sweep.json",
                 R"({"format": "fusesim.sweep/1", "name": "s", "version": "0", "commit": "c",)"
                 R"( "points": [{"id": "p", "axes": {"model": "alexnet"}, "status": "ok"}]})");
  Sweep sweep;
  sweep.axes = {{"buffer", {"1KiB", "2KiB"}}};
  sweep.points.resize(2);
  SweepResults results{sweep, {}, {}};
  for (size_t i = 0; i < 2; ++i) {
    sweep.points[i].values = {sweep.axes[0].values[i]};
    sweep.points[i].buffer_bytes = static_cast<int64_t>(1024 * (i + 1));
    results.points.push_back({PointStatus::ok, "", read_report(file, false), 1.0});
  }
  results.monotone = check_monotone(sweep, results.points);
  (void)sweep_csv(results);
  (void)sweep_json(results);
  (void)sweep_table(results);
  (void)complaints(results);
  const SweepFigures figures = read_figures(folder().path() + "/out");
  (void)compare(figures, figures, {});
}

/// A stored baseline against itself, and against one with other figures.
void read_baseline(const std::string& bytes) {
  const SweepFigures figures = read_figures(folder().write("baseline.json", bytes));
  (void)read_figures(folder().write("again.json", to_text(figures)));
  SweepFigures others = figures;
  for (PointFigures& point : others.points) {
    std::reverse(point.totals.begin(), point.totals.end());
    for (GroupFigures& group : point.groups) std::reverse(group.values.begin(), group.values.end());
  }
  for (const Moved& moved : compare(figures, others, {0.5, 0.5})) (void)describe(moved);
}

void read_npy(const std::string& bytes) { (void)to_npy(npy_from_bytes(bytes, "input.npy")); }

}  // namespace

const std::vector<FileReader>& file_readers() {
  static const std::vector<FileReader> readers = {
      {"config", read_config},     {"override", read_override},
      {"schedule", read_schedule}, {"weights", read_weights},
      {"sweep", read_sweep},       {"report", read_report_of_sweep},
      {"baseline", read_baseline}, {"npy", read_npy}};
  return readers;
}

std::string refusal_of(const FileReader& reader, const std::string& bytes) {
  try {
    reader.read(bytes);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace fusesim::testing
