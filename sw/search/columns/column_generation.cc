#include "columns/column_generation.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <utility>

#include "columns/sweep_order.h"

namespace fusesim {
namespace {

/// Of one sweep: what keeps it well below 1 GiB.
constexpr size_t kMostStepLabels = 2'000'000;
constexpr int64_t kMostSweepLabels = 40'000'000;

/// Sweeps become sharper phase by phase, each once the one before finds no more groups.
struct Phase {
  int64_t buckets;
  size_t most_labels;
};
constexpr int64_t kEveryByte = int64_t{1} << 40U;
constexpr Phase kPhases[] = {
    {64, 4000}, {16, kMostStepLabels}, {64, kMostStepLabels}, {kEveryByte, kMostStepLabels}};

/// Of sweeps under lowered duals: labels of the first ones, and of the sum how much may be left to lower.
constexpr size_t kTightLabels = 20'000;
constexpr int64_t kTightBuckets = 64;
constexpr double kTight = 0.01;

/// Duals are a mean of the best known ones and the master's, with this weight of the former.
constexpr double kSmoothing = 0.7;

/// Groups in the master, per op: beyond the former, what is left is the latter.
constexpr size_t kMostColumns = 5;
constexpr size_t kKeptColumns = 3;

/// Of the last sweep, which looks for more groups than those of negative reduced value.
constexpr int64_t kSlackBuckets = 64;
constexpr size_t kSlackLabels = 4000;

}  // namespace

ColumnGeneration::ColumnGeneration(const SearchProblem& problem, const std::vector<int64_t>& single_values)
    : order_(narrow_order(problem.graph)),
      ways_(pricing_ways(problem, order_)),
      single_values_(single_values),
      idle_(ways_.size(), 0),
      master_(single_values),
      centre_(single_values),
      centre_bound_(std::numeric_limits<int64_t>::min()),
      smoothing_(kSmoothing) {}

void ColumnGeneration::begin_with(const Plan& plan) {
  for (const Group& group : plan) {
    add(group);
    const auto value = static_cast<double>(group.size() > 1 ? floor_of(group) : 0);
    double alone = 0.0;
    for (const OpId op : group) alone += static_cast<double>(single_values_[static_cast<size_t>(op)]);
    for (const OpId op : group) {
      const auto o = static_cast<size_t>(op);
      const double share = alone > 0.0 ? static_cast<double>(single_values_[o]) / alone : 0.0;
      centre_[o] = group.size() == 1 ? single_values_[o] : static_cast<int64_t>(std::floor(value * share));
    }
  }
}

/// A set that the floors find too large is what rounding of storage in buckets let through.
void ColumnGeneration::add(const Group& group) {
  if (group.size() < 2) return;
  const int64_t value = floor_of(group);
  if (value != kNeverFits) master_.add(group, value);
}

int64_t ColumnGeneration::floor_of(const Group& group) {
  const auto [known, is_new] = floor_values_.try_emplace(group, kNeverFits);
  if (!is_new) return known->second;
  for (const auto& way : ways_) known->second = std::min(known->second, way->floor_of(group));
  return known->second;
}

/// Sweeps in every way. One that found nothing is left out now and then while sweeps prove nothing anyway.
Priced ColumnGeneration::price(const std::vector<int64_t>& duals, const PricingOptions& options) {
  constexpr int kMostIdle = 4;
  const bool may_leave_out = options.most_labels < kMostStepLabels;
  Priced all;
  all.complete = true;
  all.least_reduced.assign(duals.size(), 0);
  for (size_t way = 0; way < ways_.size(); ++way) {
    if (may_leave_out && idle_[way] > 0 && idle_[way] < kMostIdle) {
      ++idle_[way];
      all.complete = false;
      continue;
    }
    Priced one = ways_[way]->run(duals, options);
    idle_[way] = one.groups.empty() ? 1 : 0;
    all.labels += one.labels;
    all.complete = all.complete && one.complete;
    for (size_t o = 0; o < duals.size(); ++o)
      all.least_reduced[o] = std::min(all.least_reduced[o], one.least_reduced[o]);
    for (PricedSet& set : one.groups) all.groups.push_back(std::move(set));
  }
  return all;
}

int64_t ColumnGeneration::bound_of(const std::vector<int64_t>& duals, const Priced& priced) const {
  int64_t bound = 0;
  for (size_t o = 0; o < duals.size(); ++o)
    bound += duals[o] + std::min({int64_t{0}, priced.least_reduced[o], single_values_[o] - duals[o]});
  return bound;
}

bool ColumnGeneration::iterate(const std::function<bool()>& stop) {
  master_.solve();
  const std::vector<double> exact = master_.duals();
  std::vector<int64_t> duals;
  for (size_t o = 0; o < exact.size(); ++o) {
    const double mean = smoothing_ * static_cast<double>(centre_[o]) + (1.0 - smoothing_) * exact[o];
    duals.push_back(static_cast<int64_t>(std::floor(mean)));
  }
  PricingOptions options;
  options.buckets = kPhases[phase_].buckets;
  options.most_labels = kPhases[phase_].most_labels;
  options.most_sweep_labels = kMostSweepLabels;
  options.stop = stop;
  const Priced priced = price(duals, options);
  labels_ += priced.labels;
  bool found = false;
  for (const PricedSet& set : priced.groups) {
    const int64_t value = floor_of(set.group);
    if (value != kNeverFits) met_.insert(set.group);
    if (!master_.add(set.group, value == kNeverFits ? set.value : value)) continue;
    auto reduced = static_cast<double>(value == kNeverFits ? set.value : value);
    for (const OpId op : set.group) reduced -= exact[static_cast<size_t>(op)];
    found = found || reduced < 0;
  }
  was_complete_ = priced.complete;
  const int64_t bound = bound_of(duals, priced);
  const bool better = bound > centre_bound_;
  if (better) {
    centre_bound_ = bound;
    centre_ = duals;
  }
  if (priced.complete) lower_bound_ = std::max(lower_bound_, bound);
  if (master_.size() > kMostColumns * single_values_.size()) trim();
  if (stop && stop()) return false;
  const bool is_met = static_cast<double>(lower_bound_) > master_.value() - 1.0;
  is_done_ = is_met ? solution_fits() || !sharpen() : !refine(found, better);
  return !is_done_;
}

std::vector<Group> ColumnGeneration::priced(const std::vector<int64_t>& duals, int64_t slack, size_t keep,
                                            const std::function<bool()>& stop) {
  PricingOptions options;
  options.buckets = kSlackBuckets;
  options.most_labels = kSlackLabels;
  options.most_sweep_labels = kMostSweepLabels;
  options.slack = slack;
  options.keep = keep;
  options.stop = stop;
  std::set<Group> groups;
  for (PricedSet& set : price(duals, options).groups) groups.insert(std::move(set.group));
  return {groups.begin(), groups.end()};
}

bool ColumnGeneration::tighten(const std::function<bool()>& stop) {
  if (tight_.empty()) {
    tight_ = centre_;
    tight_beam_ = true;
    tight_buckets_ = kTightBuckets;
  }
  PricingOptions options;
  options.buckets = tight_buckets_;
  options.most_labels = tight_beam_ ? kTightLabels : kMostStepLabels;
  options.most_sweep_labels = kMostSweepLabels;
  options.stop = stop;
  const Priced priced = price(tight_, options);
  labels_ += priced.labels;
  const int64_t bound = bound_of(tight_, priced);
  if (priced.complete) lower_bound_ = std::max(lower_bound_, bound);
  if (stop && stop()) return false;
  const auto sum = static_cast<double>(std::accumulate(tight_.begin(), tight_.end(), int64_t{0}));
  const bool is_tight = static_cast<double>(bound) >= (1.0 - kTight) * sum;
  lower(priced.groups);
  if (!tight_beam_ && !priced.complete) tight_buckets_ /= 2;
  if (is_tight && priced.complete) tight_.clear();
  if (is_tight) tight_beam_ = false;
  return !tight_.empty() && tight_buckets_ > 1;
}

/// Until none of these sets comes to less than the duals of its ops, those that gain most first.
void ColumnGeneration::lower(const std::vector<PricedSet>& sets) {
  const auto sum_of = [&](const PricedSet& set) {
    int64_t sum = 0;
    for (const OpId op : set.group) sum += tight_[static_cast<size_t>(op)];
    return sum;
  };
  std::vector<std::pair<int64_t, const PricedSet*>> ranked;
  ranked.reserve(sets.size());
  for (const PricedSet& set : sets) ranked.emplace_back(set.value - sum_of(set), &set);
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [reduced, set] : ranked) {
    const int64_t gain = sum_of(*set) - set->value;
    double positive = 0.0;
    for (const OpId op : set->group)
      positive += static_cast<double>(std::max<int64_t>(0, tight_[static_cast<size_t>(op)]));
    if (gain <= 0 || positive <= 0.0) continue;
    const double kept = std::max(0.0, 1.0 - static_cast<double>(gain) / positive);
    for (const OpId op : set->group) {
      int64_t& dual = tight_[static_cast<size_t>(op)];
      if (dual > 0) dual = static_cast<int64_t>(std::floor(kept * static_cast<double>(dual)));
    }
  }
}

