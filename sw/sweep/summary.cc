#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "axes_text.h"
#include "fusesim/sweep/baseline.h"

namespace fusesim {
namespace {

using nlohmann::json;

constexpr size_t kMostNames = 4;

/// A point that both sweeps have.
struct MatchedPoint {
  const PointFigures* before;
  const PointFigures* after;
};

std::vector<MatchedPoint> matched(const SweepFigures& before, const SweepFigures& after) {
  std::map<std::string, const PointFigures*> was;
  for (const PointFigures& point : before.points) was[key_of_axes(point.axes)] = &point;
  std::vector<MatchedPoint> points;
  for (const PointFigures& point : after.points) {
    const auto found = was.find(key_of_axes(point.axes));
    if (found != was.end()) points.push_back({found->second, &point});
  }
  return points;
}

json total(const PointFigures& point, const std::string& name) {
  const std::vector<std::string>& names = total_quantities();
  const auto at = std::find(names.begin(), names.end(), name);
  return json(point.totals.at(static_cast<size_t>(at - names.begin())));
}

constexpr const char* kTrafficNames[] = {"simulated_ifmap_bytes", "simulated_ofmap_bytes",
                                         "simulated_weight_bytes"};

json dram_bytes(const PointFigures& point) {
  int64_t bytes = 0;
  for (const char* name : kTrafficNames) {
    const json part = total(point, name);
    if (!part.is_number_integer()) return nullptr;
    bytes += part.get<int64_t>();
  }
  return bytes;
}

std::string change(const char* name, const json& before, const json& after) {
  const std::string text = per_cent_text(before, after);
  return std::string(name) + " " +
         (text.empty()
              ? text_of(nlohmann::ordered_json(before)) + " -> " + text_of(nlohmann::ordered_json(after))
              : text);
}

/// What moved beside the figures that every line has.
class Others {
 public:
  explicit Others(bool other_traffic) {
    known_ = {"cycles", "energy_pj"};
    if (other_traffic) known_.insert(std::begin(kTrafficNames), std::end(kTrafficNames));
  }

  void add(const Moved& moved) {
    if (moved.group.empty()) {
      if (known_.count(moved.quantity) == 0) names_.push_back(moved.quantity);
    } else if (moved.quantity != "plan") {
      groups_.insert(moved.group);
    } else {
      ++(moved.after == "a group" ? new_ : gone_);
    }
  }

  std::string text() const {
    std::vector<std::string> parts;
    if (gone_ + new_ > 0) parts.push_back(fmt::format("plan: {} groups gone, {} new", gone_, new_));
    if (!groups_.empty()) parts.push_back(fmt::format("{} groups with other figures", groups_.size()));
    std::string names;
    for (size_t i = 0; i < std::min(kMostNames, names_.size()); ++i)
      names += (i > 0 ? ", " : "also ") + names_[i];
    if (names_.size() > kMostNames) names += fmt::format(" and {} more", names_.size() - kMostNames);
    if (!names.empty()) parts.push_back(names);
    std::string text;
    for (const std::string& part : parts) text += "; " + part;
    return text;
  }

 private:
  std::set<std::string> known_, groups_;
  std::vector<std::string> names_;
  size_t gone_ = 0, new_ = 0;
};

/// Of a point whose `first` .. `last` have moved.
std::string point_line(const MatchedPoint* point, const Moved* first, const Moved* last) {
  const bool has_figures =
      point != nullptr && !point->before->totals.empty() && !point->after->totals.empty();
  std::string line = "moved: " + first->point + ": ";
  if (!has_figures) return line + first->quantity + " " + first->before + " -> " + first->after;
  if (first->quantity == "status") {
    line += "status " + first->before + " -> " + first->after + ", ";
    ++first;
  }
  const json was = dram_bytes(*point->before), is = dram_bytes(*point->after);
  line += change("DRAM bytes", was, is);
  for (const auto& [name, quantity] : {std::pair{"cycles", "cycles"}, {"energy", "energy_pj"}})
    line += ", " + change(name, total(*point->before, quantity), total(*point->after, quantity));
  Others others(was != is);
  for (; first != last; ++first) others.add(*first);
  return line + others.text();
}

std::string counted(size_t points, size_t all) {
  if (points == all) return all == 1 ? "" : fmt::format(" (all {} points)", all);
  return fmt::format(" ({} of {} points)", points, all);
}

}  // namespace

std::vector<std::string> configuration_lines(const SweepFigures& before, const SweepFigures& after) {
  std::vector<std::string> lines;
  if (before.version != after.version) lines.push_back("version: " + before.version + " -> " + after.version);
  if (before.commit != after.commit) lines.push_back("commit: " + before.commit + " -> " + after.commit);
  std::vector<std::vector<std::string>> rows;
  std::map<std::vector<std::string>, size_t> points_with;
  size_t compared = 0, unknown = 0;
  for (const MatchedPoint& point : matched(before, after)) {
    const bool has_results = !point.before->totals.empty() && !point.after->totals.empty();
    if (has_results && point.before->settings.empty()) ++unknown;
    if (!has_results || point.before->settings.empty()) continue;
    ++compared;
    for (auto& row : setting_rows(changed_settings(point.before->settings, point.after->settings))) {
      if (points_with[row]++ == 0) rows.push_back(std::move(row));
    }
  }
  for (const auto& row : rows)
    lines.push_back("configuration: " + row[0] + ": " + row[1] + " -> " + row[2] +
                    counted(points_with.at(row), compared));
  if (unknown > 0)
    lines.emplace_back("configuration: not in the baseline; one made by --save-baseline now has it");
  if (unknown == 0 && rows.empty()) lines.emplace_back("configuration: the same");
  return lines;
}

std::vector<std::string> point_lines(const SweepFigures& before, const SweepFigures& after,
                                     const std::vector<Moved>& moved) {
  const std::vector<MatchedPoint> both = matched(before, after);
  std::map<std::string, const MatchedPoint*> named;
  for (const MatchedPoint& point : both) named[text_of_axes(point.after->axes)] = &point;
  std::vector<std::string> lines;
  for (size_t i = 0; i < moved.size();) {
    size_t end = i;
    while (end < moved.size() && moved[end].point == moved[i].point) ++end;
    const auto found = named.find(moved[i].point);
    lines.push_back(
        point_line(found == named.end() ? nullptr : found->second, moved.data() + i, moved.data() + end));
    i = end;
  }
  return lines;
}

}  // namespace fusesim
