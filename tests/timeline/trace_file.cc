#include "trace_file.h"

#include <algorithm>
#include <cmath>
#include <fstream>

namespace fusesim::testing {
namespace {

using nlohmann::json;

int64_t ps_of(const json& us) { return std::llround(us.get<double>() * 1e6); }

class Reader {
 public:
  TraceFile read(const std::string& path) {
    const json file = json::parse(std::ifstream(path));
    if (!file.at("traceEvents").is_array()) fault("traceEvents is no array");
    for (const json& event : file.at("traceEvents")) names(event);
    for (const json& event : file.at("traceEvents")) take(event);
    for (auto& [track, slices] : trace_.tracks) check_track(track, slices);
    for (const auto& [id, ends] : arrows_) check_arrow(id, ends);
    trace_.arrows = static_cast<int64_t>(arrows_.size());
    for (const auto& [name, levels] : trace_.counters) check_counter(name, levels);
    return std::move(trace_);
  }

 private:
  struct End {
    std::string track;
    int64_t at_ps = 0;
  };
  struct Ends {
    std::vector<End> starts, finishes;
  };

  void fault(const std::string& text) {
    if (trace_.faults.size() < 10) trace_.faults.push_back(text);
  }

  void names(const json& event) {
    if (event.at("ph") != "M") return;
    const std::string what = event.at("name");
    const int process = event.at("pid");
    if (what == "process_name") processes_[process] = event.at("args").at("name");
    if (what == "thread_name") threads_[{process, event.at("tid")}] = event.at("args").at("name");
  }

  std::string track_of(const json& event) {
    const std::pair<int, int> key{event.at("pid"), event.at("tid")};
    if (threads_.count(key) == 0 || processes_.count(key.first) == 0)
      fault("an event on a track without a name");
    return processes_[key.first] + "/" + threads_[key];
  }

  void take(const json& event) {
    const std::string phase = event.at("ph");
    if (phase == "X") {
      const int64_t begin = ps_of(event.at("ts"));
      trace_.tracks[track_of(event)].push_back(
          {event.at("name"), begin, begin + ps_of(event.at("dur")), event.value("args", json::object())});
    } else if (phase == "C") {
      const json& args = event.at("args");
      trace_.counters[event.at("name")].push_back({ps_of(event.at("ts")), args.at("held"), args.at("free")});
    } else if (phase == "s") {
      arrows_[event.at("id")].starts.push_back({track_of(event), ps_of(event.at("ts"))});
    } else if (phase == "f") {
      if (event.value("bp", "") != "e") fault("an arrow that does not end in the slice around it");
      arrows_[event.at("id")].finishes.push_back({track_of(event), ps_of(event.at("ts"))});
    } else if (phase != "M") {
      fault("phase " + phase);
    }
  }

  void check_track(const std::string& track, std::vector<TraceSlice>& slices) {
    std::stable_sort(slices.begin(), slices.end(), [](const TraceSlice& a, const TraceSlice& b) {
      return a.begin_ps != b.begin_ps ? a.begin_ps < b.begin_ps : a.end_ps > b.end_ps;
    });
    std::vector<int64_t> open;
    for (const TraceSlice& slice : slices) {
      while (!open.empty() && open.back() <= slice.begin_ps) open.pop_back();
      if (slice.end_ps < slice.begin_ps) fault(track + ": " + slice.name + " ends before it begins");
      if (!open.empty() && slice.end_ps > open.back())
        fault(track + ": " + slice.name + " at " + std::to_string(slice.begin_ps) + " overlaps another");
      open.push_back(slice.end_ps);
    }
  }

  bool in_a_slice(const End& end) {
    const std::vector<TraceSlice>& slices = trace_.tracks[end.track];
    const auto after = std::upper_bound(slices.begin(), slices.end(), end.at_ps,
                                        [](int64_t at, const TraceSlice& s) { return at < s.begin_ps; });
    return std::any_of(slices.begin(), after, [&end](const TraceSlice& s) { return s.end_ps > end.at_ps; });
  }

  void check_arrow(int64_t id, const Ends& ends) {
    const std::string name = "arrow " + std::to_string(id);
    if (ends.starts.size() != 1 || ends.finishes.size() != 1) return fault(name + " has not two ends");
    if (ends.starts[0].at_ps > ends.finishes[0].at_ps) fault(name + " goes back in time");
    if (!in_a_slice(ends.starts[0]) || !in_a_slice(ends.finishes[0])) fault(name + " ends in no slice");
  }

  void check_counter(const std::string& name, const std::vector<TraceLevel>& levels) {
    int64_t last_ps = 0;
    for (const TraceLevel& level : levels) {
      if (level.at_ps < last_ps) fault(name + " goes back in time");
      if (level.held < 0 || level.free < 0) fault(name + " leaves its capacity");
      last_ps = level.at_ps;
    }
  }

  TraceFile trace_;
  std::map<int, std::string> processes_;
  std::map<std::pair<int, int>, std::string> threads_;
  std::map<int64_t, Ends> arrows_;
};

}  // namespace

std::vector<TraceSlice> TraceFile::slices(const std::string& begins) const {
  std::vector<TraceSlice> all;
  for (const auto& [track, slices] : tracks) {
    if (track.rfind(begins, 0) == 0) all.insert(all.end(), slices.begin(), slices.end());
  }
  return all;
}

int64_t TraceFile::time_ps(const std::string& begins) const {
  int64_t sum = 0;
  for (const auto& [track, slices] : tracks) {
    if (track.rfind(begins, 0) != 0) continue;
    int64_t until = 0;
    for (const TraceSlice& slice : slices) {
      sum += std::max<int64_t>(0, slice.end_ps - std::max(until, slice.begin_ps));
      until = std::max(until, slice.end_ps);
    }
  }
  return sum;
}

TraceFile read_trace(const std::string& path) { return Reader().read(path); }

}  // namespace fusesim::testing
