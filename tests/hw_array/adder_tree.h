#pragma once

#include <cstdint>
#include <memory>
#include <systemc>
#include <vector>

#include "registers.h"
#include "tokens.h"

namespace fusesim::testing {

/// Adds what two branches bring, in a cycle; its result is in a register at the end of it.
class Adder : public sc_core::sc_module {
 public:
  sc_core::sc_in<bool> clock{"clock"};
  sc_core::sc_in<Sums> left{"left"};
  sc_core::sc_in<Sums> right{"right"};
  sc_core::sc_out<Sums> out{"out"};

  explicit Adder(const sc_core::sc_module_name& name);
  SC_HAS_PROCESS(Adder);

 private:
  void add();

  sc_core::sc_signal<Sums> sum_{"sum"};
  Registers<Sums> register_{"register", 1};
};

/// A tree of adders over the products of a column, one register after each level. A branch that finds no
/// other on its level waits there in a register. The tag of the leftmost branch is that of the result.
class AdderTree : public sc_core::sc_module {
 public:
  sc_core::sc_in<bool> clock{"clock"};

  /// `leaves`: at least one; they must outlive the tree.
  AdderTree(const sc_core::sc_module_name& name, std::vector<sc_core::sc_signal<Sums>*> leaves);

  sc_core::sc_signal<Sums>& root() { return *root_; }
  /// Levels of a tree with so many leaves.
  static int64_t depth(int64_t leaves);

 private:
  std::vector<sc_core::sc_signal<Sums>*> add_level(const std::vector<sc_core::sc_signal<Sums>*>& below);

  std::vector<std::unique_ptr<sc_core::sc_signal<Sums>>> signals_;
  std::vector<std::unique_ptr<Adder>> adders_;
  std::vector<std::unique_ptr<Registers<Sums>>> waits_;
  sc_core::sc_signal<Sums>* root_ = nullptr;
};

}  // namespace fusesim::testing
