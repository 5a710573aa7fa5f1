#pragma once

#include <cstdint>
#include <queue>
#include <utility>
#include <vector>

#include "lbdf/stage_times.h"
#include "rows/group_view.h"
#include "time/dram_bus.h"

namespace fusesim {

/// Plays the rows of a group under LBDF against one array, one vector unit and one data bus. A stage makes a
/// row once the rows that it needs are there, its output ring has a free slot and its weights have come; a
/// load or store moves one row at a time. Units serve requests in the order in which they come.
class LbdfTimeline {
 public:
  LbdfTimeline(const DramPlaces& places, DramBus bus);
  /// Cycles until all outgoing rows have left.
  int64_t run(const GroupView& view, const LbdfStageTimes& times);
  /// DRAM rows that the last run opened.
  double activates() const { return bus_.activates(); }
  /// Cycles in which a rank of the DRAM had no open row.
  double closed_cycles() const { return bus_.closed() / static_cast<double>(kTicksPerCycle); }

 private:
  using Time = int64_t;  ///< kTicksPerCycle per cycle
  enum class What : uint8_t { weights, load, stage, store };

  struct Event {
    Time time;
    int64_t sequence;
    int process;  ///< whose step on a unit ends
    bool operator<(const Event& o) const { return time != o.time ? time > o.time : sequence > o.sequence; }
  };
  struct Ring {
    const LbdfRingTimes* times = nullptr;
    int64_t made = 0, released = 0;
    int writer = -1;
    std::vector<int> readers;
    bool has_slot() const { return made - released < times->slots; }
  };
  struct Input {
    int ring = 0;
    const Edge* edge = nullptr;  ///< null: a store
    int64_t low = 0;             ///< this reader is done with the rows below
  };
  struct Process {
    What what = What::stage;
    int ring = -1;  ///< it fills; stores: -1
    int64_t row = 0, rows = 0;
    std::vector<Input> inputs;
    const LbdfStageTimes::Stage* stage = nullptr;
    size_t step = 0;
    bool busy = false;
    int64_t pooled = 0;  ///< input rows of a GlobalAvgPool
    int64_t moving = 1;  ///< rows of the load under way
  };
  struct Unit {
    bool busy = false;
    Time free_since = -1;
    Time start = 0;  ///< before the first block after a gap
    std::priority_queue<std::pair<Time, int>, std::vector<std::pair<Time, int>>, std::greater<>> queue;
  };
  void build(const GroupView& view, const LbdfStageTimes& times);
  int add_process(What what, int ring, int64_t rows);

  void wake(int process);
  void wake_readers(int ring);
  void try_weights(int index);
  void try_load(int index);
  void try_stage(int index);
  void try_store(int index);
  bool has_inputs(const Process& p) const;
  bool has_weights(const Process& p) const;

  Unit& unit_of(const LbdfStageTimes::Step& step) { return step.on_array ? array_ : vector_; }
  void request_step(int index);
  void serve(Unit& unit);
  void finish_step(int index);
  void finish_row(int index);
  void push_rows(int ring, int64_t rows);
  void release(Process& reader, int64_t next_row);
  void update_released(int ring);

  TensorId tensor_of(int local) const { return view_->tensors[static_cast<size_t>(local)].id; }
  void begin_transfer(int process, int64_t address, int64_t bytes, bool writes);
  void finish_transfer(int process);

  const DramPlaces& places_;
  DramBus bus_;
  const GroupView* view_ = nullptr;
  const LbdfStageTimes* times_ = nullptr;
  std::vector<Ring> rings_;
  std::vector<Process> processes_;
  std::vector<int> stages_;  ///< processes
  size_t weights_here_ = 0;  ///< of times_->weights
  Unit array_, vector_;
  std::vector<int> ended_;  ///< processes whose transfers end now
  std::priority_queue<Event> events_;
  int64_t sequence_ = 0;
  Time now_ = 0, last_ = 0;
};

}  // namespace fusesim
