#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <systemc>
#include <tuple>
#include <vector>

#include "blocks/memory_port.h"

namespace fusesim::hw {

/// Weights of the next group that come while a group runs. A piece is a segment of one op's weights, the same
/// that the next group will ask for.
class WeightsAhead {
 public:
  /// `memory` must outlive it, and it the transfers.
  explicit WeightsAhead(MemoryPort& memory) : memory_(memory) {}
  WeightsAhead(const WeightsAhead&) = delete;
  WeightsAhead& operator=(const WeightsAhead&) = delete;

  /// Asks for pieces in their order, as long as they fit into free_bytes together; returns their bytes.
  int64_t fetch(const std::vector<Segment>& pieces, int64_t free_bytes);
  /// Pieces that lie on chip already and stay there.
  void keep(const std::vector<Segment>& pieces);
  /// Whether the piece was asked for. Who takes it has it, and nobody else.
  bool has(const Segment& piece) const { return pieces_.count(key(piece)) != 0; }
  /// `done` runs when the piece is there, possibly before take() returns; it may not wait.
  void take(const Segment& piece, std::function<void()> done);
  /// The same, but blocks the calling SC_THREAD.
  void take(const Segment& piece);

 private:
  using Key = std::tuple<OpId, int64_t, int64_t>;
  struct Piece {
    bool arrived = false;
    std::function<void()> when_arrived;  // set: taken
  };

  static Key key(const Segment& piece) { return {piece.op, piece.offset_bytes, piece.bytes}; }
  void arrive(const Key& key);

  MemoryPort& memory_;
  std::map<Key, Piece> pieces_;
  sc_core::sc_event arrived_;
};

}  // namespace fusesim::hw
