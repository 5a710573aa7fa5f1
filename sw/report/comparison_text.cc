#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>

#include "fusesim/base/json_text.h"
#include "fusesim/report/comparison.h"
#include "text.h"

namespace fusesim {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr double kPjPerUj = 1e6;
constexpr double kPjPerMj = 1e9;

/// Whole numbers with separators, others with so many decimals in units of `unit`.
std::string number_text(const json& value, double unit, int decimals) {
  if (value.is_null()) return "-";
  if (unit == 1.0 && value.is_number_integer()) return grouped(value.get<int64_t>());
  return fmt::format("{:.{}f}", value.get<double>() / unit, decimals);
}

/// How one kind of figures is shown.
struct Heading {
  const char* name;
  const char* title;
  double unit;
  int decimals;
};

constexpr Heading kHeadings[] = {{"dram_bytes", "DRAM bytes", 1.0, 0},
                                 {"cycles", "cycles", 1.0, 0},
                                 {"energy_pj", "energy, mJ", kPjPerMj, 4},
                                 {"plan", "plan", 1.0, 3}};

std::string figure_line(const std::string& name, const ComparedFigure& figure, const Heading& heading) {
  std::string line =
      fmt::format("{:<20} {:>18} {:>18} {:>12}", name, number_text(figure.a, heading.unit, heading.decimals),
                  number_text(figure.b, heading.unit, heading.decimals), per_cent_text(figure.a, figure.b));
  return line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
}

std::string totals_text(const ReportComparison& comparison) {
  std::string text = fmt::format("\n{:<20} {:>18} {:>18} {:>12}\n", "simulated", "A", "B", "change");
  for (const ComparedFigures& kind : comparison.totals) {
    const Heading& heading = *std::find_if(std::begin(kHeadings), std::end(kHeadings),
                                           [&kind](const Heading& h) { return kind.name == h.name; });
    const bool has_total = kind.figures.front().name == "total";
    if (!has_total) text += std::string(heading.title) + "\n";
    for (const ComparedFigure& figure : kind.figures) {
      const bool zero = figure.a == 0 && figure.b == 0;
      const bool absent = figure.a.is_null() && figure.b.is_null();
      if (has_total && figure.name == "total") {
        text += figure_line(heading.title, figure, heading);
      } else if (!zero && !absent) {
        text += figure_line("  " + figure.name, figure, heading);
      }
    }
  }
  return text;
}

std::string settings_text(const std::vector<ChangedSetting>& settings) {
  if (settings.empty()) return "\nmodel, configuration and search are the same\n";
  const std::vector<std::vector<std::string>> rows = setting_rows(settings);
  std::string text = "\nwhat differs\n";
  size_t keys = 0;
  for (const auto& row : rows) keys = std::max(keys, row[0].size());
  for (const auto& row : rows) text += fmt::format("  {:<{}}  {} -> {}\n", row[0], keys, row[1], row[2]);
  return text;
}

constexpr size_t kNames = 40;
constexpr size_t kOps = 12;

/// Words of `text` that `other` does not have.
std::string own_words(const std::string& text, const std::string& other) {
  std::istringstream words(text), others(other);
  const std::set<std::string> known{std::istream_iterator<std::string>(others), {}};
  std::string own;
  for (std::string word; words >> word;) {
    if (known.count(word) == 0) own += (own.empty() ? "" : " ") + word;
  }
  return own.empty() ? "none" : own;
}

/// What differs in the schedules of a group that both runs have.
std::string schedule_line(const ComparedGroup& group) {
  if (!group.a || !group.b || group.schedule_a == group.schedule_b) return "";
  return fmt::format("{:>14}{} -> {}\n", "", own_words(group.schedule_a, group.schedule_b),
                     own_words(group.schedule_b, group.schedule_a));
}

std::string group_line(const ComparedGroup& group) {
  const char* mark = group.a && group.b ? "~" : group.a ? "A" : "B";
  const auto index = [](const std::optional<size_t>& i) { return i ? std::to_string(*i) : "-"; };
  std::string line =
      fmt::format("{} {:>4} {:>4}  {:<{}}  {:<{}}", mark, index(group.a), index(group.b),
                  shortened(ranges_of(group.ops), kOps), kOps, shortened(group.name, kNames), kNames);
  for (const ComparedFigure& figure : group.figures) {
    const bool energy = figure.name == "energy_pj";
    if (figure.name == "buffer_bytes") continue;
    line += fmt::format(" {:>12} {:>12} {:>10}", number_text(figure.a, energy ? kPjPerUj : 1.0, 1),
                        number_text(figure.b, energy ? kPjPerUj : 1.0, 1), per_cent_text(figure.a, figure.b));
  }
  return line.substr(0, line.find_last_not_of(' ') + 1) + "\n" + schedule_line(group);
}

/// Groups that differ, by their first op, so that those that replace each other stand together.
std::string groups_text(const ReportComparison& comparison) {
  std::vector<const ComparedGroup*> groups;
  for (const auto* list : {&comparison.changed, &comparison.only_a, &comparison.only_b}) {
    for (const ComparedGroup& group : *list) groups.push_back(&group);
  }
  std::stable_sort(groups.begin(), groups.end(), [](const ComparedGroup* x, const ComparedGroup* y) {
    return x->ops.front() < y->ops.front();
  });
  std::string text = fmt::format(
      "\ngroups: {} the same, {} with other figures (~), {} only in A, {} only in B\n",
      comparison.same_groups, comparison.changed.size(), comparison.only_a.size(), comparison.only_b.size());
  if (groups.empty()) return text;
  text += fmt::format("  {:>4} {:>4}  {:<{}}  {:<{}}", "A", "B", "ops", kOps, "first .. last", kNames);
  for (const char* figure : {"DRAM B", "cycles", "uJ"})
    text += fmt::format(" {:>12} {:>12} {:>10}", std::string(figure) + ", A", "B", "change");
  text += "\n";
  for (const ComparedGroup* group : groups) text += group_line(*group);
  return text;
}

ordered_json pair_json(const json& a, const json& b) {
  ordered_json out = {{"a", a}, {"b", b}, {"per_cent", nullptr}};
  if (a.is_number() && b.is_number() && a.get<double>() != 0.0)
    out["per_cent"] = 100.0 * (b.get<double>() / a.get<double>() - 1.0);
  return out;
}

ordered_json figures_json(const std::vector<ComparedFigure>& figures) {
  ordered_json out = ordered_json::object();
  for (const ComparedFigure& figure : figures) out[figure.name] = pair_json(figure.a, figure.b);
  return out;
}

ordered_json groups_json(const std::vector<ComparedGroup>& groups) {
  ordered_json list = ordered_json::array();
  for (const ComparedGroup& group : groups) {
    ordered_json item = {{"ops", group.ops},
                         {"name", group.name},
                         {"a", group.a ? ordered_json(*group.a) : ordered_json()},
                         {"b", group.b ? ordered_json(*group.b) : ordered_json()},
                         {"schedule_a", group.a ? ordered_json(group.schedule_a) : ordered_json()},
                         {"schedule_b", group.b ? ordered_json(group.schedule_b) : ordered_json()}};
    item.update(figures_json(group.figures));
    list.push_back(std::move(item));
  }
  return list;
}

}  // namespace

std::string to_table(const ReportComparison& comparison) {
  return fmt::format("A  {}  ({})\nB  {}  ({})\n", comparison.run_a, comparison.path_a, comparison.run_b,
                     comparison.path_b) +
         settings_text(comparison.settings) + totals_text(comparison) + groups_text(comparison);
}

std::string to_json(const ReportComparison& comparison) {
  ordered_json out = {{"format", "fusesim.comparison/1"},
                      {"a", json_name(comparison.path_a)},
                      {"b", json_name(comparison.path_b)},
                      {"settings", ordered_json::array()},
                      {"totals", ordered_json::object()}};
  for (const ChangedSetting& setting : comparison.settings) {
    out["settings"].push_back(
        {{"key", setting.key}, {"a", ordered_json(setting.before)}, {"b", ordered_json(setting.after)}});
  }
  for (const ComparedFigures& kind : comparison.totals) out["totals"][kind.name] = figures_json(kind.figures);
  out["groups"] = {{"same", comparison.same_groups},
                   {"changed", groups_json(comparison.changed)},
                   {"only_a", groups_json(comparison.only_a)},
                   {"only_b", groups_json(comparison.only_b)}};
  return out.dump(2) + "\n";
}

}  // namespace fusesim
