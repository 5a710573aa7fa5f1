#include "fusesim/timeline/chrome_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <vector>

#include "dram_tracks.h"
#include "track.h"

namespace fusesim {
namespace {

constexpr int64_t kAccelerator = 1;
constexpr int64_t kDram = 2;
constexpr int64_t kBuffer = 3;
// Threads of the accelerator; transfers of one kind that overlap lie in lanes below each other.
constexpr int64_t kGroups = 0;
constexpr int64_t kArray = 1;
constexpr int64_t kVectorUnit = 2;
constexpr int64_t kLanesOfAKind = 1000;

const char* name_of(TracedKind kind) {
  switch (kind) {
    case TracedKind::ifmap:
      return "load rows";
    case TracedKind::weights:
      return "load weights";
    case TracedKind::ofmap:
      break;
  }
  return "store rows";
}

/// Where a slice lies that an arrow may come from.
struct Place {
  int64_t thread = 0;
  int64_t begin_ps = 0;
};

/// "rows":"3-5"
std::string range(const char* name, int64_t first, int64_t last) {
  std::string text = name + std::to_string(first);
  if (last - first > 1) text += '-' + std::to_string(last - 1);
  return text + '"';
}

}  // namespace

class ChromeTrace::Writer {
 public:
  Writer(const std::string& path, const Schedule& schedule, const Config& config, int64_t expected_ps,
         int64_t limit_bytes, const TraceFrame& frame)
      : file_(path, "--timeline"),
        after_(frame.after),
        events_(file_, limit_bytes, expected_ps),
        dram_(events_, config),
        schedule_(schedule),
        groups_(events_, kAccelerator, kGroups),
        array_(events_, kAccelerator, kArray),
        vector_(events_, kAccelerator, kVectorUnit) {
    file_.write(frame.before);
    file_.write("{\"displayTimeUnit\":\"ns\",\n");
    file_.write(fmt::format(R"("otherData":{{"model":{},"fusion":"{}","clock_mhz":{}}},)",
                            json_string(schedule.model_name), to_string(schedule.scheme),
                            static_cast<double>(config.clock_khz) / 1e3));
    file_.write("\n\"traceEvents\":[\n");
    events_.name_process(kAccelerator, "\"accelerator\"");
    events_.name_process(kDram, "\"DRAM\"");
    events_.name_process(kBuffer, "\"on-chip buffer\"");
    events_.name_thread(kAccelerator, kGroups, "\"groups\"");
    events_.name_thread(kAccelerator, kArray, "\"array\"");
    events_.name_thread(kAccelerator, kVectorUnit, "\"vector unit\"");
    for (const Op& op : schedule.graph->ops) ops_.push_back(json_string(op.name));
    for (const Tensor& tensor : schedule.graph->tensors) tensors_.push_back(json_string(tensor.name));
  }

  void begin_group(int64_t at_ps) { group_since_ps_ = at_ps; }

  void end_group(size_t group, int64_t at_ps) {
    const Group& ops = schedule_.groups[group].ops;
    groups_.add({group_since_ps_, at_ps, fmt::format("\"group {}\"", group),
                 fmt::format("\"first\":{},\"last\":{},\"ops\":{}", ops_[static_cast<size_t>(ops.front())],
                             ops_[static_cast<size_t>(ops.back())], ops.size())});
    for (const auto& [part, level] : levels_) events_.counter(level.name, at_ps, 0, 0);
    levels_.clear();
    blocks_.clear();
    last_ps_ = at_ps;
  }

  void block(const TracedBlock& b) {
    Slice slice{b.begin_ps,
                b.end_ps,
                ops_[static_cast<size_t>(b.op)],
                range(R"("rows":")", b.first_row, b.last_row) + range(R"(,"channels":")", b.c0, b.c1),
                {}};
    if (b.computes_ps > b.begin_ps) slice.inside.push_back({b.begin_ps, b.computes_ps, "\"fill\"", ""});
    if (b.end_ps > b.waits_ps) slice.inside.push_back({b.waits_ps, b.end_ps, "\"buffer port\"", ""});
    Track& track = b.unit == Cause::array ? array_ : vector_;
    track.add(std::move(slice));
    for (const int64_t load : b.loads) arrow(loads_, load, "load", {track.thread(), b.begin_ps}, true);
    if (events_.resolution_ps() == 0) blocks_[b.id] = {track.thread(), b.begin_ps};
  }

