// Two accelerators that share a DRAM: each alone, then both together.
#include <array>
#include <exception>
#include <iostream>

#include "fusesim/hw/dram.h"
#include "host.h"

using namespace fusesim;

namespace {

/// Nanoseconds of the three runs.
struct Times {
  std::array<double, 2> alone{};
  double together = 0;
};

double now_ns() { return sc_core::sc_time_stamp().to_seconds() * 1e9; }

/// The second accelerator's memory begins where that of the first one ends.
Times measure(Host& host, int64_t second_base) {
  Times times;
  host.write(1, AcceleratorRegister::memory_base_low, static_cast<uint32_t>(second_base));
  for (const unsigned i : {0U, 1U}) {
    const double begin = now_ns();
    host.start(i);
    sc_core::wait(host.ended(i));
    times.alone.at(i) = now_ns() - begin;
  }
  const double begin = now_ns();
  host.start(0);
  host.start(1);
  sc_core::wait(host.ended(0) & host.ended(1));
  times.together = now_ns() - begin;
  return times;
}

int run(const char* first, const char* second) {
  const Config config = machine("");
  const std::array<Planned, 2> planned = {plan(first, config), plan(second, config)};
  Accelerator one("one", config, {planned[0].schedule});
  Accelerator two("two", config, {planned[1].schedule});
  Dram dram("dram", config.dram, 2);
  one.memory.bind(dram.sockets[0]);
  two.memory.bind(dram.sockets[1]);

  Times times;
  const int64_t second_base = memory_bytes(config, planned[0].schedule);
  Host host("host", 2, [&times, second_base](Host& self) { times = measure(self, second_base); });
  sc_core::sc_vector<sc_core::sc_signal<bool>> interrupts("line", 2);
  one.interrupt(interrupts[0]);
  two.interrupt(interrupts[1]);
  host.controls[0].bind(one.control);
  host.controls[1].bind(two.control);
  for (const unsigned i : {0U, 1U}) host.interrupts[i](interrupts[i]);
  sc_core::sc_start();

  const bool sound = confirmed(planned[0], one) & confirmed(planned[1], two);
  std::cout << "alone " << times.alone[0] << " and " << times.alone[1] << " ns, together " << times.together
            << " ns\n";
  return sound ? 0 : 1;
}

}  // namespace

/// Exit code 0: every byte of both confirmed.
int sc_main(int argc, char** argv) {
  if (argc != 3) return 2;
  try {
    return run(argv[1], argv[2]);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 3;
  }
}
