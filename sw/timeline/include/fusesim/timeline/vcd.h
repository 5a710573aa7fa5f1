#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/hw/trace.h"
#include "fusesim/schedule/schedule.h"
#include "fusesim/timeline/whole_file.h"

namespace fusesim {

/// Writes a run as a value change dump (IEEE 1364, clause 18), which GTKWave shows; a tick is a picosecond.
///
///     accelerator  group; of array and vector unit what they do (0 nothing, 1 fill, 2 compute, 3 wait for a
///                  port), for which op and from which row of it; transfers under way of each kind
///     dram         of each channel its data bus (0 still, 1 read, 2 write), of each rank whether it
///                  refreshes, of each bank whether a row is open and which
///     buffer       bytes in the part of each tensor, and in that of the weights
class Vcd : public MachineObserver {
 public:
  /// Throws Error if the file cannot be written. The references must outlive it.
  Vcd(const std::string& path, const Schedule& schedule, const Config& config);
  /// The file is there. Throws Error if it could not be written.
  void finish();

  void on_group_begin(size_t group, int64_t at_ps) override;
  void on_group_end(size_t group, int64_t at_ps) override;
  void on_block(const TracedBlock& block) override;
  void on_transfer(const TracedTransfer& transfer) override;
  void on_level(const TracedLevel& level) override;
  void on_dram(const TracedDram& event) override;

 private:
  struct Signal {
    std::string code;
    int64_t bits = 1;
    int64_t value = 0;
    bool counts = false;  // changes are added to its value
  };
  struct Change {
    int64_t at_ps = 0;
    size_t signal = 0;
    int64_t value = 0;
  };
  struct Unit {
    size_t state = 0, op = 0, row = 0;
  };

  size_t declare(const std::string& name, int64_t bits, bool counts = false);
  void scope(const std::string& name);
  void end_scope();
  void declare_dram(const DramConfig& dram);
  void set(int64_t at_ps, size_t signal, int64_t value) { changes_.push_back({at_ps, signal, value}); }
  void write_until(int64_t end_ps);
  void write_value(const Signal& signal);
  size_t bank_of(const TracedDram& event) const;

  WholeFile file_;
  const Schedule& schedule_;
  const DramConfig dram_;
  std::vector<Signal> signals_;
  std::vector<Change> changes_;
  size_t group_ = 0;
  Unit array_, vector_;
  size_t transfers_ = 0;                      // one signal per kind
  size_t buses_ = 0, ranks_ = 0, banks_ = 0;  // of each bank two: open, row
  static constexpr size_t kUnknown = SIZE_MAX;
  std::vector<size_t> parts_;             // of the group: signals of its parts of the buffer
  std::map<std::string, size_t> levels_;  // by the name of the part
  int64_t written_ps_ = -1;
};

}  // namespace fusesim
