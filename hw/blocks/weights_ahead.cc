#include "blocks/weights_ahead.h"

#include <utility>

namespace fusesim::hw {

int64_t WeightsAhead::fetch(const std::vector<Segment>& pieces, int64_t free_bytes) {
  int64_t bytes = 0;
  for (const Segment& piece : pieces) {
    if (bytes + piece.bytes > free_bytes) break;
    bytes += piece.bytes;
    pieces_[key(piece)] = {};
    memory_.start_when_idle({piece}, [this, k = key(piece)] { arrive(k); });
  }
  return bytes;
}

void WeightsAhead::keep(const std::vector<Segment>& pieces) {
  for (const Segment& piece : pieces) pieces_[key(piece)] = {true, nullptr};
}

void WeightsAhead::arrive(const Key& key) {
  Piece& piece = pieces_.at(key);
  piece.arrived = true;
  if (!piece.when_arrived) return;
  const std::function<void()> done = std::move(piece.when_arrived);
  pieces_.erase(key);
  done();
}

void WeightsAhead::take(const Segment& segment, std::function<void()> done) {
  Piece& piece = pieces_.at(key(segment));
  if (!piece.arrived) {
    piece.when_arrived = std::move(done);
    return;
  }
  pieces_.erase(key(segment));
  done();
}

void WeightsAhead::take(const Segment& segment) {
  bool here = false;
  take(segment, [&] {
    here = true;
    arrived_.notify(sc_core::SC_ZERO_TIME);
  });
  while (!here) sc_core::wait(arrived_);
}

}  // namespace fusesim::hw
