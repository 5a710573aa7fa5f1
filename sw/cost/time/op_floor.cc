#include "time/op_floor.h"

#include <algorithm>
#include <cmath>

#include "fusesim/base/checked.h"
#include "fusesim/cost/widths.h"
#include "fusesim/graph/op_facts.h"
#include "rows/row_window.h"
#include "summable.h"
#include "time/array_time.h"
#include "time/op_time.h"
#include "time/spent.h"

namespace fusesim {
namespace {

int64_t picojoules(double pj) { return checked_floor(pj, "picojoules"); }

}  // namespace

std::vector<int64_t> certain_rows_from_top(const Graph& graph) {
  std::vector<int64_t> rows(graph.tensors.size(), 0);
  for (size_t t = 0; t < rows.size(); ++t) {
    const Tensor& tensor = graph.tensors[t];
    if (tensor.graph_output || tensor.producer < 0) rows[t] = tensor.shape.h;
  }
  for (size_t o = graph.ops.size(); o-- > 0;) {
    const Op& op = graph.ops[o];
    const int64_t made = rows[static_cast<size_t>(op.output())];
    for (size_t i = 0; i < op.inputs.size(); ++i) {
      int64_t& above = rows[static_cast<size_t>(op.inputs[i])];
      const int64_t height = graph.in_shape(op, i).h;
      int64_t needed = height;
      if (!is_opaque(op) && made > 0) {
        const RowWindow w = row_window(graph, op, i);
        if (w.rule != RowRule::stream) needed = w.end(made - 1);
      }
      above = std::max(above, needed);
    }
  }
  return rows;
}

WorkFloor machine_floor(const MachineParams& machine) {
  const DramPart& d = machine.dram;
  const EnergyConfig& e = machine.energy;
  WorkFloor floor;
  const double dram_cycle = static_cast<double>(machine.clock_khz) / static_cast<double>(d.clock_khz);
  const auto burst_bytes = static_cast<double>(d.burst_bytes() * d.channels);
  const int64_t data_clocks = d.data_clocks();
  floor.cycles_per_byte = static_cast<double>(data_clocks) * dram_cycle / burst_bytes;
  floor.pj_per_byte =
      std::min(e.dram_read_burst_pj, e.dram_write_burst_pj) / static_cast<double>(d.burst_bytes());
  constexpr double kPjPerMwSecond = 1e9;
  const double second_per_cycle = 1.0 / (static_cast<double>(machine.clock_khz) * 1e3);
  const auto ranks = static_cast<double>(d.channels * d.ranks);
  floor.pj_per_cycle = (e.static_mw + ranks * least_standby_mw(e)) * kPjPerMwSecond * second_per_cycle;
  return floor;
}

namespace {

OpWork least_work_unchecked(const Graph& graph, const Op& op, int64_t rows, const CostParams& params) {
  const MachineParams& machine = params.machine;
  const EnergyConfig& e = machine.energy;
  OpWork work;
  const Shape& out = graph.out_shape(op);
  const auto bytes_pj = [&machine](int64_t read, int64_t written) {
    return static_cast<double>(read) * machine.buffer_read_byte_pj +
           static_cast<double>(written) * machine.buffer_write_byte_pj;
  };
  if (is_opaque(op)) return work;
  const auto images = static_cast<double>(graph.batch);
  // Weights that ops share are written to the buffer with the first of them.
  const int64_t weights = op.parameters_of < 0 ? weight_bytes(op, params.datatypes) : 0;
  if (op_facts(op).unit == Unit::pe_array) {
    const ArrayBlock block = array_block(graph, op, rows);
    const BlockTime time = ArrayTime(machine, params.datatypes).least(block);
    const double macs =
        static_cast<double>(mac_count(graph, op)) * static_cast<double>(rows) / static_cast<double>(out.h);
    work.array_cycles = checked_mul(graph.batch, time.unit_cycles, "cycles of the array");
    work.energy_pj =
        picojoules(images * (std::floor(macs) * e.mac_pj + bytes_pj(time.read_bytes, time.write_bytes)) +
                   bytes_pj(0, weights));
    return work;
  }
  // A concat may take its inputs over where they lie.
  if (op.kind == OpKind::concat) return work;
  const int64_t row_ops = vector_ops(graph, op, out.c);
  const int64_t ops =
      checked_mul(row_ops, op_facts(op).pools_map() ? graph.in_shape(op).h : rows, "elementwise operations");
  work.vector_cycles = checked_mul(graph.batch, ops / machine.vector_unit.lanes, "cycles of the vector unit");
  const int64_t row_bytes = out.c * piece_bytes(graph.tensor(op.output()), out.w, params.datatypes);
  const double image_pj = static_cast<double>(ops) * e.vector_op_pj +
                          bytes_pj(0, op_facts(op).pools_map() ? 0 : row_bytes * rows);
  work.energy_pj = picojoules(images * image_pj + bytes_pj(0, weights));
  return work;
}

}  // namespace

OpWork least_work(const Graph& graph, const Op& op, int64_t rows, const CostParams& params) {
  return named([&op] { return "op '" + op.name + "'"; },
               [&] {
                 const OpWork work = least_work_unchecked(graph, op, rows, params);
                 require_summable(graph, work);
                 return work;
               });
}

}  // namespace fusesim
