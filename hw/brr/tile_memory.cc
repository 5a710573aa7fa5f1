#include "tile_memory.h"

#include "ops/labels.h"

namespace fusesim::hw {

BrrTileMemory::BrrTileMemory(const EngineContext& machine, const BrrTilePlan& plan)
    : pools_(machine.scratchpad),
      pool_of_(plan.group().tensors.size(), -1),
      pooled_(plan.group().ops.size()),
      fetched_rows_(plan.group().tensors.size(), 0) {
  const auto label = [&](int t) { return tensor_label(machine.graph, plan.tensor(t).id); };
  for (int t = 0; t < plan.tensors(); ++t) {
    if (plan.storage(t).pool != t) continue;
    pool_of_[static_cast<size_t>(t)] =
        pools_.allocate(label(t), plan.storage().pool_bytes[static_cast<size_t>(t)]);
  }
  for (int t = 0; t < plan.tensors(); ++t) {
    const int pool = pool_of_[static_cast<size_t>(plan.storage(t).pool)];
    pool_of_[static_cast<size_t>(t)] = pool;
    buffers_.push_back(std::make_unique<TileBuffer>(label(t), plan.geometry().longest_rows(t),
                                                    plan.tensor(t).shape.c, plan.channel_row_bytes(t), pools_,
                                                    pool));
  }
  const bool resident = plan.weights_resident();
  const int64_t weight_bytes = resident ? plan.storage().weight_bytes : plan.storage().subgroup_bytes;
  weights_ = std::make_unique<BrrWeights>(machine, plan.group(), pools_,
                                          pools_.allocate("weights", weight_bytes), resident);
}

}  // namespace fusesim::hw
