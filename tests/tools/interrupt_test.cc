#include "fusesim/tools/interrupt.h"

#include <gtest/gtest.h>

#include <csignal>

namespace fusesim {
namespace {

int heard = 0;
void hear(int /*signal*/) { ++heard; }

TEST(InterruptibleTest, TheFirstSignalAsksAndTheNextDoesWhatItDidBefore) {
  std::signal(SIGINT, hear);
  {
    const Interruptible interruptible;
    EXPECT_FALSE(stop_when_interrupted()());
    std::raise(SIGINT);
    EXPECT_TRUE(stop_when_interrupted()());
    EXPECT_EQ(heard, 0);
    std::raise(SIGINT);
    EXPECT_EQ(heard, 1);
  }
  std::raise(SIGINT);
  EXPECT_EQ(heard, 2);
}

TEST(InterruptibleTest, TheSecondSignalEndsTheProgram) {
  const auto body = [] {
    std::signal(SIGINT, SIG_DFL);
    const Interruptible interruptible;
    std::raise(SIGINT);
    if (!interrupted()) return;
    std::raise(SIGINT);
  };
  EXPECT_EXIT(body(), testing::KilledBySignal(SIGINT), "");
}

TEST(InterruptibleTest, OutsideTheSignalDoesWhatItDidBefore) {
  std::signal(SIGINT, hear);
  { const Interruptible interruptible; }
  std::raise(SIGINT);
  EXPECT_EQ(heard, 1);
  EXPECT_FALSE(interrupted());
}

TEST(InterruptibleTest, AnIgnoredSignalStaysIgnored) {
  std::signal(SIGINT, SIG_IGN);
  const Interruptible interruptible;
  std::raise(SIGINT);
  EXPECT_FALSE(interrupted());
}

}  // namespace
}  // namespace fusesim
