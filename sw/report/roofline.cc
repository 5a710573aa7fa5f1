#include "roofline.h"

#include <algorithm>

namespace fusesim {
namespace {

double over(int64_t part, int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
}

struct Done {
  int64_t cycles = 0, macs = 0, bytes = 0;
  int64_t bursts = 0, row_hits = 0;
};

Roofline position(const Peaks& peaks, const Done& done) {
  Roofline r;
  r.attained = over(done.macs, done.cycles);
  r.attainable = peaks.macs_per_cycle;
  r.array_share = r.attained / peaks.macs_per_cycle;
  r.bandwidth_share = over(done.bytes, done.cycles) / peaks.bytes_per_cycle;
  if (done.bytes > 0) {
    r.macs_per_byte = over(done.macs, done.bytes);
    r.attainable = std::min(r.attainable, *r.macs_per_byte * peaks.bytes_per_cycle);
  }
  if (done.bursts > 0) r.row_hit_rate = over(done.row_hits, done.bursts);
  return r;
}

}  // namespace

Peaks peaks_of(const Config& config) {
  const DramConfig& dram = config.dram;
  const double bytes_per_clock =
      static_cast<double>(dram.channels * dram.burst_bytes()) / static_cast<double>(dram.data_clocks());
  return {
      static_cast<double>(config.pe.rows * config.pe.columns),
      bytes_per_clock * static_cast<double>(dram.clock_khz) / static_cast<double>(config.clock_khz),
  };
}

Roofline roofline(const Peaks& peaks, const OpResult& op) {
  return position(peaks, {op.cycles.total(), op.macs, op.payload.total_bytes(), op.bursts, op.row_hits});
}

Roofline roofline(const Peaks& peaks, const GroupResult& group) {
  return position(peaks, {group.cycles.total, group.macs, group.payload.total_bytes(),
                          group.dram.reads + group.dram.writes, group.dram.row_hits});
}

Roofline roofline(const Peaks& peaks, const RunResult& run) {
  Done done{run.cycles.total, 0, 0, run.dram.reads + run.dram.writes, run.dram.row_hits};
  for (const GroupResult& group : run.groups) {
    done.macs += group.macs;
    done.bytes += group.payload.total_bytes();
  }
  return position(peaks, done);
}

}  // namespace fusesim
