#include "columns/frontier.h"

#include <algorithm>
#include <set>
#include <utility>

#include "fusesim/cost/params.h"
#include "op_bits.h"

namespace fusesim {

Frontier::Frontier(const PriceFloor& prices, std::vector<OpId> order)
    : prices_(prices),
      order_(std::move(order)),
      position_(order_.size()),
      words_(words_for(order_.size())),
      steps_(order_.size()) {
  for (size_t i = 0; i < order_.size(); ++i) position_[static_cast<size_t>(order_[i])] = i;
  find_relations();
  find_inputs();
  find_levels();
  find_rows_fetched();
  assign_slots();
}

void Frontier::find_relations() {
  const Graph& graph = prices_.graph();
  const size_t ops = order_.size();
  ancestors_.assign(ops * words_, 0);
  descendants_.assign(ops * words_, 0);
  for (size_t o = 0; o < ops; ++o) {
    uint64_t* own = &ancestors_[o * words_];
    set_op(own, static_cast<OpId>(o));
    for (const TensorId t : graph.ops[o].inputs) {
      const OpId producer = graph.tensor(t).producer;
      if (producer < 0) continue;
      const uint64_t* other = &ancestors_[static_cast<size_t>(producer) * words_];
      for (size_t w = 0; w < words_; ++w) own[w] |= other[w];
    }
    for (size_t a = 0; a <= o; ++a) {
      if (has_op(own, static_cast<OpId>(a))) set_op(&descendants_[a * words_], static_cast<OpId>(o));
    }
  }
}

bool Frontier::depends(OpId op, OpId on) const {
  return has_op(&ancestors_[static_cast<size_t>(op) * words_], on);
}

int64_t Frontier::rows_of(OpId reader, TensorId tensor) const {
  for (const StorageFloor::Hold& hold : prices_.storage_floor().holds[static_cast<size_t>(reader)]) {
    if (hold.tensor == tensor) return hold.rows;
  }
  return 0;
}

/// Rows held with both readers in the group.
int64_t Frontier::delay_of(TensorId tensor, OpId first, OpId second) const {
  const auto found = delays_.find({tensor, std::min(first, second), std::max(first, second)});
  const int64_t rows = std::max(rows_of(first, tensor), rows_of(second, tensor));
  return found == delays_.end() ? rows : std::max(rows, found->second);
}

/// A reader of a tensor that was made in the group can join only if all readers that it depends on have, so
/// that their delays count.
void Frontier::find_inputs() {
  const StorageFloor& storage = prices_.storage_floor();
  for (const StorageFloor::Delay& delay : storage.delays)
    delays_[{delay.tensor, delay.first, delay.second}] = delay.rows;
  for (size_t o = 0; o < order_.size(); ++o) {
    std::vector<Input>& inputs = inputs_.emplace_back();
    for (const StorageFloor::Hold& hold : storage.holds[o]) {
      Input input;
      input.tensor = hold.tensor;
      input.rows = input.rows_inside = hold.rows;
      for (const OpId other : prices_.graph().tensor(hold.tensor).consumers) {
        const auto op = static_cast<OpId>(o);
        if (position_[static_cast<size_t>(other)] >= position_[o] || !depends(op, other)) continue;
        const int64_t rows = delay_of(hold.tensor, other, op);
        if (rows != StorageFloor::kApart) input.rows_inside = std::max(input.rows_inside, rows);
      }
      inputs.push_back(input);
    }
  }
}

/// Of a tensor from outside some of the readers before this one have joined, but not known which. Their rows
/// are those of one of them or those of two, which have the level that is known or a higher one.
void Frontier::find_rows_fetched() {
  for (size_t o = 0; o < order_.size(); ++o) {
    for (Input& input : inputs_[o]) {
      std::vector<OpId> before;
      for (const OpId other : prices_.graph().tensor(input.tensor).consumers) {
        if (position_[static_cast<size_t>(other)] < position_[o]) before.push_back(other);
      }
      input.rows_fetched.fill(kNeverFits);
      const auto may_be = [&](int64_t held, int64_t rows) {
        const uint8_t most = level_of(input.tensor, held);
        for (size_t level = 0; level <= most; ++level)
          input.rows_fetched[level] = std::min(input.rows_fetched[level], rows);
      };
      for (const OpId a : before) {
        const int64_t rows = delay_of(input.tensor, a, static_cast<OpId>(o));
        may_be(rows_of(a, input.tensor), rows);
        for (const OpId b : before) {
          if (b >= a) break;
          const int64_t held = delay_of(input.tensor, b, a);
          if (held == StorageFloor::kApart) continue;
          may_be(held, std::max(rows, delay_of(input.tensor, b, static_cast<OpId>(o))));
        }
      }
      for (int64_t& rows : input.rows_fetched) rows = rows == kNeverFits ? input.rows : rows;
    }
  }
}

/// What lies between two levels is taken for the upper one, so that less is charged later.
void Frontier::find_levels() {
  std::vector<std::set<int64_t>> rows(prices_.graph().tensors.size(), {1});
  for (const std::vector<Input>& inputs : inputs_) {
    for (const Input& input : inputs)
      rows[static_cast<size_t>(input.tensor)].insert(std::max<int64_t>(1, input.rows));
  }
  for (const auto& [readers, held] : delays_) {
    if (held != StorageFloor::kApart) rows[static_cast<size_t>(std::get<0>(readers))].insert(held);
  }
  for (const std::set<int64_t>& distinct : rows) {
    const std::vector<int64_t> all(distinct.begin(), distinct.end());
    const size_t count = std::min(all.size(), kLevels);
    std::vector<int64_t>& levels = levels_.emplace_back();
    for (size_t i = 0; i < count; ++i)
      levels.push_back(count == 1 ? all.front() : all[i * (all.size() - 1) / (count - 1)]);
  }
}

uint8_t Frontier::level_of(TensorId tensor, int64_t rows) const {
  const std::vector<int64_t>& own = levels(tensor);
  uint8_t level = 0;
  while (level + 1U < own.size() && own[level] < rows) ++level;
  return level;
}

void Frontier::assign_slots() {
  const Graph& graph = prices_.graph();
  slot_of_.assign(graph.tensors.size(), -1);
  std::vector<size_t> last_read(graph.tensors.size(), 0);
  std::set<size_t> free;
  std::vector<TensorId> alive;
  const auto give_slot = [&](TensorId t) {
    if (free.empty()) free.insert(slots_++);
    slot_of_[static_cast<size_t>(t)] = static_cast<int>(*free.begin());
    free.erase(free.begin());
    alive.push_back(t);
  };
  for (size_t t = 0; t < graph.tensors.size(); ++t) {
    const Tensor& tensor = graph.tensors[t];
    for (const OpId reader : tensor.consumers)
      last_read[t] = std::max(last_read[t], position_[static_cast<size_t>(reader)]);
    if (tensor.producer < 0 && !tensor.consumers.empty()) give_slot(static_cast<TensorId>(t));
  }
  for (size_t i = 0; i < order_.size(); ++i) {
    Step& step = steps_[i];
    step.op = order_[i];
    const auto o = static_cast<size_t>(step.op);
    step.may_join = prices_.storage_floor().may_join[o];
    step.joining_bytes = joining_bytes(step.op);
    step.inputs = inputs_[o];
    if (!step.may_join) {
      for (const TensorId t : graph.op(step.op).inputs) step.inputs.push_back({0, t, 0, 0, {}});
    }
    for (Input& input : step.inputs)
      input.slot = static_cast<size_t>(slot_of_[static_cast<size_t>(input.tensor)]);
    for (const TensorId t : graph.op(step.op).outputs) {
      if (!graph.tensor(t).consumers.empty()) give_slot(t);
      step.outputs.push_back({slot_of_[static_cast<size_t>(t)], t});
    }
    const auto ends = [&](TensorId t) { return last_read[static_cast<size_t>(t)] == i; };
    for (const TensorId t : alive) {
      if (!ends(t)) continue;
      step.freed.push_back(static_cast<size_t>(slot_of_[static_cast<size_t>(t)]));
      free.insert(step.freed.back());
    }
    alive.erase(std::remove_if(alive.begin(), alive.end(), ends), alive.end());
    describe_alive(i, alive);
  }
}

void Frontier::describe_alive(size_t position, const std::vector<TensorId>& alive) {
  const Graph& graph = prices_.graph();
  Step& step = steps_[position];
  for (const TensorId t : alive) {
    for (const OpId reader : graph.tensor(t).consumers) {
      const bool known = std::find(step.readers.begin(), step.readers.end(), reader) != step.readers.end();
      if (position_[static_cast<size_t>(reader)] <= position || known) continue;
      if (step.readers.size() < kReaders) step.readers.push_back(reader);
    }
  }
  for (const OpId reader : step.readers) {
    uint64_t& below = step.below.emplace_back(0);
    for (size_t j = 0; j < step.readers.size(); ++j)
      below |= depends(step.readers[j], reader) ? uint64_t{1} << j : 0;
    step.reader_bytes.push_back(joining_bytes(reader));
  }
  for (const TensorId t : alive) {
    Alive own;
    own.slot = static_cast<size_t>(slot_of_[static_cast<size_t>(t)]);
    own.tensor = t;
    own.knows_all = true;
    for (const OpId reader : graph.tensor(t).consumers) {
      if (position_[static_cast<size_t>(reader)] <= position) continue;
      for (const Input& input : inputs_[static_cast<size_t>(reader)]) {
        const int64_t rows = std::max(
            input.rows_inside, *std::max_element(input.rows_fetched.begin(), input.rows_fetched.end()));
        if (input.tensor == t) own.most_level = std::max(own.most_level, level_of(t, rows));
      }
      const auto found = std::find(step.readers.begin(), step.readers.end(), reader);
      if (found == step.readers.end()) {
        own.knows_all = false;
        continue;
      }
      const auto j = static_cast<size_t>(found - step.readers.begin());
      own.readers |= uint64_t{1} << j;
      own.below |= step.below[j];
    }
    add_needs(position, own, step);
    step.alive.push_back(std::move(own));
  }
  add_connections(position, step);
}

/// What an op adds to any group that it joins, beside rows of what it reads.
int64_t Frontier::joining_bytes(OpId op) const {
  const StorageFloor& storage = prices_.storage_floor();
  const auto o = static_cast<size_t>(op);
  if (!storage.may_join[o]) return prices_.buffer_bytes();
  int64_t bytes = storage.op_bytes[o];
  for (const TensorId t : prices_.graph().op(op).outputs)
    bytes += storage.inside_row_bytes[static_cast<size_t>(t)];
  return std::min(bytes, prices_.buffer_bytes());
}

/// Of all ops left that lie between two, the last included: a group with both has them all.
int64_t Frontier::bytes_between(size_t position, OpId first, OpId last) const {
  int64_t bytes = 0;
  for (size_t o = static_cast<size_t>(first); o <= static_cast<size_t>(last); ++o) {
    const auto op = static_cast<OpId>(o);
    if (position_[o] <= position || !depends(op, first) || !depends(last, op)) continue;
    bytes = std::min(prices_.buffer_bytes(), bytes + joining_bytes(op));
  }
  return bytes;
}

void Frontier::add_needs(size_t position, Alive& alive, const Step& step) const {
  const OpId producer = prices_.graph().tensor(alive.tensor).producer;
  for (size_t j = 0; j < step.readers.size(); ++j) {
    if ((alive.readers >> j & 1U) == 0) continue;
    const OpId reader = step.readers[j];
    alive.needs.push_back(
        {j, producer < 0 ? step.reader_bytes[j] : bytes_between(position, producer, reader)});
  }
}

/// Two parts of a group are joined by an op that depends on both. Where many tensors are alive, nothing is
/// worked out: that only costs labels.
void Frontier::add_connections(size_t position, Step& step) const {
  const size_t count = step.alive.size();
  if (count > kMostConnected) {
    step.connect_bytes.assign(count * count, 0);
    return;
  }
  step.connect_bytes.assign(count * count, prices_.buffer_bytes());
  const Graph& graph = prices_.graph();
  for (size_t a = 0; a < count; ++a) {
    const OpId first = graph.tensor(step.alive[a].tensor).producer;
    for (size_t b = 0; b < a && first >= 0; ++b) {
      const OpId second = graph.tensor(step.alive[b].tensor).producer;
      if (second < 0) continue;
      int64_t least = prices_.buffer_bytes();
      std::vector<OpId> nearest;
      for (size_t i = position + 1; i < order_.size(); ++i) {
        const OpId op = order_[i];
        if (!depends(op, first) || !depends(op, second)) continue;
        const bool is_nearest =
            std::none_of(nearest.begin(), nearest.end(), [&](OpId other) { return depends(op, other); });
        if (!is_nearest) continue;
        nearest.push_back(op);
        least = std::min(least,
                         std::max(bytes_between(position, first, op), bytes_between(position, second, op)));
      }
      step.connect_bytes[a * count + b] = step.connect_bytes[b * count + a] = least;
    }
  }
}

}  // namespace fusesim
