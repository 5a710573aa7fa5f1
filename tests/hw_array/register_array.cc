#include "register_array.h"

#include <algorithm>
#include <cstddef>

namespace fusesim::testing {

int64_t adder_tree_fill(int64_t rows) { return 2 + AdderTree::depth(rows); }

RegisterArray::RegisterArray(const sc_core::sc_module_name& name, const ArrayDesign& design)
    : sc_module(name),
      design_(design),
      sequencer_("sequencer", design.pe, design.types),
      fed_inputs_("fed_inputs", static_cast<size_t>(design.pe.rows)),
      fed_lanes_("fed_lanes", static_cast<size_t>(design.pe.columns)),
      left_("left", static_cast<size_t>(design.pe.rows)),
      top_("top", static_cast<size_t>(design.pe.columns)),
      head_("head", static_cast<size_t>(design.pe.columns)),
      held_("held", static_cast<size_t>(design.pe.rows * design.pe.columns)),
      passed_("passed", static_cast<size_t>(design.pe.rows * design.pe.columns)),
      summed_("summed", static_cast<size_t>(design.pe.rows * design.pe.columns)) {
  sequencer_.clock(clock_);
  sequencer_.inputs.bind(fed_inputs_);
  sequencer_.lanes.bind(fed_lanes_);
  sequencer_.header(header_);
  join_edges();
  for (int64_t r = 0; r < design.pe.rows; ++r) {
    for (int64_t c = 0; c < design.pe.columns; ++c) make_cell(r, c);
  }
  for (int64_t c = 0; c < design.pe.columns; ++c) make_column_foot(c);
}

template <class T>
void RegisterArray::join(sc_core::sc_signal<T>& from, sc_core::sc_signal<T>& to, int64_t registers) {
  auto edge = std::make_unique<Registers<T>>(sc_core::sc_gen_unique_name("edge"), registers);
  edge->clock(clock_);
  edge->in(from);
  edge->out(to);
  edges_.push_back(std::move(edge));
}

/// Systolic, row r begins r cycles later than the first and column c c cycles. The sums of a place begin when
/// its first input is in a register.
void RegisterArray::join_edges() {
  const bool skewed = design_.columns == Columns::systolic;
  for (int64_t r = 0; r < design_.pe.rows; ++r) {
    const auto row = static_cast<size_t>(r);
    join(fed_inputs_[row], left_[row], skewed ? r : 0);
  }
  for (int64_t c = 0; c < design_.pe.columns; ++c) {
    const auto column = static_cast<size_t>(c);
    join(fed_lanes_[column], top_[column], skewed ? c : 0);
    join(header_, head_[column], 1 + (skewed ? c : 0));
  }
}

void RegisterArray::make_cell(int64_t row, int64_t column) {
  const PeArrayConfig& pe = design_.pe;
  const bool stays = pe.dataflow != Dataflow::output_stationary;
  const WeightPath path = stays && pe.shadow_weights ? WeightPath::shadow : WeightPath::direct;
  const bool odd = row == design_.odd_row && column == design_.odd_column;
  auto cell = std::make_unique<Cell>(sc_core::sc_gen_unique_name("cell"), row, path,
                                     odd ? design_.odd_registers : CellRegisters{});
  const bool systolic = design_.columns == Columns::systolic;
  const auto r = static_cast<size_t>(row);
  const auto c = static_cast<size_t>(column);
  cell->clock(clock_);
  cell->input_in(systolic && column > 0 ? held_[index(row, column - 1)] : left_[r]);
  cell->lanes_in(systolic && row > 0 ? passed_[index(row - 1, column)] : top_[c]);
  if (row == 0) {
    cell->sums_in(head_[c]);
  } else {
    cell->sums_in(systolic ? summed_[index(row - 1, column)] : nothing_);
  }
  cell->input_out(held_[index(row, column)]);
  cell->lanes_out(passed_[index(row, column)]);
  cell->sums_out(summed_[index(row, column)]);
  cells_.push_back(std::move(cell));
}

void RegisterArray::make_column_foot(int64_t column) {
  if (design_.columns == Columns::adder_tree) {
    std::vector<sc_core::sc_signal<Sums>*> leaves;
    for (int64_t r = 0; r < design_.pe.rows; ++r) leaves.push_back(&summed_[index(r, column)]);
    trees_.push_back(std::make_unique<AdderTree>(sc_core::sc_gen_unique_name("tree"), leaves));
    trees_.back()->clock(clock_);
  }
  accumulators_.push_back(
      std::make_unique<Accumulators>(sc_core::sc_gen_unique_name("accumulators"), column));
  accumulators_.back()->clock(clock_);
  accumulators_.back()->sums(foot_signal(column));
}

const sc_core::sc_signal<Sums>& RegisterArray::foot_signal(int64_t column) const {
  if (design_.columns == Columns::adder_tree) return trees_[static_cast<size_t>(column)]->root();
  return summed_[index(design_.pe.rows - 1, column)];
}

void RegisterArray::tick() {
  clock_.write(true);
  sc_core::wait(1, sc_core::SC_NS);
  clock_.write(false);
  sc_core::wait(1, sc_core::SC_NS);
}

std::vector<std::vector<BlockEnd>> RegisterArray::run(const std::vector<OperandBuffer*>& blocks,
                                                      const std::function<void()>& each_cycle) {
  program_.clear();
  int64_t deepest = 0;
  for (size_t b = 0; b < blocks.size(); ++b) {
    const std::vector<Step> steps = steps_of(design_.pe, *blocks[b], static_cast<int64_t>(b));
    program_.insert(program_.end(), steps.begin(), steps.end());
    deepest = std::max(deepest, testing::accumulators(design_.pe, *blocks[b]));
  }
  for (const auto& column : accumulators_) column->start(program_, deepest, cycle_);
  sequencer_.start(program_);
  const auto ended = [](const auto& column) { return column->ends().back().free >= 0; };
  for (cycle_ = 0; !std::all_of(accumulators_.begin(), accumulators_.end(), ended); ++cycle_) {
    tick();
    if (each_cycle) each_cycle();
  }
  std::vector<std::vector<BlockEnd>> ends;
  for (const auto& column : accumulators_) ends.push_back(column->ends());
  return ends;
}

void RegisterArray::idle(int64_t cycles) {
  for (int64_t i = 0; i < cycles; ++i) tick();
}

}  // namespace fusesim::testing
