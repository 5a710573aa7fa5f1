#include "columns/column_generation.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include "columns/duals.h"
#include "columns/sweep_order.h"

namespace fusesim {
namespace {

/// Labels of one step of a sweep, and of a whole one: what keeps it well below 1 GiB. Above the former
/// buckets become wider, above the latter the sweep is not complete.
constexpr size_t kManyStepLabels = 300'000;
constexpr size_t kMostStepLabels = 2'000'000;
constexpr int64_t kMostSweepLabels = 40'000'000;

/// Sweeps become sharper phase by phase, each once the one before finds little more. Hasty ones find nearly
/// all groups that the others find, in a fourth of the labels.
struct Phase {
  int64_t buckets;
  size_t most_labels;
  bool hasty;
  int most_sweeps;
};
constexpr int64_t kEveryByte = int64_t{1} << 40U;
constexpr int kAnySweeps = std::numeric_limits<int>::max();
constexpr Phase kPhases[] = {{64, 1000, true, 10},
                             {64, kMostStepLabels, true, kAnySweeps},
                             {kEveryByte, kMostStepLabels, true, kAnySweeps},
                             {kEveryByte, kMostStepLabels, false, kAnySweeps}};
/// A phase whose sweeps are beams, or only hasty, ends once its duals are so near the master's value.
constexpr double kNear = 0.02;
constexpr double kNearer = 0.002;

/// How far the sum of a sweep's duals stays from the master's value, of the distance of the centre's.
constexpr double kSmoothing = 0.8;

/// Calls of price() that a way may be left out for.
constexpr double kMostWait = 8.0;

/// Buckets of storage of a proof: with fewer, sets that do not fit keep the bound below the sum of duals that
/// nothing gains from.
constexpr int64_t kProofBuckets = 256;

/// Labels of a first proof, in those of a hasty sweep of all ways (nasnet_mobile, BRR, 128 KiB: 5.3), and
/// those before it, in its own.
constexpr double kProofSweeps = 6.0;
constexpr int64_t kFirstWait = 3;
/// A proof is due at once where the centre's duals are so near to the master's value.
constexpr double kClose = 0.005;

/// A proof goes over the ways again while it may gain so much of the bound, but no more than so many times,
/// and those of iterate() not where it may gain more than that: more groups come sooner to the same. Hasty
/// rounds go before.
constexpr double kProofGain = 0.002;
constexpr double kMostProofGain = 0.05;
constexpr int kProofRounds = 4;
constexpr int kHastyRounds = 2;

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
      turns_(ways_.size()),
      master_(single_values),
      centre_(single_values),
      smoothing_(kSmoothing) {}

bool ColumnGeneration::is_thorough() const {
  return phase_ >= std::size(kPhases) || kPhases[phase_].most_labels >= kMostStepLabels;
}

PricingOptions ColumnGeneration::options(const std::function<bool()>& stop) const {
  PricingOptions options;
  options.buckets = kPhases[phase_].buckets;
  options.many_labels = kManyStepLabels;
  options.most_labels = kPhases[phase_].most_labels;
  options.most_sweep_labels = kMostSweepLabels;
  options.hasty = kPhases[phase_].hasty;
  options.stop = stop;
  return options;
}

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

/// Ways in which it cannot come to less are not asked for more than that.
int64_t ColumnGeneration::floor_of(const Group& group, size_t first_way) {
  const auto [known, is_new] = floor_values_.try_emplace(group, kNeverFits);
  if (!is_new) return known->second;
  int64_t& least = known->second;
  least = ways_[first_way]->floor_of(group);
  for (size_t way = 0; way < ways_.size(); ++way) {
    if (way == first_way || ways_[way]->prices().least_value(group) >= least) continue;
    least = std::min(least, ways_[way]->floor_of(group));
  }
  return least;
}

/// Sweeps in the ways whose turn it is: what they found, without bounds.
Priced ColumnGeneration::price(const std::vector<int64_t>& duals, const PricingOptions& options) {
  int soonest = std::numeric_limits<int>::max();
  for (const Turn& turn : turns_) soonest = std::min(soonest, turn.wait);
  Priced all;
  all.complete = true;
  all_swept_ = true;
  std::vector<bool> was_swept;
  for (size_t way = 0; way < ways_.size(); ++way) {
    turns_[way].wait -= soonest;
    was_swept.push_back(turns_[way].wait == 0);
    if (turns_[way].wait-- > 0) {
      all.complete = false;
      all_swept_ = false;
      continue;
    }
    Priced one = ways_[way]->run(duals, options);
    turns_[way].labels = static_cast<double>(one.labels + 1);
    turns_[way].groups = static_cast<double>(one.groups.size());
    all.labels += one.labels;
    all.complete = all.complete && one.complete;
    for (PricedSet& set : one.groups) {
      set.way = way;
      all.groups.push_back(std::move(set));
    }
  }
  take_turns(was_swept);
  if (all.groups.empty()) {
    for (Turn& turn : turns_) turn.wait = 0;
  }
  labels_ += all.labels;
  return all;
}

/// A way is swept the less often the fewer groups it brings for its labels, beside the one that brings most.
void ColumnGeneration::take_turns(const std::vector<bool>& was_swept) {
  constexpr double kNothing = 0.1;  // groups: a sweep that found none counts the less the dearer it was
  double most = 0.0;
  const auto rate = [](const Turn& turn) { return (turn.groups + kNothing) / turn.labels; };
  for (const Turn& turn : turns_) most = std::max(most, rate(turn));
  for (size_t way = 0; way < turns_.size(); ++way) {
    if (was_swept[way])
      turns_[way].wait = static_cast<int>(std::min(kMostWait, most / rate(turns_[way]) / 2));
  }
}

/// These sets become columns, with the value that the floors find. Whether one may lower the master's value.
bool ColumnGeneration::learn(std::vector<PricedSet>& sets, const std::vector<double>& exact) {
  bool found = false;
  for (PricedSet& set : sets) {
    const int64_t value = floor_of(set.group, set.way);
    if (value != kNeverFits) {
      met_.insert(set.group);
      set.value = value;
    }
    if (!master_.add(set.group, set.value)) continue;
    auto reduced = static_cast<double>(set.value);
    for (const OpId op : set.group) reduced -= exact[static_cast<size_t>(op)];
    found = found || reduced < 0;
  }
  return found;
}

bool ColumnGeneration::iterate(const std::function<bool()>& stop) {
  if (is_proof_due()) {
    prove_while(kMostProofGain, stop);
  } else if (!explore(stop)) {
    if (is_thorough() && is_unproven()) prove(stop);
    is_done_ = !sharpen();
  }
  if (stop && stop()) return false;
  const bool is_met = static_cast<double>(lower_bound_) > master_.value() - 1.0;
  if (is_met && !is_done_) is_done_ = solution_fits() || !sharpen();
  return !is_done_;
}

/// One master and its sweeps. False if there are no more groups to be found by the phase.
bool ColumnGeneration::explore(const std::function<bool()>& stop) {
  master_.solve();
  const std::vector<double> exact = master_.duals();
  std::vector<int64_t> duals = master_.duals_near(centre_, smoothing_);
  Priced priced = price(duals, options(stop));
  explored_labels_ += priced.labels;
  was_complete_ = priced.complete;
  const bool found = learn(priced.groups, exact);
  lower(duals, priced.groups);
  lower(centre_, priced.groups);
  if (sum_of(duals) >= sum_of(centre_)) centre_ = std::move(duals);
  if (master_.size() > kMostColumns * single_values_.size()) trim();
  if (++sweeps_ >= kPhases[phase_].most_sweeps) return false;
  const double near = is_thorough() ? kNearer : kNear;
  const bool is_near = static_cast<double>(sum_of(centre_)) > (1.0 - near) * master_.value();
  if (kPhases[phase_].hasty && is_near) return false;
  return refine(found);
}

int64_t ColumnGeneration::labels_of_proof() const {
  if (proof_labels_ > 0) return proof_labels_;
  double hasty = 0.0;
  for (const Turn& turn : turns_) hasty += turn.labels;
  return static_cast<int64_t>(kProofSweeps * hasty);
}

bool ColumnGeneration::is_unproven() const { return sum_of(centre_) > std::max(proven_sum_, lower_bound_); }

bool ColumnGeneration::is_nearly_done() const {
  const bool is_exact = phase_ < std::size(kPhases) && kPhases[phase_].buckets == kEveryByte;
  const bool is_solved = sweeps_ > 0;
  return is_exact && is_solved && static_cast<double>(lower_bound_) > (1.0 - kProofGain) * master_.value();
}

/// Half of the labels may be those of proofs, less before the first; or once there is little to be found.
bool ColumnGeneration::is_proof_due() const {
  if (!is_thorough() || !is_unproven()) return false;
  const auto sum = static_cast<double>(sum_of(centre_));
  const auto known = static_cast<double>(std::max(proven_sum_, lower_bound_));
  if (sum > (1.0 - kClose) * master_.value() && sum > (1.0 + kProofGain) * known) return true;
  return explored_labels_ >= (proof_labels_ > 0 ? 1 : kFirstWait) * labels_of_proof();
}

void ColumnGeneration::prove(const std::function<bool()>& stop) {
  while (!is_thorough()) ++phase_;
  if (!is_done_) prove_while(std::numeric_limits<double>::infinity(), stop);
}

/// Sweeps in all ways that are not clear, under the centre's duals, which are lowered where groups gain. What
/// a way's sweep found stays true under lower duals. False if a sweep was not as complete as it should be.
bool ColumnGeneration::clear_ways(const PricingOptions& options, Proof& proof) {
  for (size_t way = 0; way < ways_.size(); ++way) {
    if (proof.is_clear[way]) continue;
    Priced priced = ways_[way]->run(centre_, options);
    labels_ += priced.labels;
    if (options.hasty ? options.stop && options.stop() : !priced.complete) return false;
    proof.least[way] = std::move(priced.least_reduced);
    proof.is_clear[way] = priced.groups.empty();
    for (PricedSet& set : priced.groups) set.way = way;
    learn(priced.groups, master_.duals());
    lower(centre_, priced.groups);
  }
  return true;
}

/// By complete sweeps. Only ways that found something are swept again; before that, hasty sweeps find most of
/// what there is to be found.
void ColumnGeneration::prove_while(double most_gain, const std::function<bool()>& stop) {
  const int64_t before = labels_;
  PricingOptions options = this->options(stop);
  options.buckets = std::max(options.buckets, kProofBuckets);
  for (const bool hasty : {true, false}) {
    options.hasty = hasty;
    Proof proof = {std::vector<std::vector<int64_t>>(ways_.size()), std::vector<bool>(ways_.size(), false)};
    int64_t last_bound = -1;
    for (int round = 0; round < (hasty ? kHastyRounds : kProofRounds); ++round) {
      const bool is_clear = clear_ways(options, proof);
      proof_labels_ = labels_ - before;
      if (!is_clear) return;
      int64_t bound = sum_of(centre_);
      for (size_t o = 0; o < centre_.size(); ++o) {
        int64_t gain = std::min<int64_t>(0, single_values_[o] - centre_[o]);
        for (const std::vector<int64_t>& of_way : proof.least) gain = std::min(gain, of_way[o]);
        bound += gain;
      }
      if (!hasty) lower_bound_ = std::max(lower_bound_, bound);
      const double share =
          static_cast<double>(sum_of(centre_) - bound) / static_cast<double>(std::max<int64_t>(1, bound));
      if (share < kProofGain || bound == last_bound) break;
      last_bound = bound;
      if (share > most_gain) return finish_proof();
    }
  }
  finish_proof();
}

void ColumnGeneration::finish_proof() {
  explored_labels_ = 0;
  proven_sum_ = sum_of(centre_);
}

std::vector<Group> ColumnGeneration::priced(const std::vector<int64_t>& duals, int64_t slack, size_t keep,
                                            const std::function<bool()>& stop) {
  PricingOptions options;
  options.buckets = kSlackBuckets;
  options.most_labels = kSlackLabels;
  options.most_sweep_labels = kMostSweepLabels;
  options.hasty = true;
  options.slack = slack;
  options.keep = keep;
  options.stop = stop;
  std::set<Group> groups;
  for (PricedSet& set : price(duals, options).groups) groups.insert(std::move(set.group));
  return {groups.begin(), groups.end()};
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

/// Without new groups the duals go nearer to the master's. False if they are there.
bool ColumnGeneration::refine(bool found) {
  constexpr double kLeastSmoothing = 0.2;
  if (found) {
    smoothing_ = kSmoothing;
    return true;
  }
  if (smoothing_ <= 0.0) return !all_swept_ && is_thorough();
  smoothing_ = smoothing_ > kLeastSmoothing ? smoothing_ / 2 : 0.0;
  return true;
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
/// whose sweeps left nothing out has nothing to add. False if there is no sharper phase.
bool ColumnGeneration::sharpen() {
  smoothing_ = kSmoothing;
  sweeps_ = 0;
  for (Turn& turn : turns_) turn.wait = 0;
  master_.remove_if([&](const Master::Share& share) { return !fits(share); });
  const int64_t known = was_complete_ ? kPhases[phase_].buckets : 0;
  while (++phase_ < std::size(kPhases) && kPhases[phase_].buckets <= known) {
  }
  return phase_ < std::size(kPhases);
}

}  // namespace fusesim
