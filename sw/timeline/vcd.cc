#include "fusesim/timeline/vcd.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace fusesim {
namespace {

constexpr int64_t kIdBits = 16;
constexpr int64_t kRowBits = 32;
constexpr int64_t kBytesBits = 48;
constexpr int64_t kStill = 0, kFills = 1, kComputes = 2, kWaits = 3;

/// Printable characters, the shortest codes first.
std::string code_of(size_t number) {
  constexpr size_t kFirst = 33;
  constexpr size_t kCodes = 94;
  std::string code;
  do {
    code += static_cast<char>(kFirst + number % kCodes);
    number /= kCodes;
  } while (number-- > 0);
  return code;
}

/// A name without what separates words and scopes.
std::string plain(std::string name) {
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

std::string binary(int64_t value) {
  std::string digits;
  do {
    digits += static_cast<char>('0' + value % 2);
    value /= 2;
  } while (value > 0);
  std::reverse(digits.begin(), digits.end());
  return digits;
}

}  // namespace

Vcd::Vcd(const std::string& path, const Schedule& schedule, const Config& config)
    : file_(path, "--vcd"), schedule_(schedule), dram_(config.dram) {
  file_.write("$comment fusesim: " + plain(schedule.model_name) + " $end\n$timescale 1 ps $end\n");
  scope("accelerator");
  group_ = declare("group", kIdBits);
  for (Unit* unit : {&array_, &vector_}) {
    scope(unit == &array_ ? "array" : "vector_unit");
    unit->state = declare("state", 2);
    unit->op = declare("op", kIdBits);
    unit->row = declare("row", kRowBits);
    end_scope();
  }
  transfers_ = declare("loads_of_rows", kIdBits, true);
  declare("loads_of_weights", kIdBits, true);
  declare("stores", kIdBits, true);
  end_scope();
  declare_dram(config.dram);
  scope("buffer");
  levels_["weights"] = declare("weights", kBytesBits);
  const Graph& graph = *schedule.graph;
  for (size_t t = 0; t < graph.tensors.size(); ++t) {
    const std::string& name = graph.tensors[t].name;
    // as the machine names the part of a tensor
    levels_[fmt::format("tensor {} ({})", t, name)] =
        declare(fmt::format("t{}_{}", t, plain(name)), kBytesBits);
  }
  end_scope();
  file_.write("$enddefinitions $end\n#0\n$dumpvars\n");
  for (const Signal& signal : signals_) write_value(signal);
  file_.write("$end\n");
  written_ps_ = 0;
}

void Vcd::declare_dram(const DramConfig& dram) {
  scope("dram");
  const int64_t banks = dram.bank_groups * dram.banks_per_group;
  buses_ = signals_.size();
  for (int64_t c = 0; c < dram.channels; ++c) declare(fmt::format("channel{}_bus", c), 2);
  ranks_ = signals_.size();
  for (int64_t r = 0; r < dram.channels * dram.ranks; ++r)
    declare(fmt::format("channel{}_rank{}_refresh", r / dram.ranks, r % dram.ranks), 1);
  banks_ = signals_.size();
  for (int64_t b = 0; b < dram.channels * dram.ranks * banks; ++b) {
    const std::string name =
        fmt::format("channel{}_rank{}_bank{}", b / banks / dram.ranks, b / banks % dram.ranks, b % banks);
    declare(name + "_open", 1);
    declare(name + "_row", kRowBits);
  }
  end_scope();
}

void Vcd::scope(const std::string& name) { file_.write("$scope module " + name + " $end\n"); }
void Vcd::end_scope() { file_.write("$upscope $end\n"); }

size_t Vcd::declare(const std::string& name, int64_t bits, bool counts) {
  signals_.push_back({code_of(signals_.size()), bits, 0, counts});
  file_.write(fmt::format("$var wire {} {} {}{} $end\n", bits, signals_.back().code, name,
                          bits > 1 ? fmt::format(" [{}:0]", bits - 1) : ""));
  return signals_.size() - 1;
}

void Vcd::write_value(const Signal& signal) {
  if (signal.bits == 1) {
    file_.write(signal.value, signal.code, "\n");
  } else {
    file_.write("b", binary(signal.value), " ", signal.code, "\n");
  }
}

/// Changes before this moment, in the order of time; of one signal at one moment the last one.
void Vcd::write_until(int64_t end_ps) {
  std::stable_sort(changes_.begin(), changes_.end(),
                   [](const Change& a, const Change& b) { return a.at_ps < b.at_ps; });
  size_t next = 0;
  std::vector<std::pair<size_t, int64_t>> before;  // signals that change, and their values until then
  while (next < changes_.size() && changes_[next].at_ps < end_ps) {
    const int64_t at_ps = std::max(changes_[next].at_ps, written_ps_);
    before.clear();
    for (; next < changes_.size() && std::max(changes_[next].at_ps, written_ps_) == at_ps; ++next) {
      const size_t number = changes_[next].signal;
      Signal& signal = signals_[number];
      const auto known = [number](const auto& entry) { return entry.first == number; };
      if (std::none_of(before.begin(), before.end(), known)) before.emplace_back(number, signal.value);
      signal.value = signal.counts ? signal.value + changes_[next].value : changes_[next].value;
    }
    bool stamped = at_ps == written_ps_;
    for (const auto& [number, value] : before) {
      const Signal& signal = signals_[number];
      if (signal.value == value) continue;
      if (!stamped) file_.write("#", at_ps, "\n");
      stamped = true;
      written_ps_ = at_ps;
      write_value(signal);
    }
  }
  changes_.erase(changes_.begin(), changes_.begin() + static_cast<int64_t>(next));
}

void Vcd::on_group_begin(size_t group, int64_t at_ps) { set(at_ps, group_, static_cast<int64_t>(group)); }

void Vcd::on_group_end(size_t, int64_t at_ps) {
  for (const size_t signal : parts_) {
    if (signal != kUnknown) set(at_ps, signal, 0);
  }
  parts_.clear();
  write_until(at_ps);
}

void Vcd::on_block(const TracedBlock& block) {
  const Unit& unit = block.unit == Cause::array ? array_ : vector_;
  set(block.begin_ps, unit.op, block.op);
  set(block.begin_ps, unit.row, block.first_row);
  if (block.computes_ps > block.begin_ps) set(block.begin_ps, unit.state, kFills);
  if (block.waits_ps > block.computes_ps) set(block.computes_ps, unit.state, kComputes);
  if (block.end_ps > block.waits_ps) set(block.waits_ps, unit.state, kWaits);
  set(block.end_ps, unit.state, kStill);
}

void Vcd::on_transfer(const TracedTransfer& transfer) {
  const size_t signal = transfers_ + static_cast<size_t>(transfer.kind);
  set(transfer.begin_ps, signal, 1);
  set(transfer.end_ps, signal, -1);
}

void Vcd::on_level(const TracedLevel& level) {
  const auto part = static_cast<size_t>(level.part);
  if (part >= parts_.size()) parts_.resize(part + 1, kUnknown);
  if (parts_[part] == kUnknown) parts_[part] = levels_.at(level.name);
  set(level.at_ps, parts_[part], level.bytes);
}

size_t Vcd::bank_of(const TracedDram& event) const {
  const int64_t banks = dram_.bank_groups * dram_.banks_per_group;
  return banks_ + 2 * static_cast<size_t>((event.channel * dram_.ranks + event.rank) * banks + event.bank);
}

void Vcd::on_dram(const TracedDram& event) {
  const size_t bus = buses_ + static_cast<size_t>(event.channel);
  const size_t rank = ranks_ + static_cast<size_t>(event.channel * dram_.ranks + event.rank);
  switch (event.kind) {
    case TracedDram::Kind::open:
      set(event.begin_ps, bank_of(event), 1);
      set(event.begin_ps, bank_of(event) + 1, event.row);
      return;
    case TracedDram::Kind::close:
      set(event.begin_ps, bank_of(event), 0);
      return;
    case TracedDram::Kind::read:
    case TracedDram::Kind::write:
      set(event.begin_ps, bus, event.kind == TracedDram::Kind::read ? 1 : 2);
      set(event.end_ps, bus, 0);
      return;
    case TracedDram::Kind::refresh:
      set(event.begin_ps, rank, 1);
      set(event.end_ps, rank, 0);
      return;
  }
}

void Vcd::finish() {
  if (!changes_.empty()) {
    const auto last = std::max_element(changes_.begin(), changes_.end(),
                                       [](const Change& a, const Change& b) { return a.at_ps < b.at_ps; });
    write_until(last->at_ps + 1);
  }
  file_.finish();
}

}  // namespace fusesim
