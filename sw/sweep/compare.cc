#include <cmath>
#include <map>

#include "axes_text.h"
#include "fusesim/base/error.h"
#include "fusesim/sweep/baseline.h"

namespace fusesim {
namespace {

using Json = nlohmann::ordered_json;

double tolerance_of(const std::string& quantity, const Tolerances& tolerances) {
  for (const char* cycles : {"cycles", "stall_cycles", "predicted_cycles"}) {
    if (quantity == cycles) return tolerances.cycles;
  }
  const bool energy = quantity == "energy_pj" || quantity == "predicted_energy_pj";
  return energy ? tolerances.energy : 0.0;
}

bool same(const Json& before, const Json& after, double tolerance) {
  if (before == after) return true;
  if (tolerance == 0.0 || !before.is_number() || !after.is_number()) return false;
  const double was = before.get<double>();
  return std::fabs(after.get<double>() - was) <= tolerance * std::fabs(was);
}

[[noreturn]] void refuse_figures(const std::string& what) {
  throw Error("--baseline: " + what + ": expected a number of bytes below 2^63, got more");
}

/// Sum of the quantities whose names start with `prefix` and end in "map_bytes" or "weight_bytes".
int64_t traffic(const std::vector<std::string>& names, const std::vector<Json>& values,
                const std::string& prefix) {
  int64_t bytes = 0;
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i].rfind(prefix, 0) != 0 || !values[i].is_number_integer()) continue;
    if (__builtin_add_overflow(bytes, values[i].get<int64_t>(), &bytes)) refuse_figures(names[i]);
  }
  return bytes;
}

/// Collects what moved in one point.
class PointComparison {
 public:
  PointComparison(const PointFigures& before, const PointFigures& after, const Tolerances& tolerances,
                  std::vector<Moved>& moved)
      : before_(before),
        after_(after),
        tolerances_(tolerances),
        moved_(moved),
        point_(text_of_axes(after.axes)) {}

  void run() {
    if (before_.status != after_.status) add("", "status", before_.status, after_.status);
    if (before_.totals.empty() || after_.totals.empty()) return;
    values("", total_quantities(), before_.totals, after_.totals);
    groups();
  }

 private:
  void add(const std::string& group, const std::string& quantity, const std::string& before,
           const std::string& after) {
    moved_.push_back({point_, group, quantity, before, after});
  }

  void values(const std::string& group, const std::vector<std::string>& names,
              const std::vector<Json>& before, const std::vector<Json>& after) {
    for (size_t i = 0; i < names.size(); ++i) {
      if (!same(before[i], after[i], tolerance_of(names[i], tolerances_)))
        add(group, names[i], text_of(before[i]), text_of(after[i]));
    }
    const auto difference = [&](const std::vector<Json>& side) {
      int64_t bytes = 0;
      if (__builtin_sub_overflow(traffic(names, side, "simulated_"), traffic(names, side, "analytic_"),
                                 &bytes))
        refuse_figures("simulated less analytic");
      return bytes;
    };
    if (difference(before) != difference(after))
      add(group, "simulated less analytic bytes", std::to_string(difference(before)),
          std::to_string(difference(after)));
  }

  static std::string named(size_t index, const GroupFigures& group) {
    return "group " + std::to_string(index) + " (ops " + group.ops +
           (group.name.empty() ? "" : ", " + group.name) + ")";
  }

  void groups() {
    std::map<std::string, size_t> old_groups;
    for (size_t i = 0; i < before_.groups.size(); ++i) old_groups[before_.groups[i].ops] = i;
    for (size_t i = 0; i < after_.groups.size(); ++i) {
      const GroupFigures& group = after_.groups[i];
      const auto old = old_groups.find(group.ops);
      if (old == old_groups.end()) {
        add(named(i, group), "plan", "no such group", "a group");
        continue;
      }
      values(named(i, group), group_quantities(), before_.groups[old->second].values, group.values);
      old_groups.erase(old);
    }
    std::map<size_t, const GroupFigures*> gone;
    for (const auto& [ops, index] : old_groups) gone[index] = &before_.groups[index];
    for (const auto& [index, group] : gone) add(named(index, *group), "plan", "a group", "no such group");
  }

  const PointFigures& before_;
  const PointFigures& after_;
  const Tolerances& tolerances_;
  std::vector<Moved>& moved_;
  std::string point_;
};

}  // namespace

std::string describe(const Moved& moved) {
  return moved.point + ": " + (moved.group.empty() ? "" : moved.group + ": ") + moved.quantity + ": " +
         moved.before + " -> " + moved.after;
}

std::vector<Moved> compare(const SweepFigures& before, const SweepFigures& after,
                           const Tolerances& tolerances) {
  std::map<std::string, const PointFigures*> now;
  for (const PointFigures& point : after.points) now[key_of_axes(point.axes)] = &point;
  std::vector<Moved> moved;
  size_t common = 0;
  for (const PointFigures& point : before.points) {
    const auto found = now.find(key_of_axes(point.axes));
    if (found == now.end()) {
      moved.push_back({text_of_axes(point.axes), "", "point", "in the baseline", "not in the sweep"});
      continue;
    }
    ++common;
    PointComparison(point, *found->second, tolerances, moved).run();
  }
  if (common == 0)
    throw Error("--baseline: expected points with the axes of sweep '" + after.name + "', got none");
  return moved;
}

}  // namespace fusesim
