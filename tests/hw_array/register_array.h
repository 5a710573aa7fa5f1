#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <systemc>
#include <vector>

#include "accumulators.h"
#include "adder_tree.h"
#include "cell.h"
#include "convolution.h"
#include "fusesim/config/config.h"
#include "program.h"
#include "registers.h"
#include "sequencer.h"

namespace fusesim::testing {

/// How the products of a column are summed up.
enum class Columns {
  systolic,    ///< from cell to cell; inputs go from column to column
  adder_tree,  ///< all at once, in a tree; inputs and weights reach all columns in the same cycle
};

struct ArrayDesign {
  PeArrayConfig pe;
  Datatypes types;
  Columns columns = Columns::systolic;
  /// One cell that is built otherwise: a fault.
  int64_t odd_row = -1, odd_column = -1;
  CellRegisters odd_registers;
};

/// Cycles that a column of an adder tree takes: into the input register, into that of the product, through
/// the levels; the sum of the last one is added up in the cycle after. What pe.fill_cycles is for it.
int64_t adder_tree_fill(int64_t rows);

/// An array at register level: sequencer, edges, cells, accumulators, all on one clock that ticks only while
/// it is asked to.
class RegisterArray : public sc_core::sc_module {
 public:
  RegisterArray(const sc_core::sc_module_name& name, const ArrayDesign& design);

  /// Blocks the calling SC_THREAD while these blocks run one after another without a gap. `each_cycle` is
  /// called at the end of every cycle. Returns their ends by column.
  std::vector<std::vector<BlockEnd>> run(const std::vector<OperandBuffer*>& blocks,
                                         const std::function<void()>& each_cycle = nullptr);
  /// Blocks the calling SC_THREAD while nothing happens.
  void idle(int64_t cycles);

  const Cell& cell(int64_t row, int64_t column) const { return *cells_[index(row, column)]; }
  /// What cell (row, 0) has in its input register, what column c has at its foot.
  int32_t held_input(int64_t row) const { return held_[index(row, 0)].read().value; }
  const Sums& foot(int64_t column) const { return foot_signal(column).read(); }
  const Accumulators& accumulators(int64_t column) const {
    return *accumulators_[static_cast<size_t>(column)];
  }
  /// Of the cycle: what enters column `column`.
  const Lanes& lanes(int64_t column) const { return fed_lanes_[static_cast<size_t>(column)].read(); }

 private:
  size_t index(int64_t row, int64_t column) const {
    return static_cast<size_t>(row * design_.pe.columns + column);
  }
  const sc_core::sc_signal<Sums>& foot_signal(int64_t column) const;
  template <class T>
  void join(sc_core::sc_signal<T>& from, sc_core::sc_signal<T>& to, int64_t registers);
  void join_edges();
  void make_cell(int64_t row, int64_t column);
  void make_column_foot(int64_t column);
  void tick();

  ArrayDesign design_;
  sc_core::sc_signal<bool> clock_{"clock"};
  ArraySequencer sequencer_;
  sc_core::sc_vector<sc_core::sc_signal<Input>> fed_inputs_;  // by row
  sc_core::sc_vector<sc_core::sc_signal<Lanes>> fed_lanes_;   // by column
  sc_core::sc_signal<Sums> header_{"header"};
  sc_core::sc_vector<sc_core::sc_signal<Input>> left_;  // of the first column, by row
  sc_core::sc_vector<sc_core::sc_signal<Lanes>> top_;   // of the first row, by column
  sc_core::sc_vector<sc_core::sc_signal<Sums>> head_;   // of a column
  sc_core::sc_signal<Sums> nothing_{"nothing"};
  sc_core::sc_vector<sc_core::sc_signal<Input>> held_;  // by cell: what leaves it
  sc_core::sc_vector<sc_core::sc_signal<Lanes>> passed_;
  sc_core::sc_vector<sc_core::sc_signal<Sums>> summed_;
  std::vector<std::unique_ptr<Cell>> cells_;
  std::vector<std::unique_ptr<AdderTree>> trees_;
  std::vector<std::unique_ptr<Accumulators>> accumulators_;
  std::vector<std::unique_ptr<sc_core::sc_module>> edges_;
  std::vector<Step> program_;
  int64_t cycle_ = 0;
};

}  // namespace fusesim::testing
