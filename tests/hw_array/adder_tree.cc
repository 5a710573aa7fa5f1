#include "adder_tree.h"

#include <cstddef>
#include <utility>

namespace fusesim::testing {

Adder::Adder(const sc_core::sc_module_name& name) : sc_module(name) {
  register_.clock(clock);
  register_.in(sum_);
  register_.out(out);
  SC_METHOD(add);
  sensitive << left << right;
}

void Adder::add() {
  Sums sums = left.read();
  for (size_t i = 0; i < sums.of_segment.size(); ++i) sums.of_segment[i] += right.read().of_segment[i];
  sum_.write(sums);
}

AdderTree::AdderTree(const sc_core::sc_module_name& name, std::vector<sc_core::sc_signal<Sums>*> leaves)
    : sc_module(name) {
  while (leaves.size() > 1) leaves = add_level(leaves);
  root_ = leaves.front();
}

std::vector<sc_core::sc_signal<Sums>*> AdderTree::add_level(
    const std::vector<sc_core::sc_signal<Sums>*>& below) {
  std::vector<sc_core::sc_signal<Sums>*> above;
  for (size_t i = 0; i < below.size(); i += 2) {
    signals_.push_back(std::make_unique<sc_core::sc_signal<Sums>>(sc_core::sc_gen_unique_name("level")));
    above.push_back(signals_.back().get());
    if (i + 1 < below.size()) {
      adders_.push_back(std::make_unique<Adder>(sc_core::sc_gen_unique_name("adder")));
      adders_.back()->clock(clock);
      adders_.back()->left(*below[i]);
      adders_.back()->right(*below[i + 1]);
      adders_.back()->out(*above.back());
    } else {
      waits_.push_back(std::make_unique<Registers<Sums>>(sc_core::sc_gen_unique_name("wait"), 1));
      waits_.back()->clock(clock);
      waits_.back()->in(*below[i]);
      waits_.back()->out(*above.back());
    }
  }
  return above;
}

int64_t AdderTree::depth(int64_t leaves) {
  int64_t levels = 0;
  for (; leaves > 1; leaves = (leaves + 1) / 2) ++levels;
  return levels;
}

}  // namespace fusesim::testing
