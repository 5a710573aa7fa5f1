#include "tile_memory.h"

#include "ops/labels.h"

namespace fusesim::hw {
namespace {

/// Slots for the rows of a tensor. Rows that come ahead lie behind one another whatever rows between them
/// belong to no tile.
struct Slots {
  Slots(const BrrTilePlan& plan, int t) : count(plan.geometry().longest_rows(t)) {
    if (plan.double_buffer() != DoubleBuffer::all || !plan.tensor(t).external()) return;
    count += plan.tensor(t).sliced() ? count : plan.geometry().most_added_rows(t);
    places = plan.geometry().places(t);
  }

  int64_t count;
  std::vector<int64_t> places;
};

}  // namespace

BrrTileMemory::BrrTileMemory(const EngineContext& machine, const BrrTilePlan& plan, BrrTransfers& transfers)
    : pools_(machine.scratchpad, transfers, machine.guarded, machine.tracer),
      pool_of_(plan.group().tensors.size(), -1),
      pooled_(plan.group().ops.size()) {
  const auto label = [&](int t) { return tensor_label(machine.graph, plan.tensor(t).id); };
  for (int t = 0; t < plan.tensors(); ++t) {
    if (plan.storage(t).pool != t) continue;
    pool_of_[static_cast<size_t>(t)] =
        pools_.allocate(label(t), plan.storage().pool_bytes[static_cast<size_t>(t)]);
  }
  for (int t = 0; t < plan.tensors(); ++t) {
    const int pool = pool_of_[static_cast<size_t>(plan.storage(t).pool)];
    pool_of_[static_cast<size_t>(t)] = pool;
    Slots slots(plan, t);
    buffers_.push_back(std::make_unique<TileBuffer>(
        label(t), slots.count, plan.tensor(t).shape.c, plan.channel_row_bytes(t), pools_, pool,
        std::move(slots.places), machine.value_width(plan.tensor(t).id)));
  }
  const bool resident = plan.weights_resident();
  const int64_t bytes = resident ? plan.storage().weight_bytes : plan.storage().streamed_bytes;
  BrrWeights::Order order;
  order.subgroups = weight_order(plan.group(), machine.datatypes, plan.steps(), resident);
  order.rounds = plan.geometry().tiles();
  order.resident = resident;
  order.ahead = plan.double_buffer() != DoubleBuffer::none;
  weights_ = std::make_unique<BrrWeights>(machine, plan.group(), pools_, pools_.allocate("weights", bytes),
                                          std::move(order));
}

}  // namespace fusesim::hw
