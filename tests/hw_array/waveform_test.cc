#include "waveform.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "blocks/array_dataflow.h"
#include "testing/run_in_thread.h"

namespace fusesim::testing {
namespace {

std::string readme() {
  std::ifstream file(std::string(FUSESIM_SOURCE_DIR) + "/hw/README.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Runs a 1x1 convolution on an array of 4 x 4, shows every cycle, and looks for it in the README of hw/.
void expect_in_readme(Dataflow dataflow, int64_t channels, int64_t outputs, int64_t positions,
                      int64_t cycles) {
  ArrayDesign design;
  design.pe.rows = design.pe.columns = 4;
  design.pe.dataflow = dataflow;
  const Convolution convolution = pointwise_convolution(channels, outputs, positions);
  OperandBuffer buffer(convolution);
  RegisterArray array("array", design);
  Waveform waveform(design);
  run_in_thread([&] {
    const auto show = [&] { waveform.sample(array, buffer); };
    const auto ends = array.run({&buffer}, show);
    EXPECT_EQ(ends.back()[0].free, cycles);
  });
  EXPECT_EQ(buffer.results(), plain_results(convolution));
  EXPECT_NE(readme().find(waveform.text()), std::string::npos) << "expected in hw/README.md:\n"
                                                               << waveform.text();
}

TEST(Waveform, WeightStationaryIsThatOfTheReadme) {
  // 2 reduction steps of 5 positions, which hide the 4 cycles of the next weights; start 4 + 4 + 4
  expect_in_readme(Dataflow::weight_stationary, 8, 4, 5, 12 + 2 * 5);
}

TEST(Waveform, InputStationaryIsThatOfTheReadme) {
  // 2 column steps of 5 positions
  expect_in_readme(Dataflow::input_stationary, 4, 8, 5, 12 + 2 * 5);
}

TEST(Waveform, OutputStationaryIsThatOfTheReadme) {
  // 2 reduction steps for each of 5 positions; start 4 + 4
  expect_in_readme(Dataflow::output_stationary, 8, 4, 5, 8 + 2 * 5);
}

}  // namespace
}  // namespace fusesim::testing
