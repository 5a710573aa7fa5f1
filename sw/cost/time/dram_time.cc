#include "time/dram_time.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "fusesim/base/ceil_div.h"
#include "fusesim/cost/widths.h"

namespace fusesim {
namespace {

/// Most that a transfer sends in one turn, and the turns that fit what may be under way.
constexpr int64_t kMostTurnBytes = 4096;
constexpr int64_t kTurnsUnderWay = 4;

}  // namespace

Pieces row_pieces(const Graph& graph, const CostParams& params, TensorId id, int64_t rows, int64_t channels,
                  int64_t slice_channels, int64_t width) {
  const Tensor& tensor = graph.tensor(id);
  const int64_t channel_bytes = piece_bytes(tensor, width, params.datatypes);
  const int64_t whole = params.strip.whole == nullptr ? width : params.strip.whole->tensor(id).shape.w;
  if (whole != width) {
    return {rows * channels, channel_bytes, piece_bytes(tensor, 1, params.datatypes),
            piece_bytes(tensor, whole, params.datatypes)};
  }
  const int64_t slices = ceil_div(channels, slice_channels);
  const int64_t stride = slices > 1 ? channels * channel_bytes : 0;
  return {rows * slices, channels * channel_bytes / slices, slice_channels * channel_bytes, stride};
}

DramTime::DramTime(const MachineParams& machine) {
  const DramPart& d = machine.dram;
  const double dram_cycle = static_cast<double>(machine.clock_khz) / static_cast<double>(d.clock_khz);
  const auto cycles = [dram_cycle](int64_t clocks) { return static_cast<double>(clocks) * dram_cycle; };
  clock_cycles_ = dram_cycle;
  burst_bytes_ = d.burst_bytes();
  row_bursts_ = static_cast<double>(d.row_bytes()) / static_cast<double>(burst_bytes_);
  bank_groups_ = static_cast<double>(d.bank_groups);
  // Two transfers per clock; a stream takes the bank groups in turn, so tCCD_S bounds it.
  const int64_t data_clocks = d.burst_length / 2;
  peak_burst_cycles_ = cycles(std::max(data_clocks, d.ccd_s)) / static_cast<double>(d.channels);
  // A burst is under way for a round trip, and only so many are (Little's law).
  const int64_t outstanding = machine.dma.max_outstanding_bursts;
  window_bursts_ = outstanding;
  burst_cycles_ = std::max(peak_burst_cycles_, cycles(d.cl + data_clocks) / static_cast<double>(outstanding));
  turn_bursts_ = std::max<int64_t>(1, std::min(kMostTurnBytes / burst_bytes_, outstanding / kTurnsUnderWay));
  refresh_period_ = cycles(d.refi) / static_cast<double>(d.ranks);
  refresh_cycles_ = cycles(d.rfc + d.rp + d.rcd);
  open_cycles_ = cycles(d.rcd);
  opening_cycles_ = cycles(d.rp + d.rcd);
  stay_open_cycles_ = cycles(d.ras);
  close_read_ = cycles(d.rtp);
  close_written_ = cycles(d.cwl + d.wr);
  open_bytes_ = static_cast<double>(d.row_bytes() * d.bank_groups * d.channels);
  latency_cycles_ = cycles(d.cl);
  write_latency_ = cycles(d.cwl);
  same_group_cycles_ = cycles(d.ccd_l - std::max(data_clocks, d.ccd_s));
  setup_cycles_ = static_cast<double>(machine.dma.setup_cycles);
  to_write_cycles_ = cycles(std::max<int64_t>(0, d.cl + d.rtrs - d.cwl));
  // A read finds the bank group of the last write once in so many.
  to_read_cycles_ = cycles(d.cwl + d.wtr_s) + cycles(d.wtr_l - d.wtr_s) / bank_groups_;
}

double DramTime::bursts(const Pieces& p) const {
  if (p.bytes == 0) return 0;
  const int64_t grid = std::gcd(std::gcd(p.grid_bytes, p.bytes), burst_bytes_);
  const double each = static_cast<double>(p.bytes + burst_bytes_ - grid) / static_cast<double>(burst_bytes_);
  return each * static_cast<double>(p.count);
}

/// A piece opens a row in every bank group that it touches where the one before it lies in other rows.
double DramTime::activates(const Pieces& p) const {
  const double count = bursts(p);
  if (p.stride_bytes <= p.bytes || count == 0) return count / row_bursts_;
  const double pieces = static_cast<double>(p.count);
  const double leaves = std::min(1.0, static_cast<double>(p.stride_bytes) / open_bytes_);
  return std::max(count / row_bursts_, pieces * leaves * std::min(count / pieces, bank_groups_));
}

double DramTime::refreshed(double cycles, double moving, double gap) const {
  if (cycles <= 0) return cycles;
  const double left =
      gap <= refresh_cycles_ ? refresh_cycles_ - gap / 2.0 : refresh_cycles_ * refresh_cycles_ / (2.0 * gap);
  const double part = std::min(1.0, moving / cycles);
  const double delay = part * refresh_cycles_ + (1.0 - part) * left;
  return cycles / (1.0 - std::min(0.9, delay / refresh_period_));
}

int64_t DramTime::burst_bytes(const Pieces& pieces) const {
  return std::llround(bursts(pieces) * static_cast<double>(burst_bytes_));
}

double DramTime::transfer_cycles(const Pieces& pieces) const {
  const double count = bursts(pieces);
  return count == 0 ? 0 : setup_cycles_ + latency_cycles_ + bus_cycles(count);
}

void DramTime::add_reads(const Pieces& pieces, int64_t times, Spent& spent) const {
  const double count = bursts(pieces) * static_cast<double>(times);
  spent.read_bursts += count;
  spent.activates += activates(pieces) * static_cast<double>(times);
  spent.dram_cycles += bus_cycles(count);
}

void DramTime::add_writes(const Pieces& pieces, int64_t times, Spent& spent) const {
  const double count = bursts(pieces) * static_cast<double>(times);
  spent.write_bursts += count;
  spent.activates += activates(pieces) * static_cast<double>(times);
  spent.dram_cycles += bus_cycles(count);
}

}  // namespace fusesim
