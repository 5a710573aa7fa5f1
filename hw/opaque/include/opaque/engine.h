#pragma once

#include "blocks/engine.h"

namespace fusesim::hw {

/// Runs one opaque op: its parameters, its inputs and then its outputs stream past once. Nothing is kept, so
/// it asks the scratchpad for nothing. What it computes is unknown; the vector unit is charged one operation
/// per output element, and its values are a checksum of all that it read.
class OpaqueEngine : public Engine {
 public:
  explicit OpaqueEngine(const EngineContext& context) : context_(context) {}
  void run_group(const GroupSchedule& group) override;
  /// None: they stream past.
  std::vector<Segment> first_weights(const GroupSchedule&) const override { return {}; }
  bool fetches_once() const override { return true; }

 private:
  void fetch_weights(OpId op);
  uint64_t fetch_inputs(OpId op);
  void make_output(OpId op, size_t output, uint64_t accumulator);

  EngineContext context_;
  uint32_t checksum_ = 0;  // of the elements of what was fetched
};

}  // namespace fusesim::hw
