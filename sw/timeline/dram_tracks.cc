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

template <class... Numbers>
Track& DramTracks::track(int64_t thread, const char* name, Numbers... numbers) {
  const auto found = tracks_.find(thread);
  if (found != tracks_.end()) return found->second;
  events_.name_thread(kProcess, thread, json_string(fmt::format(fmt::runtime(name), numbers...)));
  return tracks_.emplace(thread, Track(events_, kProcess, thread)).first->second;
}

int64_t DramTracks::bank_thread(const TracedDram& event) const {
  const int64_t banks = config_.dram.bank_groups * config_.dram.banks_per_group;
  return event.channel * kThreadsPerChannel + kFirstBank + event.rank * banks + event.bank;
}

void DramTracks::close(int64_t thread, const Open& open, int64_t at_ps) {
  const int64_t number = thread % kThreadsPerChannel - kFirstBank;
  const int64_t banks = config_.dram.bank_groups * config_.dram.banks_per_group;
  Track& bank = track(thread, "channel {} rank {} bank {}", thread / kThreadsPerChannel, number / banks,
                      number % banks);
  bank.add({open.since_ps, at_ps, "\"row " + std::to_string(open.row) + "\"", ""});
}

void DramTracks::moved(const TracedDram& event) {
  Track& bus = track(event.channel * kThreadsPerChannel, "channel {} data bus", event.channel);
  bus.add({event.begin_ps, event.end_ps, event.kind == TracedDram::Kind::read ? "\"read\"" : "\"write\"",
           "\"bursts\":" + std::to_string(event.bursts)});
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
      return moved(event);
    case TracedDram::Kind::refresh: {
      Track& rank = track(event.channel * kThreadsPerChannel + kFirstRank + event.rank,
                          "channel {} rank {} refresh", event.channel, event.rank);
      rank.add({event.begin_ps, event.end_ps, "\"refresh\"", ""});
      return;
    }
  }
}

void DramTracks::finish(int64_t at_ps) {
  for (const auto& [thread, open] : open_) close(thread, open, std::max(at_ps, open.since_ps));
  for (auto& [thread, track] : tracks_) track.flush();
}

}  // namespace fusesim
