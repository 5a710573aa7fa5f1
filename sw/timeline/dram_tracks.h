#pragma once

#include <map>
#include <optional>

#include "fusesim/config/config.h"
#include "fusesim/hw/trace.h"
#include "track.h"

namespace fusesim {

/// Tracks of the DRAM: of each channel its data bus and the refreshes of its ranks, of each bank the rows
/// that are open.
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
  template <class... Numbers>
  Track& track(int64_t thread, const char* name, Numbers... numbers);
  int64_t bank_thread(const TracedDram& event) const;
  void moved(const TracedDram& event);
  void close(int64_t thread, const Open& open, int64_t at_ps);

  TraceEvents& events_;
  const Config& config_;
  std::map<int64_t, Track> tracks_;  // by thread
  std::map<int64_t, Open> open_;     // by thread of the bank
};

}  // namespace fusesim
