// Replays a trace of bursts (run_sim --dram-trace, either format, also gzip) against the DRAM's policy,
// without a kernel, and prints what came of it. scripts/replay_dram compares that with other programs.
//
//   replay_trace TRACE untimed|timed [KEY=VALUE]...     overrides of a configuration, such as dram=ddr4_2400
//
// A burst is handed over in its cycle, untimed at once, or when the buffer of the controller has room.

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "dram/memory_system.h"
#include "fusesim/base/error.h"
#include "fusesim/config/config.h"

namespace {

using namespace fusesim;

struct Burst {
  int64_t address = 0;
  bool write = false;
  int64_t cycle = 0;
};

/// "0xADDRESS READ|WRITE CYCLE" or "LD|ST 0xADDRESS".
std::optional<Burst> parse(const std::string& line) {
  std::istringstream words(line);
  std::string first;
  std::string second;
  Burst burst;
  if (!(words >> first >> second)) return std::nullopt;
  if (first == "LD" || first == "ST") {
    burst.address = std::stoll(second, nullptr, 16);
    burst.write = first == "ST";
    return burst;
  }
  if ((second != "READ" && second != "WRITE") || !(words >> burst.cycle)) return std::nullopt;
  burst.address = std::stoll(first, nullptr, 16);
  burst.write = second == "WRITE";
  return burst;
}

/// A memory behind a buffer of as many bursts as the controller's.
class Replay {
 public:
  explicit Replay(const DramConfig& dram)
      : memory_(dram), burst_bytes_(dram.burst_bytes()), room_(4 * dram.queue_depth * dram.channels) {}

  void add(const Burst& burst) {
    while (under_way_ >= room_) step();
    now_ = std::max(now_, burst.cycle);
    collect(now_);
    memory_.accept(burst.address, burst_bytes_, burst.write, now_);
    ++under_way_;
  }
  int64_t finish() {
    while (under_way_ > 0) step();
    return now_;
  }
  DramCounts counts() const { return memory_.counts(); }

 private:
  void step() {
    now_ = std::max(now_, memory_.next_event());
    collect(now_);
  }
  void collect(int64_t cycle) {
    memory_.advance(cycle);
    while (memory_.take_finished(cycle) >= 0) --under_way_;
  }

  hw::MemorySystem memory_;
  int64_t burst_bytes_, room_;
  int64_t under_way_ = 0;
  int64_t now_ = 0;
};

int run(const std::string& path, bool timed, const std::vector<std::string>& overrides) {
  const DramConfig dram = load_config("", overrides).dram;
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) throw Error(path + ": expected a trace, cannot read it");
  Replay replay(dram);
  std::array<char, 256> text{};
  for (int64_t number = 1; gzgets(file, text.data(), static_cast<int>(text.size())) != nullptr; ++number) {
    std::optional<Burst> burst = parse(text.data());
    if (!burst)
      throw Error(path + ":" + std::to_string(number) + ": expected a burst, got '" + text.data() + "'");
    if (!timed) burst->cycle = 0;
    replay.add(*burst);
  }
  gzclose(file);
  const int64_t cycles = replay.finish();
  const auto counts = replay.counts();
  std::cout << "bursts " << counts.reads + counts.writes << "\ncycles " << cycles << "\nrow_hits "
            << counts.row_hits << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 2 ? argv[2] : "";
  if (mode != "timed" && mode != "untimed") {
    std::cerr << "replay_trace: expected TRACE timed|untimed [KEY=VALUE]...\n";
    return 2;
  }
  try {
    return run(argv[1], mode == "timed", std::vector<std::string>(argv + 3, argv + argc));
  } catch (const std::exception& fault) {
    std::cerr << "replay_trace: " << fault.what() << '\n';
    return 2;
  }
}
