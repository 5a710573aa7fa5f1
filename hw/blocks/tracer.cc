#include "blocks/tracer.h"

#include <algorithm>

#include "fusesim/graph/op_facts.h"
#include "ops/row_window.h"

namespace fusesim::hw {
namespace {

TracedKind traced(TransferKind kind) {
  switch (kind) {
    case TransferKind::ifmap:
      return TracedKind::ifmap;
    case TransferKind::weight:
      return TracedKind::weights;
    case TransferKind::ofmap:
      break;
  }
  return TracedKind::ofmap;
}

bool overlap(int64_t a_first, int64_t a_last, int64_t b_first, int64_t b_last) {
  return a_first < b_last && b_first < a_last;
}

/// The hull of the rows of an operand that some output rows read.
RowRange operand_rows(const Graph& graph, const Op& op, size_t input, const RowRange& rows) {
  if (rows.empty()) return {};
  const RowRange first = rows_read(graph, op, input, rows.first);
  const RowRange last = rows_read(graph, op, input, rows.last - 1);
  return {std::min(first.first, last.first), std::max(first.last, last.last)};
}

}  // namespace

Tracer::Tracer(MachineObserver& observer, const Config& config, const MachineClock& clock)
    : observer_(observer), config_(config), clock_(clock), dram_clock_(config.dram.clock_khz) {}

int64_t Tracer::now_ps() const { return static_cast<int64_t>(sc_core::sc_time_stamp().value()) - epoch_ps_; }

void Tracer::begin_run(const Graph& graph) {
  graph_ = &graph;
  epoch_ps_ = static_cast<int64_t>(sc_core::sc_time_stamp().value());
  rows_.clear();
  weights_.clear();
  made_.clear();
  parts_.clear();
  runs_.assign(static_cast<size_t>(config_.dram.channels), {});
}

void Tracer::begin_group(size_t group) { observer_.on_group_begin(group, now_ps()); }

void Tracer::end_group(size_t group) {
  for (Part& part : parts_) tell(part);
  for (size_t channel = 0; channel < runs_.size(); ++channel) end_run(channel);
  parts_.clear();
  rows_.clear();
  made_.clear();
  observer_.on_group_end(group, now_ps());
}

void Tracer::use(Waiting& waiting, int32_t key, const RowRange& rows, const ChannelRange& channels,
                 std::vector<int64_t>& used) {
  const auto found = waiting.find(key);
  if (found == waiting.end()) return;
  const auto taken = [&](const Pending& p) {
    if (!overlap(p.rows.first, p.rows.last, rows.first, rows.last) ||
        !overlap(p.channels.first, p.channels.last, channels.first, channels.last))
      return false;
    if (std::find(used.begin(), used.end(), p.id) == used.end()) used.push_back(p.id);
    return true;
  };
  std::vector<Pending>& all = found->second;
  all.erase(std::remove_if(all.begin(), all.end(), taken), all.end());
}

void Tracer::used_by(const Made& made, std::vector<int64_t>& loads) {
  const Op& op = graph_->op(made.op);
  const bool pools = op_facts(op).pools_map();
  for (size_t i = 0; i < op.inputs.size(); ++i) {
    if (rows_.count(op.inputs[i]) == 0) continue;
    use(rows_, op.inputs[i], pools ? made.rows : operand_rows(*graph_, op, i, made.rows),
        {0, graph_->tensor(op.inputs[i]).shape.c}, loads);
  }
  use(weights_, parameter_owner(*graph_, made.op), {0, 1}, {0, 1}, loads);
}

/// Of blocks that make the same, as parts of their sums, the last one counts.
void Tracer::remember(const Made& made, int64_t id) {
  const RowRange rows = op_facts(graph_->op(made.op)).pools_map() ? RowRange{0, 1} : made.rows;
  for (const TensorId t : graph_->op(made.op).outputs) {
    std::vector<Pending>& all = made_[t];
    const auto same = std::find_if(all.begin(), all.end(), [&](const Pending& p) {
      return p.rows == rows && p.channels == made.channels;
    });
    if (same == all.end()) {
      all.push_back({id, rows, made.channels});
    } else {
      same->id = id;
    }
  }
}

void Tracer::block(Cause unit, const Made& made, const UnitSpan& span) {
  if (span.end == span.begin) return;
  TracedBlock block;
  block.id = ++blocks_;
  block.unit = unit;
  block.op = made.op;
  block.first_row = made.rows.first;
  block.last_row = made.rows.last;
  block.c0 = made.channels.first;
  block.c1 = made.channels.last;
  block.begin_ps = clock_.ps_at(span.begin);
  block.computes_ps = clock_.ps_at(span.computes);
  block.waits_ps = clock_.ps_at(span.waits);
  block.end_ps = clock_.ps_at(span.end);
  used_by(made, block.loads);
  remember(made, block.id);
  observer_.on_block(block);
}

void Tracer::transfer(const std::vector<Segment>& segments, int64_t bytes, int64_t begin_ps) {
  const Segment& first = segments.front();
  TracedTransfer transfer;
  transfer.id = ++transfers_;
  transfer.kind = traced(first.kind);
  transfer.tensor = first.kind == TransferKind::weight ? -1 : first.tensor;
  transfer.op = first.kind == TransferKind::weight ? first.op : -1;
  transfer.first_row = first.row;
  transfer.bytes = bytes;
  transfer.begin_ps = begin_ps - epoch_ps_;
  transfer.end_ps = now_ps();
  int64_t last_row = first.row;
  for (const Segment& s : segments) {
    if (s.kind == TransferKind::weight) {
      weights_[parameter_owner(*graph_, s.op)].push_back({transfer.id, {0, 1}, {0, 1}});
      continue;
    }
    const RowRange row{s.row, s.row + 1};
    if (s.tensor == first.tensor) last_row = std::max(last_row, s.row);
    if (s.kind == TransferKind::ifmap) {
      std::vector<Pending>& all = rows_[s.tensor];
      if (all.empty() || all.back().id != transfer.id || !(all.back().rows == row))
        all.push_back({transfer.id, row, {0, graph_->tensor(s.tensor).shape.c}});
    } else {
      use(made_, s.tensor, row, {s.c0, s.c1}, transfer.blocks);
    }
  }
  transfer.rows = first.kind == TransferKind::weight ? 0 : last_row - first.row + 1;
  observer_.on_transfer(transfer);
}

int64_t Tracer::part(const std::string& name, int64_t capacity_bytes) {
  Part& part = parts_.emplace_back();
  part.level.part = static_cast<int64_t>(parts_.size()) - 1;
  part.level.name = name;
  part.level.capacity_bytes = capacity_bytes;
  part.level.at_ps = now_ps();
  part.changed = true;
  return part.level.part;
}

void Tracer::level(int64_t number, int64_t bytes) {
  Part& part = parts_[static_cast<size_t>(number)];
  if (part.level.at_ps != now_ps()) tell(part);
  part.level.at_ps = now_ps();
  part.level.bytes = bytes;
  part.changed = true;
}

/// Of several levels at one moment the last one.
void Tracer::tell(Part& part) {
  if (part.changed) observer_.on_level(part.level);
  part.changed = false;
}

void Tracer::end_run(size_t channel) {
  Run& run = runs_[channel];
  if (run.bursts == 0) return;
  TracedDram event;
  event.kind = run.write ? TracedDram::Kind::write : TracedDram::Kind::read;
  event.channel = static_cast<int64_t>(channel);
  event.begin_ps = dram_clock_.ps_at(run.begin);
  event.end_ps = dram_clock_.ps_at(run.end);
  event.bursts = run.bursts;
  run.bursts = 0;
  observer_.on_dram(event);
}

void Tracer::burst(const Command& command, bool write) {
  const auto channel = static_cast<size_t>(command.channel);
  Run& run = runs_[channel];
  if (run.write != write || run.end < command.begins) end_run(channel);
  if (run.bursts == 0) run.begin = command.begins;
  run.write = write;
  run.end = command.ends;
  ++run.bursts;
}

/// Whether a bank of the rank belongs to what a precharge or refresh of several is for.
bool Tracer::refreshed_with(const Command& command, int64_t bank) const {
  const int64_t per_group = config_.dram.banks_per_group;
  switch (config_.dram.refresh) {
    case RefreshMode::all_bank:
      return true;
    case RefreshMode::per_bank:
      return bank == command.group * per_group + command.bank;
    case RefreshMode::same_bank:
      break;
  }
  return bank % per_group == command.bank;
}

void Tracer::on_command(const Command& command) {
  const auto tell_of = [&](TracedDram::Kind kind, int64_t bank, int64_t begins) {
    TracedDram event;
    event.kind = kind;
    event.channel = command.channel;
    event.rank = command.rank;
    event.bank = bank;
    event.row = command.row;
    event.begin_ps = dram_clock_.ps_at(begins);
    event.end_ps = dram_clock_.ps_at(command.ends);
    observer_.on_dram(event);
  };
  const int64_t bank = command.group * config_.dram.banks_per_group + command.bank;
  switch (command.kind) {
    case CommandKind::activate:
      return tell_of(TracedDram::Kind::open, bank, command.begins);
    case CommandKind::precharge:
      return tell_of(TracedDram::Kind::close, bank, command.begins);
    case CommandKind::precharge_all:
      for (int64_t b = 0; b < config_.dram.banks_per_group * config_.dram.bank_groups; ++b) {
        if (refreshed_with(command, b)) tell_of(TracedDram::Kind::close, b, command.begins);
      }
      return;
    case CommandKind::read:
      return burst(command, false);
    case CommandKind::write:
      return burst(command, true);
    case CommandKind::read_auto_precharge:
    case CommandKind::write_auto_precharge:
      burst(command, command.kind == CommandKind::write_auto_precharge);
      return tell_of(TracedDram::Kind::close, bank, command.ends);
    case CommandKind::refresh:
      return tell_of(TracedDram::Kind::refresh, bank, command.begins);
  }
}

}  // namespace fusesim::hw