  void transfer(const TracedTransfer& t) {
    Track& track = lane(t.kind, t.begin_ps, t.end_ps);
    std::string args = R"("bytes":)" + std::to_string(t.bytes);
    if (t.kind != TracedKind::weights) args += range(R"(,"rows":")", t.first_row, t.first_row + t.rows);
    const std::string& name = t.kind == TracedKind::weights ? ops_[static_cast<size_t>(t.op)]
                                                            : tensors_[static_cast<size_t>(t.tensor)];
    track.add({t.begin_ps, t.end_ps, name, args});
    if (t.kind != TracedKind::ofmap && events_.resolution_ps() == 0)
      loads_[t.id] = {track.thread(), t.begin_ps};
    for (const int64_t block : t.blocks) arrow(blocks_, block, "store", {track.thread(), t.begin_ps}, false);
  }

  void level(const TracedLevel& level) {
    Shown& shown = levels_[level.part];
    const bool due = shown.name.empty() || level.at_ps - shown.at_ps >= events_.resolution_ps();
    if (!due) return;
    if (shown.name.empty()) shown.name = json_string(level.name);
    shown.at_ps = level.at_ps;
    events_.counter(shown.name, level.at_ps, level.bytes, level.capacity_bytes - level.bytes);
  }

  void dram(const TracedDram& event) { dram_.add(event); }

  void finish() {
    for (Track* track : {&groups_, &array_, &vector_}) track->flush();
    for (std::vector<Lane>& lanes : lanes_) {
      for (Lane& lane : lanes) lane.track.flush();
    }
    dram_.finish(last_ps_);
    // the events before end with a comma
    file_.write(R"({"ph":"M","pid":1,"name":"process_sort_index","args":{"sort_index":0}})", "\n]}\n");
    file_.write(after_);
    file_.finish();
  }

 private:
  struct Lane {
    Track track;
    int64_t end_ps = 0;
  };
  struct Shown {
    std::string name;  // a JSON string
    int64_t at_ps = 0;
  };
  using Places = std::unordered_map<int64_t, Place>;

  /// Transfers come in the order of their ends; one goes into the first lane that was free when it began.
  Track& lane(TracedKind kind, int64_t begin_ps, int64_t end_ps) {
    std::vector<Lane>& lanes = lanes_[static_cast<size_t>(kind)];
    auto free =
        std::find_if(lanes.begin(), lanes.end(), [begin_ps](const Lane& l) { return l.end_ps <= begin_ps; });
    if (free == lanes.end()) {
      const int64_t number = static_cast<int64_t>(lanes.size());
      const int64_t thread = kLanesOfAKind * (static_cast<int64_t>(kind) + 1) + number;
      events_.name_thread(kAccelerator, thread,
                          json_string(fmt::format("DMA {} {}", name_of(kind), number + 1)));
      free = lanes.insert(lanes.end(), {Track(events_, kAccelerator, thread), 0});
    }
    free->end_ps = end_ps;
    return free->track;
  }

  void arrow(Places& places, int64_t id, const char* name, const Place& to, bool once) {
    const auto from = places.find(id);
    if (from == places.end()) return;
    if (events_.resolution_ps() == 0) {
      events_.flow(++arrows_, name, {kAccelerator, from->second.thread, from->second.begin_ps},
                   {kAccelerator, to.thread, to.begin_ps});
    }
    if (once) places.erase(from);
  }

  WholeFile file_;
  std::string after_;
  TraceEvents events_;
  DramTracks dram_;
  const Schedule& schedule_;
  Track groups_, array_, vector_;
  std::array<std::vector<Lane>, 3> lanes_;  // by kind
  std::vector<std::string> ops_, tensors_;  // JSON strings
  Places loads_, blocks_;
  std::unordered_map<int64_t, Shown> levels_;
  int64_t arrows_ = 0;
  int64_t group_since_ps_ = 0;
  int64_t last_ps_ = 0;
};

ChromeTrace::ChromeTrace(const std::string& path, const Schedule& schedule, const Config& config,
                         int64_t expected_ps, int64_t limit_bytes, const TraceFrame& frame)
    : writer_(std::make_unique<Writer>(path, schedule, config, expected_ps, limit_bytes, frame)) {}
ChromeTrace::~ChromeTrace() = default;

void ChromeTrace::finish() { writer_->finish(); }
void ChromeTrace::on_group_begin(size_t, int64_t at_ps) { writer_->begin_group(at_ps); }
void ChromeTrace::on_group_end(size_t group, int64_t at_ps) { writer_->end_group(group, at_ps); }
void ChromeTrace::on_block(const TracedBlock& block) { writer_->block(block); }
void ChromeTrace::on_transfer(const TracedTransfer& transfer) { writer_->transfer(transfer); }
void ChromeTrace::on_level(const TracedLevel& level) { writer_->level(level); }
void ChromeTrace::on_dram(const TracedDram& event) { writer_->dram(event); }

}  // namespace fusesim
