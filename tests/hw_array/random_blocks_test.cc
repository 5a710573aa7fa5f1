#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "blocks/array_walk.h"
#include "register_array.h"
#include "testing/run_in_thread.h"
#include "time/array_time.h"

namespace fusesim::testing {
namespace {

constexpr int kArrays = 200;
constexpr int64_t kLeastBlocks = 500;
constexpr int64_t kLeastOfAKind = 20;

PeArrayConfig random_pe(std::mt19937_64& random, Dataflow dataflow, Columns columns) {
  PeArrayConfig pe;
  pe.rows = from(random, 1, 9);
  pe.columns = from(random, 1, 6);
  pe.dataflow = dataflow;
  pe.fold_taps = from(random, 0, 1) == 1;
  pe.depthwise_positions = from(random, 0, 1) == 1;
  pe.stripe = from(random, 0, 12);
  pe.weight_bytes_per_cycle = from(random, 0, 1) * from(random, 1, 40);
  pe.shadow_weights = from(random, 0, 2) > 0;
  if (columns == Columns::adder_tree) pe.fill_cycles = adder_tree_fill(pe.rows);
  return pe;
}

/// Blocks that run on an array without a gap.
struct BlockRun {
  std::deque<Convolution> convolutions;
  std::deque<OperandBuffer> buffers;
  std::vector<std::vector<BlockEnd>> ends;  // by column and block
};

BlockRun random_run(std::mt19937_64& random) {
  BlockRun run;
  for (int64_t i = from(random, 1, 3); i > 0; --i) {
    run.convolutions.push_back(random_convolution(random));
    run.buffers.emplace_back(run.convolutions.back());
  }
  return run;
}

/// A random array, and two runs with a gap between them.
struct Case {
  ArrayDesign design;
  std::unique_ptr<RegisterArray> array;
  std::deque<BlockRun> runs;
};

Case random_case(std::mt19937_64& random, Dataflow dataflow, Columns columns) {
  Case c;
  c.design.pe = random_pe(random, dataflow, columns);
  c.design.types.weight_bytes = from(random, 1, 2);
  c.design.columns = columns;
  c.array = std::make_unique<RegisterArray>(sc_core::sc_gen_unique_name("array"), c.design);
  for (int i = 0; i < 2; ++i) c.runs.push_back(random_run(random));
  return c;
}

void simulate(Case& c) {
  for (BlockRun& run : c.runs) {
    std::vector<OperandBuffer*> blocks;
    for (OperandBuffer& buffer : run.buffers) blocks.push_back(&buffer);
    run.ends = c.array->run(blocks);
    c.array->idle(3);
  }
}

/// Cycles from the last sums of a block to the end of its last step: the next weights still enter.
int64_t late_weights(const ArrayDesign& design, const hw::RowBlock& block) {
  if (design.pe.dataflow == Dataflow::output_stationary || !design.pe.shadow_weights) return 0;
  const hw::Stripes stripes = hw::stripes(design.pe, block);
  const int64_t length = stripes.rest > 0 ? stripes.rest : stripes.length;
  return std::max<int64_t>(0, design.pe.weight_load_cycles(design.types) - length);
}

void expect_equal(const hw::ArrayAccesses& moved, const hw::ArrayAccesses& expected) {
  EXPECT_EQ(moved.input_reads, expected.input_reads);
  EXPECT_EQ(moved.weight_reads, expected.weight_reads);
  EXPECT_EQ(moved.bias_reads, expected.bias_reads);
  EXPECT_EQ(moved.sum_reads, expected.sum_reads);
  EXPECT_EQ(moved.sum_writes, expected.sum_writes);
  EXPECT_EQ(moved.output_writes, expected.output_writes);
}

/// Cycles that a column is done before the last one.
int64_t cycles_before_the_last(const ArrayDesign& design, size_t column) {
  return design.columns == Columns::systolic ? design.pe.columns - 1 - static_cast<int64_t>(column) : 0;
}

/// The closed forms of the machine.
void expect_machine(const ArrayDesign& design, const BlockRun& run) {
  const hw::ArrayDataflow& dataflow = hw::array_dataflow(design.pe.dataflow);
  int64_t end = dataflow.start_cycles(design.pe, design.types);
  for (size_t i = 0; i < run.buffers.size(); ++i) {
    const hw::RowBlock& block = run.buffers[i].block();
    end += dataflow.cycles(design.pe, design.types, block);
    for (size_t c = 0; c < run.ends.size(); ++c) {
      EXPECT_EQ(run.ends[c][i].free, end - cycles_before_the_last(design, c));
      EXPECT_EQ(run.ends[c][i].last_sums, run.ends[c][i].free - late_weights(design, block));
    }
    expect_equal(run.buffers[i].accesses(), dataflow.accesses(design.pe, block));
  }
}

/// Those of the prediction.
void expect_prediction(const ArrayDesign& design, const BlockRun& run) {
  Config config;
  config.pe = design.pe;
  config.datatypes = design.types;
  const ArrayTime time(machine_params(config), design.types);
  int64_t end = time.start_cycles();
  for (size_t i = 0; i < run.buffers.size(); ++i) {
    const hw::RowBlock& b = run.buffers[i].block();
    const BlockTime block =
        time.block({b.positions, b.taps, b.group_inputs, b.outputs.first, b.outputs.last, b.group_outputs,
                    b.depthwise, b.biased, b.resumes_sums, b.leaves_sums, b.file_bits.input,
                    b.file_bits.weight, b.file_bits.bias, b.file_bits.output});
    end += block.unit_cycles;
    EXPECT_EQ(run.ends.back()[i].free, end);
    const hw::BufferBytes moved = run.buffers[i].accesses().bytes(design.types, b);
    EXPECT_EQ(moved.read, block.read_bytes);
    EXPECT_EQ(moved.write, block.write_bytes);
  }
}

/// What the random blocks have to have among them.
struct Kinds {
  int64_t all = 0, depthwise = 0, side_by_side = 0, grouped = 0, folded = 0, cut = 0, ragged = 0, resumed = 0,
          left = 0, hidden = 0;

