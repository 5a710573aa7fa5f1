#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "fusesim/config/config.h"
#include "fusesim/hw/trace.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim {

/// Most bytes of a timeline unless told otherwise: what browsers still open.
constexpr int64_t kTimelineBytes = 150'000'000;

/// What stands around the events in a file that is more than they: a page that shows them. In such a file the
/// events have no `<`.
struct TraceFrame {
  std::string before, after;
};

/// Writes a run in the Chrome trace-event format (JSON), which Perfetto and chrome://tracing show: tracks for
/// groups, array, vector unit, transfers and the DRAM, counters for the parts of the on-chip buffer, and
/// arrows from loads to the blocks that use them and from blocks to the stores that take what they made. Near
/// `limit_bytes` slices become one where they lie close together, and arrows are left out.
class ChromeTrace : public MachineObserver {
 public:
  /// `expected_ps`: about when the run ends; 0: nobody knows. Throws Error if the file cannot be written.
  /// `schedule` and `config` must outlive it.
  ChromeTrace(const std::string& path, const Schedule& schedule, const Config& config, int64_t expected_ps,
              int64_t limit_bytes = kTimelineBytes, const TraceFrame& frame = {});
  ~ChromeTrace() override;
  /// The file is there. Throws Error if it could not be written.
  void finish();

  void on_group_begin(size_t group, int64_t at_ps) override;
  void on_group_end(size_t group, int64_t at_ps) override;
  void on_block(const TracedBlock& block) override;
  void on_transfer(const TracedTransfer& transfer) override;
  void on_level(const TracedLevel& level) override;
  void on_dram(const TracedDram& event) override;

 private:
  class Writer;
  std::unique_ptr<Writer> writer_;
};

}  // namespace fusesim
