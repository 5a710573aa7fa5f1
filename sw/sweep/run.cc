#include "fusesim/sweep/run.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <thread>

#include "fusesim/base/error.h"
#include "fusesim/base/text.h"
#include "fusesim/config/config.h"
#include "fusesim/page/page.h"
#include "fusesim/sweep/baseline.h"
#include "fusesim/sweep/results.h"
#include "fusesim/sweep/slurm.h"
#include "fusesim/tools/output_directory.h"
#include "fusesim/tools/program.h"
#include "meter.h"

namespace fusesim {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostLines = 400;
constexpr size_t kMostLinesOfPoint = 6;

void say(const std::string& text) { std::cerr << "run_sweep: " << escape_controls(text) << std::endl; }

void say_capped(const std::vector<std::string>& lines) {
  for (size_t i = 0; i < std::min(kMostLines, lines.size()); ++i) say(lines[i]);
  if (lines.size() > kMostLines) say("... and " + std::to_string(lines.size() - kMostLines) + " more");
}

/// "moved: POINT: GROUP: FIGURE: ..." of the first figure of one group, or of the point's totals, and how
/// many more moved there.
std::string line_of(const Moved& first, size_t figures) {
  std::string line = "moved: " + describe(first);
  if (figures > 1) line += " (and " + std::to_string(figures - 1) + " more figures)";
  return line;
}

std::string line_of_others(const std::string& point, const std::string& groups) {
  return "moved: " + point + ": " + groups;
}

/// One line for the totals of every point and for each of its first groups; the other groups by name, so that
/// one that moved as a whole hides neither groups nor other points.
std::vector<std::string> lines_of(const std::vector<Moved>& moved) {
  std::vector<std::string> lines;
  for (size_t i = 0; i < moved.size();) {
    const std::string& point = moved[i].point;
    size_t shown = 0;
    std::string others;
    while (i < moved.size() && moved[i].point == point) {
      const size_t first = i;
      while (i < moved.size() && moved[i].point == point && moved[i].group == moved[first].group) ++i;
      if (shown++ < kMostLinesOfPoint) {
        lines.push_back(line_of(moved[first], i - first));
      } else {
        if (!others.empty()) others += "; ";
        others += moved[first].group;
      }
    }
    if (!others.empty()) lines.push_back(line_of_others(point, others));
  }
  return lines;
}

void write_report(const std::string& directory) {
  const std::string page = sweep_page(directory, find_page_assets());
  OutputDirectory(directory, {"report.html"}).write({{"report.html", page}});
}

/// Whether the page is as wanted: written, or not asked for. Where its parts are missing, the tables are good
/// without it. One of earlier results goes in any case.
bool renew_report(const std::string& directory, bool wanted) {
  try {
    if (wanted) {
      write_report(directory);
      return true;
    }
  } catch (const Error& error) {
    say("no report.html: " + std::string(error.what()) + "; --no-page does without");
  }
  std::error_code ignored;
  fs::remove(fs::path(directory) / "report.html", ignored);
  return !wanted;
}

/// A sweep on its way through one call of the program.
class Call {
 public:
  explicit Call(const SweepOptions& options)
      : options_(options),
        program_(sibling_program("run_sim")),
        sweep_(load_sweep(options.file, current_build(program_))),
        out_(options.out.empty() ? "out/" + sweep_.name : options.out) {}

  int run() {
    if (options_.list) return list();
    if (!options_.baseline.empty()) baseline_ = read_figures(options_.baseline);
    const std::string share = options_.shard ? "shard-" + std::to_string(options_.shard->index) + "-of-" +
                                                   std::to_string(options_.shard->count)
                              : options_.engine == Engine::slurm ? "slurm"
                                                                 : "";
    SweepDirectory directory(out_, share);
    directory.adopt(sweep_, options_.extend);
    const int stopped = run_missing(directory);
    if (stopped >= 0) return stopped;
    if (options_.shard) return shard_exit(directory);
    return finish(directory);
  }

 private:
  int list() const {
    std::string text;
    for (const Point& point : sweep_.points) text += point.id + "  " + describe(sweep_, point) + "\n";
    print(text);
    return kSuccess;
  }

  bool mine(size_t point) const {
    return !options_.shard || point % options_.shard->count == options_.shard->index;
  }

  /// Points of this call that have no result, or one that is to be made again.
  std::vector<size_t> missing(const SweepDirectory& directory) const {
    std::vector<size_t> points;
    for (size_t i = 0; i < sweep_.points.size(); ++i) {
      if (!mine(i)) continue;
      const Point& point = sweep_.points[i];
      const bool wanted = !directory.has(point) ||
                          (options_.retry_failed &&
                           read_point(directory.point_path(point).string()).status == PointStatus::failed);
      if (wanted) points.push_back(i);
    }
    return points;
  }

