#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "families.h"
#include "figures.h"
#include "fusesim/sweep/results.h"

namespace fusesim {
namespace {

using Json = nlohmann::ordered_json;

/// Exact search calls a product optimal that is within a part of 1e-9 of its bound (sw/search), so two of
/// the same plan space may differ by as much; twice that leaves room for the rounding of this comparison.
constexpr double kEdpTolerance = 2e-9;

/// Of a plan that adds up to these figures; nothing where one that it takes is missing.
std::optional<double> value_of(const std::string& objective, std::optional<double> bytes,
                               std::optional<double> cycles, std::optional<double> energy_pj) {
  if (objective == "dram") return bytes;
  if (objective == "cycles") return cycles;
  if (objective == "energy") return energy_pj;
  if (!cycles || !energy_pj) return std::nullopt;
  return *cycles * *energy_pj;
}

/// Looked for among some of the plans only.
bool is_limited(const Point& point) {
  return std::any_of(point.arguments.begin(), point.arguments.end(), [](const std::string& argument) {
    return argument == "--max-dram" || argument == "--max-cycles";
  });
}

/// Whether the plan that runs is the best of all by this objective. With slack one may move more than the
/// least traffic, and so says nothing of it.
bool proves(const Point& point, const Json& report, const std::string& objective) {
  if (is_limited(point)) return false;
  const Json& search = report.at("search");
  if (search.at("optimal") != true || search.value("objective", "dram") != objective) return false;
  return objective != "dram" || number_at(report, "/config/search/traffic_slack").value_or(0.0) == 0.0;
}

/// The least value of all plans in this buffer, of the plan that runs or of one that it is compared with;
/// nothing where neither is proven.
std::optional<double> proven_optimum(const Point& point, const Json& report, const std::string& objective) {
  if (proves(point, report, objective)) {
    return value_of(objective, number_at(report, "/totals/analytic/total_bytes"),
                    number_at(report, "/totals/predicted/cycles"),
                    number_at(report, "/totals/predicted/energy_pj"));
  }
  const Json* plan = alternative(report, objective);
  if (plan == nullptr || plan->at("optimal") != true) return std::nullopt;
  return value_of(objective, number_at(*plan, "/dram_bytes"), number_at(*plan, "/cycles"),
                  number_at(*plan, "/energy_pj"));
}

/// A buffer whose energy per byte follows from its size makes the same plan dearer as it grows.
bool energy_per_byte_is_fixed(const Json& report) {
  return number_at(report, "/config/energy/buffer_read_byte_pj") &&
         number_at(report, "/config/energy/buffer_write_byte_pj");
}

bool counts_energy(const std::string& objective) { return objective == "energy" || objective == "edp"; }

/// Ops that the scheme cannot take for want of buffer.
std::vector<int64_t> too_large(const Json& report) {
  std::vector<int64_t> ops;
  if (!report.contains("unfusable")) return ops;
  for (const Json& op : report.at("unfusable")) {
    if (op.at("rejection") == "too_large") ops.push_back(op.at("index").get<int64_t>());
  }
  return ops;
}

/// A point and its proven optimum.
struct Optimum {
  size_t point = 0;
  double value = 0.0;
};

/// Compares the optima of neighbouring sizes by one objective.
class Comparison {
 public:
  Comparison(const char* objective, const Sweep& sweep, const std::vector<PointResult>& points,
             std::vector<NotMonotone>& found)
      : sweep_(sweep), points_(points), found_(found) {
    compared_.objective = objective;
  }

  void add(const std::vector<size_t>& family) {
    std::optional<Optimum> smaller;
    for (const size_t point : family) {
      const std::optional<double> value =
          proven_optimum(sweep_.points[point], points_[point].report, compared_.objective);
      if (!value) continue;
      const Optimum larger{point, *value};
      if (smaller) compare(*smaller, larger);
      smaller = larger;
    }
  }
  const ComparedOptima& compared() const { return compared_; }

 private:
  void compare(const Optimum& smaller, const Optimum& larger) {
    const Json& before = points_[smaller.point].report;
    const Json& after = points_[larger.point].report;
    if (counts_energy(compared_.objective) && !energy_per_byte_is_fixed(after)) {
      ++compared_.pairs_of_auto_energy;
    } else if (compared_.objective != "dram" && too_large(before) != too_large(after)) {
      ++compared_.pairs_of_other_schemes;
    } else {
      ++compared_.pairs;
      const double tolerance = compared_.objective == "edp" ? kEdpTolerance : 0.0;
      if (larger.value > smaller.value * (1.0 + tolerance))
        found_.push_back({smaller.point, larger.point, compared_.objective, smaller.value, larger.value});
    }
  }

  const Sweep& sweep_;
  const std::vector<PointResult>& points_;
  std::vector<NotMonotone>& found_;
  ComparedOptima compared_;
};

}  // namespace

MonotoneCheck check_monotone(const Sweep& sweep, const std::vector<PointResult>& points) {
  MonotoneCheck check;
  const std::vector<std::vector<size_t>> families = buffer_families(sweep, points);
  for (const char* objective : kObjectives) {
    Comparison comparison(objective, sweep, points, check.found);
    for (const std::vector<size_t>& family : families) comparison.add(family);
    check.compared.push_back(comparison.compared());
  }
  std::stable_sort(check.found.begin(), check.found.end(),
                   [](const NotMonotone& a, const NotMonotone& b) { return a.smaller < b.smaller; });
  return check;
}

}  // namespace fusesim
