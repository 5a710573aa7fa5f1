#include <algorithm>
#include <nlohmann/json.hpp>

#include "fusesim/sweep/baseline.h"
#include "fusesim/sweep/results.h"
#include "fusesim/sweep/sweep.h"
#include "reader_folder.h"
#include "readers.h"

namespace fusesim::testing {
namespace {

void read_sweep(const std::string& bytes) {
  const Sweep sweep = load_sweep(reader_folder().write("sweep.yaml", bytes), {"0.1.0", "commit", ""});
  for (const Point& point : sweep.points) (void)describe(sweep, point);
}

/// The report of the one point that a sweep has, compared and tabled.
void read_report_of_sweep(const std::string& bytes) {
  const std::string file = reader_folder().write("out/points/p/report.json", bytes);
  reader_folder().write("out/sweep.json",
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
  const SweepFigures figures = read_figures(reader_folder().path() + "/out");
  (void)compare(figures, figures, {});
}

/// A stored baseline against itself, and against one with other figures.
void read_baseline(const std::string& bytes) {
  const SweepFigures figures = read_figures(reader_folder().write("baseline.json", bytes));
  (void)read_figures(reader_folder().write("again.json", to_text(figures)));
  SweepFigures others = figures;
  for (PointFigures& point : others.points) {
    std::reverse(point.totals.begin(), point.totals.end());
    for (GroupFigures& group : point.groups) std::reverse(group.values.begin(), group.values.end());
  }
  for (const Moved& moved : compare(figures, others, {0.5, 0.5})) (void)describe(moved);
}

}  // namespace

const FileReader kSweepReader = {"sweep", read_sweep};
const FileReader kReportReader = {"report", read_report_of_sweep};
const FileReader kBaselineReader = {"baseline", read_baseline};

}  // namespace fusesim::testing
