#include "fusesim/explain/split_memo.h"

#include <algorithm>
#include <utility>

namespace fusesim {
namespace {

double share(int64_t part, int64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

int64_t& count_of(SplitCounts& counts, SplitCategory category) {
  switch (category) {
    case SplitCategory::both_fit:
      return counts.both_fit;
    case SplitCategory::one_fits:
      return counts.one_fits;
    case SplitCategory::none_fits:
      return counts.none_fits;
    case SplitCategory::failed:
      break;
  }
  return counts.failed;
}

void count(SplitCounts& counts, SplitCategory category, const SplitInput& input, int64_t times) {
  counts.groups += times;
  count_of(counts, category) += times;
  counts.explained_edges += times * static_cast<int64_t>(input.blamed.size());
  counts.inner_edges += times * input.inner_edges;
  counts.cuts += times * input.cuts;
}

}  // namespace

double SplitCounts::split_rate() const { return share(both_fit + one_fits + none_fits, groups); }

double SplitCounts::one_cut_rate() const { return share(both_fit, groups); }

double SplitCounts::edges_per_group() const { return share(explained_edges, groups); }

std::optional<SplitOutcome> SplitMemo::find(const Group& group) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto it = known_.find(group);
  if (it == known_.end()) return std::nullopt;
  return it->second.outcome;
}

void SplitMemo::add(const Group& group, const SplitOutcome& outcome, SplitInput input) {
  const std::lock_guard<std::mutex> lock(mutex_);
  known_.emplace(group, Entry{outcome, std::move(input), 0});
}

void SplitMemo::count_proposal(const Group& group) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto it = known_.find(group);
  if (it != known_.end()) ++it->second.times_proposed;
}

SplitStatistics SplitMemo::statistics() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  SplitStatistics statistics;
  for (const auto& [group, entry] : known_) {
    count(statistics.all, entry.outcome.category, entry.input, 1);
    if (entry.times_proposed == 0) continue;
    count(statistics.proposed, entry.outcome.category, entry.input, 1);
    count(statistics.weighted, entry.outcome.category, entry.input, entry.times_proposed);
  }
  return statistics;
}

std::vector<ProposedGroup> SplitMemo::proposed() const {
  std::vector<ProposedGroup> groups;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& [group, entry] : known_) {
      if (entry.times_proposed > 0) groups.push_back({group, entry.input.blamed, entry.times_proposed});
    }
  }
  std::sort(groups.begin(), groups.end(),
            [](const ProposedGroup& a, const ProposedGroup& b) { return a.group < b.group; });
  return groups;
}

}  // namespace fusesim
