#include "dram_tracks.h"

#include <fmt/format.h>

#include <algorithm>

namespace fusesim {
namespace {

constexpr int64_t kProcess = 2;
// Threads of one channel: its bus, its ranks' refreshes, its banks.
constexpr int64_t kThreadsPerChannel = 10'000;
constexpr int64_t kFirstRank = 1;
constexpr int64_t kFirstBank = 100;

}  // namespace

Track& DramTracks::track(int64_t thread, const std::string& name) {
  const auto found = tracks_.find(thread);
  if (found != tracks_.end()) return found->second;
  events_.name_thread(kProcess, thread, json_string(name));
  return tracks_.emplace(thread, Track(events_, kProcess, thread)).first->second;
}

int64_t DramTracks::bank_thread(const TracedDram& event) const {
  const int64_t banks = config_.dram.bank_groups * config_.dram.banks_per_group;
  return event.channel * kThreadsPerChannel + kFirstBank + event.rank * banks + event.bank;
}

void DramTracks::close(int64_t thread, const Open& open, int64_t at_ps) {
  const int64_t number = thread % kThreadsPerChannel - kFirstBank;
  const int64_t banks = config_.dram.bank_groups * config_.dram.banks_per_group;
  Track& bank = track(thread, fmt::format("channel {} rank {} bank {}", thread / kThreadsPerChannel,
                                          number / banks, number % banks));
  bank.add({open.since_ps, at_ps, fmt::format("\"row {}\"", open.row), ""});
}

void DramTracks::end_run(int64_t channel, Run& run) {
  if (run.bursts == 0) return;
  Track& bus = track(channel * kThreadsPerChannel, fmt::format("channel {} data bus", channel));
  bus.add({run.begin_ps, run.end_ps, run.kind == TracedDram::Kind::read ? "\"read\"" : "\"write\"",
           fmt::format("\"bursts\":{}", run.bursts)});
  run.bursts = 0;
}

void DramTracks::burst(const TracedDram& event) {
  Run& run = runs_[event.channel];
  if (run.bursts > 0 && (run.kind != event.kind || run.end_ps < event.begin_ps)) end_run(event.channel, run);
  if (run.bursts == 0) run.begin_ps = event.begin_ps;
  run.kind = event.kind;
  run.end_ps = event.end_ps;
  ++run.bursts;
}

void DramTracks::add(const TracedDram& event) {
  switch (event.kind) {
    case TracedDram::Kind::open:
      open_[bank_thread(event)] = {event.row, event.begin_ps};
      return;
    case TracedDram::Kind::close: {
      const auto open = open_.find(bank_thread(event));
      if (open == open_.end()) return;
      close(open->first, open->second, event.begin_ps);
      open_.erase(open);
      return;
    }
    case TracedDram::Kind::read:
    case TracedDram::Kind::write:
      return burst(event);
    case TracedDram::Kind::refresh: {
      Track& rank = track(event.channel * kThreadsPerChannel + kFirstRank + event.rank,
                          fmt::format("channel {} rank {} refresh", event.channel, event.rank));
      rank.add({event.begin_ps, event.end_ps, "\"refresh\"", ""});
      return;
    }
  }
}

void DramTracks::finish(int64_t at_ps) {
  for (auto& [channel, run] : runs_) end_run(channel, run);
  for (const auto& [thread, open] : open_) close(thread, open, std::max(at_ps, open.since_ps));
  for (auto& [thread, track] : tracks_) track.flush();
}

}  // namespace fusesim
