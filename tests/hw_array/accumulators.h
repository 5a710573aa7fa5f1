#pragma once

#include <cstdint>
#include <systemc>
#include <vector>

#include "program.h"
#include "tokens.h"

namespace fusesim::testing {

/// When a column was done with a block, in cycles since the run began.
struct BlockEnd {
  int64_t free = -1;       ///< the block's last step has left the column
  int64_t last_sums = -1;  ///< its last sums have, whether the column was in use or not
};

/// The foot of a column: adds up what leaves it. First sums of a result take bias or partial sum with them,
/// the last ones go to the buffer.
class Accumulators : public sc_core::sc_module {
 public:
  sc_core::sc_in<bool> clock{"clock"};
  sc_core::sc_in<Sums> sums{"sums"};

  Accumulators(const sc_core::sc_module_name& name, int64_t column);
  SC_HAS_PROCESS(Accumulators);

  /// `cycle` counts the edges of the run; program and count must outlive it.
  void start(const std::vector<Step>& program, int64_t accumulators, const int64_t& cycle);
  /// By block of the run.
  const std::vector<BlockEnd>& ends() const { return ends_; }
  /// What went to the buffer at the last edge, for waveforms.
  bool wrote() const { return wrote_; }
  int64_t written() const { return written_; }

 private:
  void add();
  void add(const Step& step, const Sums& arrived, int64_t position, size_t segment);

  int64_t column_;
  const std::vector<Step>* program_ = nullptr;
  const int64_t* cycle_ = nullptr;
  std::vector<BlockEnd> ends_;
  std::vector<int64_t> accumulators_;
  int64_t bias_ = 0;
  bool wrote_ = false;
  int64_t written_ = 0;
};

}  // namespace fusesim::testing
