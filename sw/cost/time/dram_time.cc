#include "time/dram_time.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "fusesim/base/ceil_div.h"

namespace fusesim {

Pieces row_pieces(const CostParams& params, TensorId tensor, int64_t rows, int64_t channels,
                  int64_t slice_channels, int64_t width) {
  const int64_t channel_bytes = width * params.datatypes.activation_bytes;
  const int64_t whole = params.strip.whole == nullptr ? width : params.strip.whole->tensor(tensor).shape.w;
  if (whole != width) {
    const int64_t element = params.datatypes.activation_bytes;
    return {rows * channels, channel_bytes, element, whole * element};
  }
  const int64_t slices = ceil_div(channels, slice_channels);
  return {rows * slices, channels * channel_bytes / slices, slice_channels * channel_bytes};
}

DramTime::DramTime(const MachineParams& machine) {
  const DramPart& d = machine.dram;
  const double dram_cycle = static_cast<double>(machine.clock_khz) / static_cast<double>(d.clock_khz);
  const auto cycles = [dram_cycle](int64_t clocks) { return static_cast<double>(clocks) * dram_cycle; };
  burst_bytes_ = d.burst_bytes();
  row_bursts_ = static_cast<double>(d.row_bytes()) / static_cast<double>(burst_bytes_);
  bank_groups_ = static_cast<double>(d.bank_groups);
  banks_ = static_cast<double>(d.banks_per_group * d.ranks);
  // Two transfers per clock; a stream takes the bank groups in turn, so tCCD_S bounds it.
  const int64_t data_clocks = d.burst_length / 2;
  burst_cycles_ = cycles(std::max(data_clocks, d.ccd_s)) / static_cast<double>(d.channels);
  refresh_period_ = cycles(d.refi) / static_cast<double>(d.ranks);
  refresh_cycles_ = cycles(d.rfc + d.rp + d.rcd);
  opening_cycles_ = cycles(d.rp + d.rcd);
  open_bytes_ = static_cast<double>(d.row_bytes() * d.bank_groups * d.channels);
  latency_cycles_ = cycles(d.cl);
  write_latency_ = cycles(d.cwl);
  setup_cycles_ = static_cast<double>(machine.dma.setup_cycles);
  to_write_cycles_ = cycles(std::max<int64_t>(0, d.cl + d.rtrs - d.cwl));
  to_read_cycles_ = cycles(d.cwl + d.wtr_l);
}

double DramTime::bursts(const Pieces& p) const {
  if (p.bytes == 0) return 0;
  const int64_t grid = std::gcd(std::gcd(p.grid_bytes, p.bytes), burst_bytes_);
  const double each = static_cast<double>(p.bytes + burst_bytes_ - grid) / static_cast<double>(burst_bytes_);
  return each * static_cast<double>(p.count);
}

/// Pieces with gaps between them lie in more rows.
double DramTime::activates(const Pieces& pieces, double bursts) const {
  const double spread = std::max(1.0, static_cast<double>(pieces.stride_bytes) /
                                          static_cast<double>(std::max<int64_t>(1, pieces.bytes)));
  return std::min(bursts, bursts / row_bursts_ * spread);
}

double DramTime::closed_part(int64_t other_streams) const {
  return 1.0 - std::pow(1.0 - 1.0 / banks_, static_cast<double>(other_streams));
}

double DramTime::apart_part(int64_t bytes) const {
  return static_cast<double>(bytes) / (static_cast<double>(bytes) + open_bytes_);
}

double DramTime::refreshed(double cycles, double moving, double gap) const {
  if (cycles <= 0) return cycles;
  const double left =
      gap <= refresh_cycles_ ? refresh_cycles_ - gap / 2.0 : refresh_cycles_ * refresh_cycles_ / (2.0 * gap);
  const double part = std::min(1.0, moving / cycles);
  const double delay = part * refresh_cycles_ + (1.0 - part) * left;
  return cycles / (1.0 - std::min(0.9, delay / refresh_period_));
}

double DramTime::transfer_cycles(const Pieces& pieces) const {
  const double count = bursts(pieces);
  return count == 0 ? 0 : setup_cycles_ + latency_cycles_ + bus_cycles(count);
}

int64_t DramTime::least_cycles(int64_t bytes) const {
  return static_cast<int64_t>(
      std::floor(static_cast<double>(bytes) / static_cast<double>(burst_bytes_) * burst_cycles_));
}

void DramTime::add_reads(const Pieces& pieces, int64_t times, Spent& spent) const {
  const double count = bursts(pieces) * static_cast<double>(times);
  spent.read_bursts += count;
  spent.activates += activates(pieces, count);
  spent.dram_cycles += bus_cycles(count);
}

void DramTime::add_writes(const Pieces& pieces, int64_t times, Spent& spent) const {
  const double count = bursts(pieces) * static_cast<double>(times);
  spent.write_bursts += count;
  spent.activates += activates(pieces, count);
  spent.dram_cycles += bus_cycles(count);
}

}  // namespace fusesim
