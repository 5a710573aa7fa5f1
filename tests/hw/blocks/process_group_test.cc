#include "blocks/process_group.h"

#include <gtest/gtest.h>

#include "testing/engine_bench.h"

namespace fusesim::hw {
namespace {

TEST(ProcessGroup, JoinWaitsForEveryProcess) {
  int done = 0;
  run_in_thread([&] {
    ProcessGroup group;
    for (int i = 1; i <= 3; ++i) {
      group.spawn([&done, i] {
        sc_core::wait(i, sc_core::SC_NS);
        ++done;
      });
    }
    group.join();
    EXPECT_EQ(sc_core::sc_time_stamp(), sc_core::sc_time(3, sc_core::SC_NS));
  });
  EXPECT_EQ(done, 3);
}

TEST(ProcessGroup, ProcessesThatWaitForEachOtherAreADeadlockWithAReport) {
  ProcessGroup group;
  Signal a, b;
  std::string message;
  const auto guard = tripped_guard(
      [&] {
        run_in_thread([&] {
          const auto never = [] { return false; };
          group.spawn([&] { group.wait_for(a, never, [] { return std::string("x waits for y"); }); });
          group.spawn([&] {
            sc_core::wait(5, sc_core::SC_NS);
            group.notify(a);
            group.wait_for(b, never, [] { return std::string("y waits for x"); });
          });
          group.join();
        });
      },
      &message);
  EXPECT_EQ(guard, SimulationError::Guard::deadlock);
  EXPECT_EQ(message, "nothing can move: y waits for x; x waits for y");
}

TEST(ProcessGroup, AProcessThatEndsMayLeaveTheOthersStuck) {
  ProcessGroup group;
  Signal a;
  const auto run = [&] {
    run_in_thread([&] {
      group.spawn([&] {
        group.wait_for(
            a, [] { return false; }, [] { return std::string("x waits"); });
      });
      group.spawn([] { sc_core::wait(1, sc_core::SC_NS); });
      group.join();
    });
  };
  EXPECT_EQ(tripped_guard(run), SimulationError::Guard::deadlock);
}

TEST(ProcessGroup, CarriesTheFirstException) {
  ProcessGroup group;
  EXPECT_THROW(run_in_thread([&] {
                 group.spawn([] { sc_core::wait(1, sc_core::SC_MS); });
                 group.spawn([] { throw std::out_of_range("planted"); });
                 group.join();
               }),
               std::out_of_range);
}

}  // namespace
}  // namespace fusesim::hw
