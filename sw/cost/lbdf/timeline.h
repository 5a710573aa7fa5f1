#pragma once

#include <cstdint>
#include <deque>
#include <queue>
#include <utility>
#include <vector>

#include "fusesim/cost/params.h"
#include "lbdf/stage_times.h"
#include "rows/group_view.h"
#include "time/dram_time.h"

namespace fusesim {

/// Plays the rows of a group under LBDF against one array, one vector unit and one data bus. A stage makes a
/// row once the rows that it needs are there, its output ring has a free slot and its weights have come; a
/// load or store moves one row at a time. Units serve requests in the order in which they come, the bus takes
/// turns between transfers.
class LbdfTimeline {
 public:
  LbdfTimeline(const CostParams& params, const DramTime& dram_time);
  /// Cycles until all outgoing rows have left.
  int64_t run(const GroupView& view, const LbdfStageTimes& times);
  /// DRAM rows that the last run expects to open again because another stream's row lay in the same bank.
  double conflicts() const { return conflicts_; }

 private:
  using Time = int64_t;  ///< kTicks per cycle
  enum class What : uint8_t { weights, load, stage, store };
  enum class Wake : uint8_t { unit_done, transfer_ready, turn_done, transfer_done };

  struct Event {
    Time time;
    int64_t sequence;
    Wake wake;
    int index;
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
    int64_t pooled = 0;      ///< input rows of a GlobalAvgPool
    int64_t moving = 1;      ///< rows of the load under way
    int64_t last_turn = -1;  ///< on the bus
  };
  struct Unit {
    bool busy = false;
    Time free_since = -1;
    Time start = 0;  ///< before the first block after a gap
    std::priority_queue<std::pair<Time, int>, std::vector<std::pair<Time, int>>, std::greater<>> queue;
  };
  struct Transfer {
    int process = -1;
    double bursts = 0;
    bool writes = false;
    Time opening = 0;  ///< of the rows of its last turn
  };

  void build(const GroupView& view, const LbdfStageTimes& times);
  int add_process(What what, int ring, int64_t rows);
  void post(Time time, Wake wake, int index) { events_.push({time, sequence_++, wake, index}); }
  void handle(const Event& event);

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

  void begin_transfer(int process, double bursts, bool writes);
  Time after_refreshes(Time start, Time length) const;
  void serve_bus();
  double closed_rows(int index, double bursts);
  void finish_transfer(int process);

  const DramTime& dram_time_;
  Time latency_ = 0, write_latency_ = 0, setup_ = 0, refresh_period_ = 1, refresh_ = 0;
  double turn_bursts_ = 1;

  const LbdfStageTimes* times_ = nullptr;
  std::vector<Ring> rings_;
  std::vector<Process> processes_;
  std::vector<int> stages_;        ///< processes
  std::vector<Transfer> waiting_;  ///< being set up, by process
  size_t weights_here_ = 0;        ///< of times_->weights
  Unit array_, vector_;
  std::deque<Transfer> bus_queue_;
  Transfer on_bus_;
  bool bus_busy_ = false, bus_writes_ = false;
  Time bus_end_ = 0;
  int64_t turns_ = 0;
  double apart_ = 1;
  double conflicts_ = 0;
  std::priority_queue<Event> events_;
  int64_t sequence_ = 0;
  Time now_ = 0, last_ = 0;
};

}  // namespace fusesim
