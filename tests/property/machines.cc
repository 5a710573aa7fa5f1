#include "machines.h"

#include <utility>
#include <vector>

namespace fusesim::testing {
namespace {

constexpr int64_t kKib = 1024;

Config base(int64_t capacity_bytes, int64_t rows, int64_t columns, std::vector<int64_t> slices) {
  Config config;
  config.buffer.capacity_bytes = capacity_bytes;
  config.pe.rows = rows;
  config.pe.columns = columns;
  config.vector_unit.lanes = columns;
  config.brr.slice_channels = std::move(slices);
  return config;
}

}  // namespace

Machine wide_machine() { return {"wide", base(40 * kKib, 32, 32, {32, 16, 8}), {}}; }

Machine tiny_machine() {
  Config config = base(1536, 4, 4, {4, 2, 1});
  config.pe.dataflow = Dataflow::output_stationary;
  return {"tiny", config, RandomGraphOptions::tiny()};
}

Machine paper_machine() {
  Config config = base(24 * kKib, 8, 16, {16, 8, 4});
  config.datatypes = {2, 2, 4, 2};
  RandomGraphOptions graphs;
  graphs.max_channels = 48;
  return {"paper", config, graphs};
}

Machine mixed_machine() {
  Config config = base(4 * kKib, 5, 6, {6, 3});
  config.datatypes = {2, 1, 4, 4};
  config.pe.dataflow = Dataflow::input_stationary;
  config.pe.stripe = 7;
  config.buffer.banks = 1;
  config.lbdf.prefetch_rows = 2;
  config.dram.channels = 2;
  return {"mixed", config, RandomGraphOptions::tiny()};
}

Machine tiny_ahead_machine() {
  Machine machine = tiny_machine();
  machine.name = "tiny, weights ahead";
  machine.config.brr.double_buffer = DoubleBuffer::weights;
  machine.config.prefetch_next_group = true;
  return machine;
}

Machine paper_ahead_machine() {
  Machine machine = paper_machine();
  machine.name = "paper, all ahead";
  machine.config.brr.double_buffer = DoubleBuffer::all;
  machine.config.prefetch_next_group = true;
  return machine;
}

Machine roomy_machine() {
  Config config = base(512 * kKib, 16, 32, {32, 16, 8});
  config.pe.shadow_weights = false;
  config.pe.stripe = 0;
  config.dram.open_page = false;
  return {"roomy", config, {}};
}

Machine real_machine() {
  RandomGraphOptions graphs;
  graphs.max_channels = 512;
  graphs.max_height = 64;
  graphs.max_width = 64;
  return {"real", Config{}, graphs};
}

}  // namespace fusesim::testing
