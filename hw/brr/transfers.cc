#include "transfers.h"

#include <utility>

#include "fusesim/hw/simulation_error.h"

namespace fusesim::hw {

void BrrTransfers::start(std::vector<Segment> segments, std::function<void()> done) {
  ++under_way_;
  auto ended = [this, done = std::move(done)] {
    --under_way_;
    done();
    ended_.notify(sc_core::SC_ZERO_TIME);
  };
  const bool weights = segments.size() == 1 && segments.front().kind == TransferKind::weight;
  if (weights && ahead_ != nullptr && ahead_->has(segments.front())) {
    ahead_->take(segments.front(), std::move(ended));
  } else {
    memory_.start(std::move(segments), std::move(ended));
  }
}

void BrrTransfers::wait_for_one(const char* what) {
  if (under_way_ == 0) {
    throw SimulationError(
        SimulationError::Guard::deadlock,
        std::string("nothing can move: the group waits for ") + what + ", and no transfer is under way");
  }
  sc_core::wait(ended_);
}

void BrrTransfers::drain() {
  wait_for([this] { return under_way_ == 0; }, "its last transfers", Cause::ofmap);
}

}  // namespace fusesim::hw
