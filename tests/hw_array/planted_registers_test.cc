#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "blocks/array_dataflow.h"
#include "register_array.h"
#include "testing/run_in_thread.h"

namespace fusesim::testing {
namespace {

constexpr int64_t kSide = 3;

/// 3 x 3, and a port that lets the weights of a step in at once, so that none has time to spare.
ArrayDesign tight_design(Dataflow dataflow, Columns columns) {
  ArrayDesign design;
  design.pe.rows = design.pe.columns = kSide;
  design.pe.dataflow = dataflow;
  design.pe.weight_bytes_per_cycle = kSide * kSide;
  if (columns == Columns::adder_tree) design.pe.fill_cycles = adder_tree_fill(kSide);
  design.columns = columns;
  return design;
}

/// An array, what it ran and when each column was done.
struct Trial {
  ArrayDesign design;
  std::unique_ptr<RegisterArray> array;
  std::unique_ptr<OperandBuffer> buffer;
  std::vector<std::vector<BlockEnd>> ends;
};

std::string name_of(const ArrayDesign& design) {
  const CellRegisters& r = design.odd_registers;
  return std::string(kDataflows.at(static_cast<size_t>(design.pe.dataflow)).first) +
         (design.columns == Columns::systolic ? ", systolic, cell " : ", adder tree, cell ") +
         std::to_string(design.odd_row) + "," + std::to_string(design.odd_column) + ": registers of input " +
         std::to_string(r.input) + ", lanes " + std::to_string(r.lanes) + ", sums " + std::to_string(r.sums);
}

/// Every cell in turn with one register too few and one too many on each of its ways that lead on.
std::vector<ArrayDesign> odd_designs(const ArrayDesign& sound) {
  std::vector<ArrayDesign> designs;
  for (int64_t row = 0; row < kSide; ++row) {
    for (int64_t column = 0; column < kSide; ++column) {
      for (const int64_t count : {0, 2}) {
        ArrayDesign odd = sound;
        odd.odd_row = row, odd.odd_column = column;
        odd.odd_registers = {count, 1, 1};
        designs.push_back(odd);
        odd.odd_registers = {1, 1, count};
        designs.push_back(odd);
        if (sound.columns == Columns::adder_tree || row + 1 == kSide) continue;
        odd.odd_registers = {1, count, 1};
        designs.push_back(odd);
      }
    }
  }
  return designs;
}

bool as_it_should_be(const Trial& trial, const Convolution& convolution) {
  const hw::ArrayDataflow& dataflow = hw::array_dataflow(trial.design.pe.dataflow);
  const int64_t cycles = dataflow.start_cycles(trial.design.pe, trial.design.types) +
                         dataflow.cycles(trial.design.pe, trial.design.types, trial.buffer->block());
  for (int64_t c = 0; c < kSide; ++c) {
    const int64_t before = trial.design.columns == Columns::systolic ? kSide - 1 - c : 0;
    if (trial.ends[static_cast<size_t>(c)][0].free != cycles - before) return false;
  }
  return trial.buffer->complete() && trial.buffer->results() == plain_results(convolution);
}

TEST(PlantedRegisters, ACellWithOneTooFewOrTooManyIsCaught) {
  std::mt19937_64 random(11);
  Convolution convolution = pointwise_convolution(2 * kSide, 2 * kSide, 9);
  for (int32_t& value : convolution.map) value = static_cast<int32_t>(from(random, -128, 127));
  for (int32_t& value : convolution.weights) value = static_cast<int32_t>(from(random, -128, 127));
  std::deque<Trial> trials;
  const auto add = [&](const ArrayDesign& design) {
    Trial& trial = trials.emplace_back();
    trial.design = design;
    trial.array = std::make_unique<RegisterArray>(sc_core::sc_gen_unique_name("array"), design);
    trial.buffer = std::make_unique<OperandBuffer>(convolution);
  };
  for (const auto& [name, dataflow] : kDataflows) {
    for (const Columns columns : {Columns::systolic, Columns::adder_tree}) {
      const ArrayDesign sound = tight_design(dataflow, columns);
      add(sound);
      for (const ArrayDesign& odd : odd_designs(sound)) add(odd);
    }
  }
  run_in_thread([&trials] {
    for (Trial& trial : trials) trial.ends = trial.array->run({trial.buffer.get()});
  });
  for (const Trial& trial : trials)
    EXPECT_EQ(as_it_should_be(trial, convolution), trial.design.odd_row < 0) << name_of(trial.design);
}

}  // namespace
}  // namespace fusesim::testing
