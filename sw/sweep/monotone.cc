#include <algorithm>
#include <optional>

#include "families.h"
#include "figures.h"
#include "fusesim/sweep/results.h"

namespace fusesim {
namespace {

using Json = nlohmann::ordered_json;

/// Exact search calls a product optimal that is within a part of 1e-9 of its bound (sw/search), so two of the same
/// plan space may differ by as much; twice that leaves room for the rounding of this comparison.
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

/// With slack a plan may move more than the least traffic, and so says nothing of it.
bool proves(const Json& report, const std::string& objective) {
  const Json& search = report.at("search");
  if (search.at("optimal") != true || search.value("objective", "dram") != objective) return false;
  return objective != "dram" || number_at(report, "/config/search/traffic_slack").value_or(0.0) == 0.0;
}

/// The least value of all plans in this buffer, of the plan that runs or of one that it is compared with; nothing
/// where neither is proven.
std::optional<double> proven_optimum(const Json& report, const std::string& objective) {
  if (proves(report, objective)) {
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

bool needs_fixed_energy(const std::string& objective) { return objective == "energy" || objective == "edp"; }

}  // namespace

MonotoneCheck check_monotone(const Sweep& sweep, const std::vector<PointResult>& points) {
  MonotoneCheck check;
  const std::vector<std::vector<size_t>> families = buffer_families(sweep, points);
  for (const char* objective : kObjectives) {
    ComparedOptima compared{objective, 0, 0};
    const double tolerance = compared.objective == "edp" ? kEdpTolerance : 0.0;
    for (const std::vector<size_t>& family : families) {
      std::optional<size_t> smaller;
      std::optional<double> least;
      for (const size_t larger : family) {
        const Json& report = points[larger].report;
        const std::optional<double> value = proven_optimum(report, objective);
        if (!value) continue;
        if (smaller && needs_fixed_energy(objective) && !energy_per_byte_is_fixed(report)) {
          ++compared.not_comparable;
        } else if (smaller) {
          ++compared.pairs;
          if (*value > *least * (1.0 + tolerance))
            check.found.push_back({*smaller, larger, objective, *least, *value});
        }
        smaller = larger;
        least = value;
      }
    }
    check.compared.push_back(compared);
  }
  std::stable_sort(check.found.begin(), check.found.end(),
                   [](const NotMonotone& a, const NotMonotone& b) { return a.smaller < b.smaller; });
  return check;
}

}  // namespace fusesim