  void count(const PeArrayConfig& pe, const hw::RowBlock& block, bool follows) {
    const hw::Stripes stripes = hw::stripes(pe, block);
    const int64_t products = block.taps * block.group_inputs;
    ++all;
    depthwise += block.depthwise ? 1 : 0;
    side_by_side += hw::walk_positions(pe, block) < block.positions ? 1 : 0;
    grouped += !block.depthwise && block.input_channels() > block.group_inputs ? 1 : 0;
    folded += !block.depthwise && pe.fold_taps && block.taps > 1 && block.group_inputs % pe.rows > 0 ? 1 : 0;
    cut += stripes.count() > 1 ? 1 : 0;
    ragged += products % pe.rows > 0 && block.outputs.size() % pe.columns > 0 && stripes.rest > 0 ? 1 : 0;
    resumed += block.resumes_sums ? 1 : 0;
    left += block.leaves_sums ? 1 : 0;
    hidden += follows && pe.shadow_weights ? 1 : 0;
  }
  int64_t least() const {
    return std::min({depthwise, side_by_side, grouped, folded, cut, ragged, resumed, left, hidden});
  }
};

class RandomBlocks : public ::testing::TestWithParam<std::tuple<Dataflow, Columns>> {};

TEST_P(RandomBlocks, ResultsCyclesAndAccessesOfTheRegistersAreThoseOfTheClosedForms) {
  const auto [dataflow, columns] = GetParam();
  std::mt19937_64 random(20 + static_cast<uint64_t>(dataflow));
  std::vector<Case> cases;
  cases.reserve(kArrays);
  for (int i = 0; i < kArrays; ++i) cases.push_back(random_case(random, dataflow, columns));
  run_in_thread([&cases] {
    for (Case& c : cases) simulate(c);
  });
  Kinds kinds;
  for (size_t i = 0; i < cases.size(); ++i) {
    SCOPED_TRACE("array " + std::to_string(i));
    for (const BlockRun& run : cases[i].runs) {
      expect_machine(cases[i].design, run);
      expect_prediction(cases[i].design, run);
      for (size_t b = 0; b < run.buffers.size(); ++b) {
        kinds.count(cases[i].design.pe, run.buffers[b].block(), b > 0);
        EXPECT_TRUE(run.buffers[b].complete());
        EXPECT_EQ(run.buffers[b].results(), plain_results(run.convolutions[b]));
      }
    }
  }
  EXPECT_GE(kinds.all, kLeastBlocks);
  EXPECT_GE(kinds.least(), kLeastOfAKind);
}

std::string name_of(const ::testing::TestParamInfo<std::tuple<Dataflow, Columns>>& info) {
  const auto [dataflow, columns] = info.param;
  const std::string name = columns == Columns::systolic ? "systolic_" : "adder_tree_";
  return name + kDataflows.at(static_cast<size_t>(dataflow)).first;
}

INSTANTIATE_TEST_SUITE_P(Dataflows, RandomBlocks,
                         ::testing::Combine(::testing::Values(Dataflow::output_stationary,
                                                              Dataflow::weight_stationary,
                                                              Dataflow::input_stationary),
                                            ::testing::Values(Columns::systolic, Columns::adder_tree)),
                         name_of);

}  // namespace
}  // namespace fusesim::testing
