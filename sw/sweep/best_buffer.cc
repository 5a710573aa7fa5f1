#include <fmt/format.h>

#include <algorithm>

#include "families.h"
#include "figures.h"
#include "fusesim/sweep/results.h"
#include "text_table.h"

namespace fusesim {
namespace {

bool is_buffer(const std::string& axis) { return axis == "buffer" || axis == "buffer.capacity"; }

/// The member of least figure, the smaller buffer among equals; nothing unless all members have one.
template <typename Figure>
std::optional<BestBuffer::Choice> least(const std::vector<size_t>& family,
                                        const std::vector<PointResult>& points, Figure figure) {
  std::optional<BestBuffer::Choice> best;
  for (const size_t member : family) {
    const std::optional<double> value = figure(points[member].report);
    if (!value) return std::nullopt;
    const bool at_edge = member == family.front() || member == family.back();
    if (!best || *value < best->value) best = BestBuffer::Choice{member, *value, at_edge};
  }
  return best;
}

std::string size_of(const Sweep& sweep, const BestBuffer::Choice& choice) {
  const Point& point = sweep.points[choice.point];
  for (size_t i = 0; i < sweep.axes.size(); ++i) {
    if (is_buffer(sweep.axes[i].name)) return point.values[i] + (choice.at_edge ? " *" : "");
  }
  return std::to_string(point.buffer_bytes) + (choice.at_edge ? " *" : "");
}

}  // namespace

std::vector<BestBuffer> best_buffers(const Sweep& sweep, const std::vector<PointResult>& points) {
  std::vector<BestBuffer> found;
  for (const std::vector<size_t>& family : buffer_families(sweep, points)) {
    if (family.size() < 2) continue;
    const auto by_edp = least(family, points, edp_mj_ms);
    const auto by_edp_area = least(family, points, edp_area);
    if (by_edp && by_edp_area) found.push_back({family.size(), *by_edp, *by_edp_area});
  }
  return found;
}

std::string best_buffer_table(const SweepResults& results) {
  const Sweep& sweep = results.sweep;
  const std::vector<BestBuffer> best = best_buffers(sweep, results.points);
  if (best.empty()) return "";
  std::vector<std::string> header;
  for (const Axis& axis : sweep.axes) {
    if (!is_buffer(axis.name)) header.push_back(axis.name);
  }
  const size_t texts = header.size();
  header.insert(header.end(), {"sizes", "best by EDP", "mJ x ms", "best by EDP x area", "mJ x ms x mm2"});
  std::vector<std::vector<std::string>> rows = {header};
  bool at_edge = false;
  for (const BestBuffer& one : best) {
    std::vector<std::string> row;
    for (size_t i = 0; i < sweep.axes.size(); ++i) {
      if (!is_buffer(sweep.axes[i].name)) row.push_back(sweep.points[one.by_edp.point].values[i]);
    }
    row.push_back(std::to_string(one.sizes));
    row.push_back(size_of(sweep, one.by_edp));
    row.push_back(fmt::format("{:.4g}", one.by_edp.value));
    row.push_back(size_of(sweep, one.by_edp_area));
    row.push_back(fmt::format("{:.4g}", one.by_edp_area.value));
    at_edge = at_edge || one.by_edp.at_edge || one.by_edp_area.at_edge;
    rows.push_back(std::move(row));
  }
  return "\nbest buffer of the plans that ran:\n" + text_table(rows, texts) +
         (at_edge ? "* smallest or largest size of the sweep: the best may lie beyond\n" : "");
}

}  // namespace fusesim
