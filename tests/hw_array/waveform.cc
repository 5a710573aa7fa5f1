#include "waveform.h"

#include <algorithm>

namespace fusesim::testing {
namespace {

std::string or_dot(bool there, int64_t value) { return there ? std::to_string(value) : "."; }
std::string or_dot(int64_t value) { return or_dot(value != 0, value); }

}  // namespace

Waveform::Waveform(const ArrayDesign& design) : pe_(design.pe) {
  const auto line = [this](const std::string& name) { lines_.push_back({name, {}}); };
  line("cycle"), line("read x"), line("read w");
  for (int64_t r = 0; r < pe_.rows; ++r) line("x " + std::to_string(r));
  line("w 0,0");
  line("w " + std::to_string(pe_.rows - 1) + "," + std::to_string(pe_.columns - 1));
  for (int64_t c = 0; c < pe_.columns; ++c) line("sum " + std::to_string(c));
  for (int64_t c = 0; c < pe_.columns; ++c) line("out " + std::to_string(c));
}

/// A column makes its results at the edge that ends a cycle, so that they are seen in the next.
void Waveform::sample(const RegisterArray& array, const OperandBuffer& buffer) {
  size_t line = 0;
  const hw::ArrayAccesses& now = buffer.accesses();
  add(line++, std::to_string(cycle_));
  add(line++, or_dot(now.input_reads - read_.input_reads));
  add(line++, or_dot(now.weight_reads - read_.weight_reads));
  read_ = now;
  for (int64_t r = 0; r < pe_.rows; ++r) add(line++, or_dot(array.held_input(r)));
  add(line++, or_dot(array.cell(0, 0).weight()));
  add(line++, or_dot(array.cell(pe_.rows - 1, pe_.columns - 1).weight()));
  for (int64_t c = 0; c < pe_.columns; ++c) {
    const Sums& foot = array.foot(c);
    add(line++, or_dot(foot.tag.step >= 0, foot.of_segment[0]));
  }
  for (int64_t c = 0; c < pe_.columns; ++c, ++line) {
    const Accumulators& column = array.accumulators(c);
    if (cycle_ > 0) add(line, or_dot(column.wrote(), column.written()));
  }
  ++cycle_;
}

std::string Waveform::text() const {
  std::string text;
  const size_t cycles = lines_.back().second.size();
  for (const auto& [name, cells] : lines_) {
    text += name + std::string(8 - name.size(), ' ');
    for (size_t i = 0; i < std::min(cycles, cells.size()); ++i)
      text += std::string(4 - cells[i].size(), ' ') + cells[i];
    text += '\n';
  }
  return text;
}

}  // namespace fusesim::testing