  /// Runs what is missing. Returns the exit code if the program is to stop there, else -1.
  int run_missing(SweepDirectory& directory) {
    if (options_.collect_only) return -1;
    Meter meter;
    const auto progress = [&](const SweepProgress& p) { meter.show(p); };
    int signal = 0;
    if (options_.engine == Engine::slurm) {
      const SlurmOutcome outcome = run_slurm(
          sweep_, directory, options_, [&] { return missing(directory); }, progress);
      signal = outcome.signal;
      meter.clear();
      say_lost(directory, outcome);
      if (!outcome.finished) {
        say("Slurm job " + outcome.job +
            " is on its way; the same command without --no-wait waits and collects");
        return kSuccess;
      }
    } else {
      const std::vector<size_t> points = missing(directory);
      const size_t mine_count = static_cast<size_t>(mine_of(sweep_.points.size()));
      if (points.size() < mine_count)
        say(std::to_string(mine_count - points.size()) + " of " + std::to_string(mine_count) +
            " points are there");
      LocalSettings settings{program_, options_.jobs, options_.timeout_seconds};
      if (settings.jobs == 0) settings.jobs = std::max(1U, std::thread::hardware_concurrency());
      signal = run_points(sweep_, points, directory, settings, progress);
      meter.clear();
    }
    if (signal == 0) return -1;
    say("stopped with " + std::to_string(missing(directory).size()) +
        " points to go; the same command goes on");
    return 128 + signal;
  }

  void say_lost(const SweepDirectory& directory, const SlurmOutcome& outcome) const {
    if (outcome.signal != 0 || !outcome.finished || outcome.job.empty()) return;
    const size_t lost = missing(directory).size();
    if (lost == 0) return;
    say("Slurm job " + outcome.job + " ended without a result for " + std::to_string(lost) +
        " points; what its tasks said is in " + (private_folder(directory.path()) / "slurm").string() +
        "; the same command submits them again");
  }

  size_t mine_of(size_t count) const {
    size_t own = 0;
    for (size_t i = 0; i < count; ++i) own += mine(i) ? 1 : 0;
    return own;
  }

  int shard_exit(const SweepDirectory& directory) const {
    int code = kSuccess;
    for (size_t i = 0; i < sweep_.points.size(); ++i) {
      if (!mine(i)) continue;
      const PointResult result = read_point(directory.point_path(sweep_.points[i]).string());
      if (result.status == PointStatus::ok) continue;
      say(describe(sweep_, sweep_.points[i]) + ": " + to_string(result.status) + ": " + result.reason);
      code = kMismatch;
    }
    return code;
  }

  int finish(const SweepDirectory& directory) const {
    const SweepResults results = collect(sweep_, directory);
    OutputDirectory(out_, {"sweep.json", "sweep.csv"})
        .write({{"sweep.json", sweep_json(results)}, {"sweep.csv", sweep_csv(results)}});
    const bool page_as_wanted = renew_report(out_, options_.page);
    if (!options_.save_baseline.empty()) save_baseline();
    print(rendered(results));
    say_capped(complaints(results));
    int code = results.good() && page_as_wanted ? kSuccess : kMismatch;
    if (baseline_ && !unmoved()) code = kMismatch;
    return code;
  }

  std::string rendered(const SweepResults& results) const {
    switch (options_.format) {
      case Format::table:
        return sweep_table(results);
      case Format::json:
        return sweep_json(results);
      case Format::csv:
        return sweep_csv(results);
      case Format::text:
      case Format::dot:
      case Format::svg:
        break;
    }
    throw std::logic_error(std::string("run_sweep prints no ") + to_string(options_.format));
  }

  void save_baseline() const {
    const fs::path file(options_.save_baseline);
    const std::string folder = file.has_parent_path() ? file.parent_path().string() : ".";
    const std::string name = file.filename().string();
    OutputDirectory(folder, {name}).write({{name, to_text(read_figures(out_))}});
  }

  bool unmoved() const {
    const SweepFigures now = read_figures(out_);
    const std::vector<Moved> moved = compare(*baseline_, now, options_.tolerances);
    say_capped(configuration_lines(*baseline_, now));
    if (moved.empty()) {
      say("nothing moved against " + options_.baseline);
      return true;
    }
    say_capped(point_lines(*baseline_, now, moved));
    if (options_.groups) say_capped(lines_of(moved));
    say(std::to_string(moved.size()) + " figures moved against " + options_.baseline +
        (options_.groups ? "" : "; --groups names groups and figures"));
    return false;
  }

  const SweepOptions& options_;
  std::string program_;
  Sweep sweep_;
  std::string out_;
  std::optional<SweepFigures> baseline_;
};

}  // namespace

int run_sweep(const SweepOptions& options) {
  // Points run in folders of their own.
  ::setenv("FUSESIM_DATA_DIR", fs::absolute(data_directory()).c_str(), 1);
  if (!options.report.empty()) {
    write_report(options.report);
    return kSuccess;
  }
  return Call(options).run();
}

}  // namespace fusesim
