#pragma once

#include <map>
#include <string>

#include "fusesim/config/config.h"
#include "fusesim/hw/simulate.h"
#include "fusesim/testing/random_schedule.h"

namespace fusesim::testing {

/// 4 x 4 cells, slices of 4, 2 and 1 channels: networks of a few channels are cut.
Config small_machine(int64_t capacity_bytes);

/// What a run with a planted fault led to.
struct Outcome {
  bool noticed = false;
  std::string
      caught_by;     ///< "guard deadlock", "byte count", "allocation", "provenance", several joined by " + "
  std::string text;  ///< first message
};

/// Simulates one network in a child process and compares it with its prediction and the reference.
Outcome run_with_fault(const Config& config, const ScheduledNetwork& network, Fault fault);

const char* to_string(Fault fault);

/// How often which check caught something; printed by the tests.
using Tally = std::map<std::string, int64_t>;
std::string to_string(const Tally& tally);

}  // namespace fusesim::testing
