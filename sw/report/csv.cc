#include <cstdio>

#include "fusesim/report/csv_field.h"
#include "fusesim/report/report.h"
#include "group_fields.h"
#include "insight.h"

namespace fusesim {
namespace {

constexpr const char* kHeader =
    "index,scheme,mode,ops,buffer_bytes,f_beta_bytes,allocated_bytes,peak_buffer_bytes,"
    "analytic_ifmap_bytes,analytic_ofmap_bytes,analytic_weight_bytes,analytic_total_bytes,"
    "simulated_ifmap_bytes,simulated_ofmap_bytes,simulated_weight_bytes,simulated_total_bytes,"
    "bus_bytes,cycles,macs,energy_pj,predicted_cycles,predicted_energy_pj,bound_by,array_cycles,vector_unit_"
    "cycles,buffer_port_cycles,fill_cycles,"
    "dram_overhead_cycles,ifmap_cycles,weights_cycles,ofmap_cycles,start,join,slice_channels,"
    "tile_rows,tiles,weights_resident,"
    "block_channels,passes,confirmed\n";

/// One line, field by field.
class Line {
 public:
  Line& add(const std::string& field) {
    if (!text_.empty()) text_ += ',';
    text_ += csv_field(field);
    return *this;
  }
  Line& add(int64_t value) { return add(std::to_string(value)); }
  Line& add(const Traffic& t) {
    return add(t.ifmap_bytes).add(t.ofmap_bytes).add(t.weight_bytes).add(t.total_bytes());
  }
  std::string finish() const { return text_ + '\n'; }

 private:
  std::string text_;
};

std::string fixed(double value) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.3f", value);
  return buffer;
}

void add_brr(Line& line, const GroupSchedule& group) {
  const BrrSchedule& brr = group.brr;
  if (group.mode == GroupMode::brr_tiles) {
    line.add(to_string(brr.start)).add(to_string(brr.join)).add(brr.slice_channels).add(brr.tile_rows);
    line.add(brr.tiles).add(brr.weights_resident ? "true" : "false").add("").add("");
  } else if (group.mode == GroupMode::brr_passes) {
    line.add("")
        .add("")
        .add(brr.slice_channels)
        .add("")
        .add("")
        .add("")
        .add(brr.block_channels)
        .add(brr.passes);
  } else {
    for (int i = 0; i < 8; ++i) line.add("");
  }
}

}  // namespace

std::string to_csv(const Report& report) {
  const Graph& graph = *report.schedule.graph;
  std::string text = kHeader;
  for (size_t i = 0; i < report.schedule.groups.size(); ++i) {
    const GroupSchedule& group = report.schedule.groups[i];
    const GroupPrediction& want = report.prediction.groups[i];
    const GroupResult& got = report.run.groups[i];
    std::string ops;
    for (OpId o : group.ops) ops += (ops.empty() ? "" : ";") + joined_nodes(graph.op(o), "+");
    Line line;
    line.add(static_cast<int64_t>(i)).add(to_string(group_scheme(report.schedule, group)));
    line.add(to_string(group.mode)).add(ops).add(want.buffer_bytes).add(want.f_beta_bytes);
    line.add(got.allocated_bytes).add(got.peak_buffer_bytes).add(want.traffic).add(got.payload);
    line.add(got.dram.bus_bytes).add(got.cycles.total).add(got.macs).add(fixed(got.energy.total_pj()));
    line.add(want.time.cycles).add(want.time.energy_pj).add(to_string(got.causes.largest()));
    for (const Cause cause : kAllCauses) line.add(got.causes[cause]);
    add_brr(line, group);
    line.add(report.confirmed(i) ? "true" : "false");
    text += line.finish();
  }
  return text;
}

}  // namespace fusesim