/// Only the best of the known groups are of use.
void ColumnGeneration::trim() {
  std::vector<double> reduced;
  for (const Master::Share& share : master_.shares()) reduced.push_back(share.reduced);
  const auto last = reduced.begin() + static_cast<std::ptrdiff_t>(kKeptColumns * single_values_.size());
  std::nth_element(reduced.begin(), last, reduced.end());
  const double most = *last;
  master_.remove_if(
      [most](const Master::Share& share) { return share.reduced > most && share.share <= 0.0; });
}

/// Without new groups the duals go nearer to the master's, and then sweeps become sharper.
bool ColumnGeneration::refine(bool found, bool better) {
  constexpr double kGrowth = 1.1;
  constexpr double kMostSmoothing = 0.8;
  constexpr double kLeastSmoothing = 0.2;
  if (found) {
    if (better) smoothing_ = std::min(kMostSmoothing, std::max(smoothing_, 0.1) * kGrowth);
    return true;
  }
  if (smoothing_ > 0.0) {
    smoothing_ = smoothing_ > kLeastSmoothing ? smoothing_ / 2 : 0.0;
    return true;
  }
  return sharpen();
}

bool ColumnGeneration::fits(const Master::Share& share) {
  return share.group.size() < 2 || floor_of(share.group) != kNeverFits;
}

bool ColumnGeneration::solution_fits() {
  const std::vector<Master::Share> shares = master_.shares();
  return std::all_of(shares.begin(), shares.end(),
                     [&](const Master::Share& share) { return share.share <= 0.0 || fits(share); });
}

/// What rounding of storage let through leaves the master. A phase with as many or fewer buckets than one
/// whose sweeps left nothing out has nothing to add.
bool ColumnGeneration::sharpen() {
  smoothing_ = kSmoothing;
  centre_bound_ = lower_bound_;
  master_.remove_if([&](const Master::Share& share) { return !fits(share); });
  const int64_t known = was_complete_ ? kPhases[phase_].buckets : 0;
  while (++phase_ < std::size(kPhases) && kPhases[phase_].buckets <= known) {
  }
  return phase_ < std::size(kPhases);
}

}  // namespace fusesim
