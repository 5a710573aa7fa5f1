#include "time/dram_time.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "fusesim/base/ceil_div.h"
#include "fusesim/base/checked.h"
#include "fusesim/cost/widths.h"

namespace fusesim {
namespace {

/// Most that a transfer sends in one turn, and the turns that fit what may be under way.
constexpr int64_t kMostTurnBytes = 4096;
constexpr int64_t kTurnsUnderWay = 4;

/// Of a pause: regions of DRAM that were used last (what is read and what is written) have open rows.
constexpr double kOpenRegions = 2;

}  // namespace

bool groups_in_turn(const DramPart& d) {
  const auto& map = d.address_map;
  return std::find(map.begin(), map.end(), AddressField::group) >
         std::find(map.begin(), map.end(), AddressField::column);
}

double stream_clocks(const DramPart& d) {
  const auto least = static_cast<double>(std::max({d.data_clocks(), d.ccd_s, d.burst_clocks}));
  const double groups = groups_in_turn(d) ? static_cast<double>(d.bank_groups) : 1.0;
  return std::max(least, static_cast<double>(d.ccd_l) / groups);
}

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
  const int64_t data_clocks = d.data_clocks();
  peak_burst_cycles_ = cycles(1) * stream_clocks(d) / static_cast<double>(d.channels);
  // Timings count between the last clocks of commands, times here between the first.
  const int64_t later = d.burst_clocks - 1;
  latency_cycles_ = cycles(later + d.cl + d.dqsck);
  write_latency_ = cycles(later + d.cwl + d.dqss);
  // A burst is under way for a round trip, and only so many are (Little's law).
  const int64_t outstanding = machine.dma.max_outstanding_bursts;
  window_bursts_ = outstanding;
  burst_cycles_ = std::max(peak_burst_cycles_,
                           (latency_cycles_ + cycles(data_clocks)) / static_cast<double>(outstanding));
  turn_bursts_ = std::max<int64_t>(1, std::min(kMostTurnBytes / burst_bytes_, outstanding / kTurnsUnderWay));
  set_refreshes(d, dram_cycle);
  open_cycles_ = cycles(d.rcd + d.activate_clocks - d.burst_clocks);
  opening_cycles_ = cycles(d.rp + d.rcd + d.precharge_clocks - d.burst_clocks);
  stay_open_cycles_ = cycles(d.ras + d.activate_clocks - d.precharge_clocks);
  close_read_ = cycles(d.rtp + d.burst_clocks - d.precharge_clocks);
  close_written_ = cycles(d.cwl + d.dqss + d.wr + d.burst_clocks - d.precharge_clocks);
  open_bytes_ = static_cast<double>(d.row_bytes() * d.bank_groups * d.channels);
  same_group_cycles_ = std::max(0.0, cycles(d.ccd_l) - cycles(1) * stream_clocks(d));
  setup_cycles_ = static_cast<double>(machine.dma.setup_cycles);
  to_write_cycles_ = cycles(std::max<int64_t>(0, d.cl + d.dqsck + d.rtrs - d.cwl));
  // A read finds the bank group of the last write once in so many.
  to_read_cycles_ = cycles(d.cwl + d.dqss + d.wtr_s) + cycles(d.wtr_l - d.wtr_s) / bank_groups_;
}

/// Of all banks: one every refi and rank, which everything waits for. Of less: so many more often, and a
/// stream meets one where it lies in the banks of that number.
void DramTime::set_refreshes(const DramPart& d, double dram_cycle) {
  const auto cycles = [dram_cycle](int64_t clocks) { return static_cast<double>(clocks) * dram_cycle; };
  refresh_period_ = cycles(d.refi) / static_cast<double>(d.ranks * d.refreshes_per_rank());
  rank_refresh_period_ = cycles(d.refi);
  whole_ranks_ = d.refresh == RefreshMode::all_bank;
  closing_refreshes_ = whole_ranks_ ? 1.0 : kOpenRegions;
  if (d.refresh == RefreshMode::per_bank && groups_in_turn(d)) closing_refreshes_ *= bank_groups_;
  if (whole_ranks_) {
    refresh_cycles_ = cycles(d.rfc + d.precharge_all_time() + d.rcd);
  } else {
    refresh_cycles_ = cycles(d.rfc_bank + d.rp + d.rcd) / static_cast<double>(d.banks_per_group);
  }
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

double DramTime::closed_in_pause(double cycles) const {
  if (cycles <= 0) return 0;
  const double period = rank_refresh_period_;
  const double within = std::min(cycles, period);
  const double in_first = within * std::pow(within / period, closing_refreshes_) / (closing_refreshes_ + 1.0);
  return in_first + cycles - within;
}

double DramTime::closed_while_moving(double cycles) const {
  return whole_ranks_ ? cycles * refresh_cycles_ / rank_refresh_period_ : 0;
}

int64_t DramTime::burst_bytes(const Pieces& pieces) const {
  return checked_round(bursts(pieces) * static_cast<double>(burst_bytes_), "bytes of bursts");
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

void require_playable(const DramTime& dram, int64_t array_start_cycles, const Spent& spent) {
  double burst = dram.setup_cycles() + dram.open_cycles() + dram.reopen_cycles() + dram.stay_open_cycles() +
                 dram.same_group_cycles() + dram.bus_cycles(1) + dram.refresh_cycles();
  for (const bool writes : {false, true})
    burst += dram.latency_cycles(writes) + dram.turnaround_cycles(writes) + dram.close_cycles(writes);
  const double units = static_cast<double>(spent.array_cycles) * static_cast<double>(1 + array_start_cycles) +
                       static_cast<double>(spent.vector_cycles) + static_cast<double>(spent.port_cycles);
  constexpr double kMost = static_cast<double>(int64_t{1} << 52);
  if (!(units + (spent.read_bursts + spent.write_bursts) * burst < kMost))
    throw RangeError("cycles: expected less than 2^52 in the worst of cases, got more");
}

}  // namespace fusesim
