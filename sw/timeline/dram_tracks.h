#pragma once

#include <map>
#include <optional>

#include "fusesim/config/config.h"
#include "fusesim/hw/trace.h"
#include "track.h"

namespace fusesim {

/// Tracks of the DRAM: of each channel its data bus and the refreshes of its ranks, of each bank the rows that
/// are open. Bursts of one direction without a gap are one slice.
class DramTracks {
 public:
  DramTracks(TraceEvents& events, const Config& config) : events_(events), config_(config) {}

  void add(const TracedDram& event);
  /// What is under way ends here at the latest.
  void finish(int64_t at_ps);

 private:
  struct Open {
    int64_t row = 0;
    int64_t since_ps = 0;
  };
  struct Run {
    TracedDram::Kind kind = TracedDram::Kind::read;
    int64_t begin_ps = 0, end_ps = 0, bursts = 0;
  };

  Track& track(int64_t thread, const std::string& name);
  int64_t bank_thread(const TracedDram& event) const;
  void burst(const TracedDram& event);
  void end_run(int64_t channel, Run& run);
  void close(int64_t thread, const Open& open, int64_t at_ps);

  TraceEvents& events_;
  const Config& config_;
  std::map<int64_t, Track> tracks_;  // by thread
  std::map<int64_t, Open> open_;     // by thread of the bank
  std::map<int64_t, Run> runs_;      // by channel
};

}  // namespace fusesim
