#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fusesim/graph/graph.h"
#include "fusesim/hw/trace.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim {

/// The part of a run that is to be seen; of several conditions all hold.
struct TraceWindow {
  std::optional<int64_t> group;
  std::string op;  ///< name of an op, or of a node that was folded into it; empty: any
  std::optional<int64_t> begin_cycle, end_cycle;  ///< [begin, end)
};
/// "group:3", "op:NAME", "time:1000..2000" (cycles of the accelerator, an end may lack), "" (everything).
/// Throws Error: "--window: expected X, got Y".
TraceWindow parse_window(const std::string& text);

/// Hands on what lies in a window: of a group all that happens while it runs; of an op its blocks, the
/// transfers of its operands, results and weights, and levels and the DRAM while its group runs; of a time
/// whatever overlaps it.
class WindowedObserver : public MachineObserver {
 public:
  /// Throws Error if the schedule has no such group or op. The arguments must outlive it.
  WindowedObserver(const TraceWindow& window, const Schedule& schedule, int64_t clock_khz,
                   std::vector<MachineObserver*> sinks);

  void on_group_begin(size_t group, int64_t at_ps) override;
  void on_group_end(size_t group, int64_t at_ps) override;
  void on_block(const TracedBlock& block) override;
  void on_transfer(const TracedTransfer& transfer) override;
  void on_level(const TracedLevel& level) override;
  void on_dram(const TracedDram& event) override;

 private:
  void tell_begin();
  bool sees(int64_t begin_ps, int64_t end_ps) const;
  bool is_its_tensor(TensorId tensor) const;

  const Schedule& schedule_;
  std::vector<MachineObserver*> sinks_;
  std::optional<int64_t> group_;
  OpId op_ = -1;
  int64_t begin_ps_, end_ps_;
  bool inside_ = false;  // the group that runs
  bool told_ = false;    // that it began
  size_t running_ = 0;
  int64_t since_ps_ = 0;
};

}  // namespace fusesim
