#pragma once

#include <csignal>

#include "fusesim/base/stop.h"

namespace fusesim {

/// While one lives, the first SIGINT (Ctrl-C) asks for the work to end with what it has; the next one does
/// what SIGINT did before. A SIGINT that the program was started to ignore stays ignored. One at a time; not
/// for several threads to make.
class Interruptible {
 public:
  Interruptible();
  ~Interruptible();
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;

 private:
  struct sigaction before_ = {};
};

/// SIGINT has come while some Interruptible lived.
bool interrupted();
/// interrupted(), for searches.
StopFn stop_when_interrupted();

}  // namespace fusesim
