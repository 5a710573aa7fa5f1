#include "opaque/engine.h"

#include <algorithm>
#include <map>
#include <vector>

#include "fusesim/graph/op_facts.h"
#include "fusesim/hw/simulation_error.h"
#include "ops/provenance.h"
#include "ops/weight_bytes.h"
#include "values/kernels.h"

namespace fusesim::hw {
namespace {

constexpr int64_t kRowsPerTransfer = 16;

}  // namespace

void OpaqueEngine::run_group(const GroupSchedule& group) {
  if (group.ops.size() != 1 || !is_opaque(context_.graph.op(group.ops.front()))) {
    throw SimulationError(SimulationError::Guard::bad_schedule,
                          "expected an opaque group to hold one opaque op");
  }
  const OpId o = group.ops.front();
  const Op& op = context_.graph.op(o);
  fetch_weights(o);
  checksum_ = 0;
  uint64_t accumulator = fetch_inputs(o);
  if (op.weights + op.biases > 0) accumulator += hash2(HashTag::w_out, parameter_owner(context_.graph, o));
  for (size_t j = 0; j < op.outputs.size(); ++j) {
    if (std::binary_search(group.outgoing.begin(), group.outgoing.end(), op.outputs[j]))
      make_output(o, j, accumulator);
  }
}

void OpaqueEngine::fetch_weights(OpId o) {
  Segment segment;
  segment.kind = TransferKind::weight;
  segment.op = o;
  segment.bytes = op_weight_bytes(context_.graph.op(o), context_.datatypes);
  if (segment.bytes == 0) return;
  context_.memory.transfer({segment});
  context_.waited(Cause::weights);
}

/// Every distinct input once, whole; returns the sum of the terms of all operands.
uint64_t OpaqueEngine::fetch_inputs(OpId o) {
  const Op& op = context_.graph.op(o);
  uint64_t sum = 0;
  std::map<TensorId, std::vector<size_t>> operands;
  for (size_t i = 0; i < op.inputs.size(); ++i) operands[op.inputs[i]].push_back(i);
  for (const auto& [t, places] : operands) {
    const Shape& shape = context_.graph.tensor(t).shape;
    std::vector<uint64_t> rows(static_cast<size_t>(kRowsPerTransfer * shape.c));
    std::vector<Value> values(rows.size() * static_cast<size_t>(context_.value_width(t)));
    for (int64_t y0 = 0; y0 < shape.h; y0 += kRowsPerTransfer) {
      const int64_t y1 = std::min(shape.h, y0 + kRowsPerTransfer);
      std::vector<Segment> segments;
      for (int64_t y = y0; y < y1; ++y) {
        Segment segment;
        segment.kind = TransferKind::ifmap;
        segment.tensor = t;
        segment.row = y;
        segment.c1 = shape.c;
        segment.hashes = rows.data() + (y - y0) * shape.c;
        if (!values.empty()) segment.values = values.data() + (y - y0) * shape.c * shape.w;
        segments.push_back(segment);
      }
      context_.memory.transfer(segments);
      context_.waited(Cause::ifmap);
      for (const Segment& segment : segments) {
        for (const size_t i : places) {
          sum += opaque_term(i, 0, shape.c, segment.row, segment.hashes);
          if (segment.values != nullptr) checksum_ += checksum_term(shape, i, segment.row, segment.values);
        }
      }
    }
  }
  return sum;
}

void OpaqueEngine::make_output(OpId o, size_t output, uint64_t accumulator) {
  const TensorId t = context_.graph.op(o).outputs[output];
  const Shape& shape = context_.graph.tensor(t).shape;
  run_on_vector_unit(context_, {o, {0, shape.h}, {0, shape.c}}, {shape.elements(), {}});
  std::vector<uint64_t> row(static_cast<size_t>(shape.c));
  std::vector<Value> values(static_cast<size_t>(shape.c * context_.value_width(t)));
  for (int64_t y = 0; y < shape.h; ++y) {
    finish_opaque(o, output, shape.c, y, accumulator, row.data());
    Segment segment;
    segment.kind = TransferKind::ofmap;
    segment.tensor = t;
    segment.row = y;
    segment.c1 = shape.c;
    segment.hashes = row.data();
    if (context_.values != nullptr) {
      checksum_row(*context_.values, o, output, y, checksum_, values.data());
      segment.values = values.data();
    }
    context_.memory.transfer({segment});
    context_.waited(Cause::ofmap);
  }
}

}  // namespace fusesim::hw
