#include "columns/tile_frontier.h"

#include <algorithm>
#include <set>
#include <utility>

namespace fusesim {

TileFrontier::TileFrontier(const PriceFloor& prices, std::vector<OpId> order)
    : prices_(prices), order_(std::move(order)), position_(order_.size()) {
  std::reverse(order_.begin(), order_.end());
  for (size_t i = 0; i < order_.size(); ++i) position_[static_cast<size_t>(order_[i])] = i;
  for (const Tensor& tensor : prices_.graph().tensors) {
    const bool may_join =
        tensor.producer >= 0 && prices_.storage_floor().may_join[static_cast<size_t>(tensor.producer)];
    has_no_producer_.push_back(!may_join);
    may_mix_.push_back(std::any_of(tensor.consumers.begin(), tensor.consumers.end(), [&prices](OpId reader) {
      return prices.storage_floor().rules[static_cast<size_t>(reader)] == ChannelRule::mixing;
    }));
  }
  find_levels();
  find_least_bytes();
  make_steps();
}

/// All numbers of rows that some group needs, or some of them.
void TileFrontier::find_levels() {
  const StorageFloor& storage = prices_.storage_floor();
  const Graph& graph = prices_.graph();
  std::vector<std::set<int64_t>> rows(graph.tensors.size());
  levels_.resize(graph.tensors.size());
  const auto settle = [&](TensorId t) {
    const auto i = static_cast<size_t>(t);
    rows[i].insert({storage.own_rows[i], storage.leaving_rows[i]});
    const std::vector<int64_t> all(rows[i].begin(), rows[i].end());
    const size_t count = std::min(all.size(), kLevels);
    for (size_t k = 0; k < count; ++k)
      levels_[i].push_back(count == 1 ? all.front() : all[k * (all.size() - 1) / (count - 1)]);
  };
  for (const OpId op : order_) {
    for (const TensorId t : graph.op(op).outputs) settle(t);
    for (const StorageFloor::Hold& hold : storage.holds[static_cast<size_t>(op)]) {
      for (const int64_t made : levels_[static_cast<size_t>(graph.op(op).output())]) {
        const auto at = std::min(static_cast<size_t>(made), hold.rows_for.size() - 1);
        rows[static_cast<size_t>(hold.tensor)].insert(hold.rows_for[at]);
      }
    }
  }
  for (size_t t = 0; t < graph.tensors.size(); ++t) {
    if (graph.tensors[t].producer < 0) settle(static_cast<TensorId>(t));
  }
}

int64_t TileFrontier::outside_row_bytes(TensorId tensor, Want want) const {
  const StorageFloor& storage = prices_.storage_floor();
  const auto t = static_cast<size_t>(tensor);
  switch (want) {
    case Want::full:
    case Want::full_alone:
      return storage.outside_row_bytes[t];
    case Want::slice:
    case Want::slice_alone:
      return storage.outside_slice_row_bytes[t];
    case Want::any:
    case Want::several:
      break;
  }
  return std::min(storage.outside_row_bytes[t], storage.outside_slice_row_bytes[t]);
}

void TileFrontier::find_least_bytes() {
  const StorageFloor& storage = prices_.storage_floor();
  for (size_t t = 0; t < levels_.size(); ++t) {
    const int64_t full = std::min(storage.inside_row_bytes[t], storage.inside_sums_row_bytes[t]);
    const int64_t slice = storage.inside_slice_row_bytes[t];
    for (size_t w = 0; w < kWants; ++w) {
      const auto want = static_cast<Want>(w);
      const int64_t outside = outside_row_bytes(static_cast<TensorId>(t), want);
      int64_t inside = full;
      if (want == Want::slice || want == Want::slice_alone) inside = slice;
      if (want == Want::any || want == Want::full_alone) inside = std::min(full, slice);
      for (size_t level = 0; level < kLevels; ++level) {
        const bool exists = level < levels_[t].size();
        const int64_t rows = exists ? this->rows(static_cast<TensorId>(t), static_cast<uint8_t>(level)) : 0;
        least_bytes_.push_back(std::min(rows * outside, std::min(rows, storage.most_rows[t]) * inside));
      }
    }
  }
}

uint8_t TileFrontier::level_of(TensorId tensor, int64_t rows) const {
  const std::vector<int64_t>& own = levels_[static_cast<size_t>(tensor)];
  uint8_t level = 0;
  while (level + 1U < own.size() && own[level + 1U] <= rows) ++level;
  return level;
}

int64_t TileFrontier::joining_bytes(OpId op) const {
  const StorageFloor& storage = prices_.storage_floor();
  const auto o = static_cast<size_t>(op);
  if (!storage.may_join[o]) return prices_.buffer_bytes();
  const auto t = static_cast<size_t>(prices_.graph().op(op).output());
  const int64_t rows = std::min(storage.own_rows[t], storage.most_rows[t]);
  const int64_t row_bytes = std::min(
      {storage.inside_row_bytes[t], storage.inside_sums_row_bytes[t], storage.inside_slice_row_bytes[t]});
  return std::min(prices_.buffer_bytes(), storage.op_bytes[o] + rows * row_bytes);
}

void TileFrontier::describe_alive(const std::vector<TensorId>& alive, const std::vector<size_t>& readers_left,
                                  Step& step) const {
  const StorageFloor& storage = prices_.storage_floor();
  for (const TensorId t : alive) {
    Alive& own = step.alive.emplace_back();
    own.slot = static_cast<size_t>(slot_of_[static_cast<size_t>(t)]);
    own.tensor = t;
    own.is_input = prices_.graph().tensor(t).producer < 0;
    own.has_more_readers = readers_left[static_cast<size_t>(t)] > 0;
    own.saved_if_made = prices_.graph().tensor(t).graph_output ? 0 : prices_.store_value(t);
    own.saved_if_shared = std::min(prices_.fetch_value(t), prices_.least_stream_value(t));
    own.producer_bytes = prices_.buffer_bytes();
    if (has_no_producer_[static_cast<size_t>(t)]) continue;
    const OpId producer = prices_.graph().tensor(t).producer;
    own.producer_bytes = storage.op_bytes[static_cast<size_t>(producer)];
    own.own_bytes = joining_bytes(producer) - own.producer_bytes;
  }
}

void TileFrontier::make_steps() {
  const StorageFloor& storage = prices_.storage_floor();
  const Graph& graph = prices_.graph();
  std::set<size_t> free;
  std::vector<TensorId> alive;
  slot_of_.assign(graph.tensors.size(), -1);
  std::vector<size_t> readers_left(graph.tensors.size());
  for (size_t t = 0; t < graph.tensors.size(); ++t) readers_left[t] = graph.tensors[t].consumers.size();
  const auto slot_of = [&](TensorId t) {
    int& slot = slot_of_[static_cast<size_t>(t)];
    if (slot >= 0) return static_cast<size_t>(slot);
    if (free.empty()) free.insert(slots_++);
    slot = static_cast<int>(*free.begin());
    free.erase(free.begin());
    alive.push_back(t);
    return static_cast<size_t>(slot);
  };
  for (const OpId op : order_) {
    Step& step = steps_.emplace_back();
    const auto o = static_cast<size_t>(op);
    step.op = op;
    step.output = graph.op(op).output();
    step.slot = slot_of_[static_cast<size_t>(step.output)];
    step.may_join = storage.may_join[o];
    step.rule = storage.rules[o];
    step.joining_bytes = joining_bytes(op);
    step.own_level = level_of(step.output, storage.own_rows[static_cast<size_t>(step.output)]);
    step.leaving_level = level_of(step.output, storage.leaving_rows[static_cast<size_t>(step.output)]);
    step.may_leave = storage.may_leave[static_cast<size_t>(step.output)];
    for (const TensorId t : graph.op(op).outputs) {
      if (slot_of_[static_cast<size_t>(t)] < 0) continue;
      free.insert(static_cast<size_t>(slot_of_[static_cast<size_t>(t)]));
      alive.erase(std::find(alive.begin(), alive.end(), t));
      if (t != step.output) step.other_slots.push_back(static_cast<size_t>(slot_of_[static_cast<size_t>(t)]));
    }
    std::set<TensorId> inputs(graph.op(op).inputs.begin(), graph.op(op).inputs.end());
    for (const TensorId t : inputs) {
      Input& input = step.inputs.emplace_back();
      input.tensor = t;
      input.slot = slot_of(t);
      input.is_first = readers_left[static_cast<size_t>(t)] == graph.tensor(t).consumers.size();
      input.has_more_readers = --readers_left[static_cast<size_t>(t)] > 0;
      input.stream_value = prices_.stream_value(op, t);
      for (const StorageFloor::Hold& hold : storage.holds[o]) {
        if (hold.tensor != t) continue;
        input.outside_only = hold.outside_only;
        for (const int64_t made : levels_[static_cast<size_t>(step.output)]) {
          const auto at = std::min(static_cast<size_t>(made), hold.rows_for.size() - 1);
          input.level.push_back(level_of(t, hold.rows_for[at]));
        }
      }
    }
    describe_alive(alive, readers_left, step);
  }
}

}  // namespace fusesim
