#include "columns/valid_generation.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace fusesim {
namespace {

/// Weight of the duals of the bound against the linear programme's at the beginning, its fall, and what is
/// taken for none. The mean finds more various groups than the nearest duals do, and better plans for that.
constexpr double kSmoothing = 0.6;
constexpr double kFall = 0.6;
constexpr double kLeastSmoothing = 0.2;
/// Groups of the bound that it begins with, and those that a sweep finds for each last op, at first and
/// later.
constexpr size_t kFirstGroups = 2500;
constexpr size_t kGroupsPerOp = 2;
constexpr size_t kMostGroupsPerOp = 16;
/// Of these, those that grow and shrink op by op.
constexpr size_t kImproved = 200;
/// New groups in a sweep below which it is time for duals that are nearer to the linear programme's, and for
/// more groups for each last op.
constexpr size_t kFewGroups = 20;
/// Groups in the linear programme, per op: beyond the former, what is left is the latter.
constexpr size_t kMostColumns = 4;
constexpr size_t kKeptColumns = 2;
/// Most that enter at a time, per op.
constexpr size_t kMostEntering = 1;

}  // namespace

ValidGeneration::ValidGeneration(ValidGroups& valid, ColumnGeneration& generation,
                                 const std::vector<int64_t>& single_values)
    : valid_(valid),
      generation_(generation),
      single_values_(single_values),
      master_(single_values),
      centre_(single_values.begin(), single_values.end()) {}

void ValidGeneration::add(const Group& group) {
  if (group.size() < 2) return;
  const int64_t value = valid_.value(group);
  if (value == kNeverFits || !known_.insert(group).second) return;
  pool_.push_back({group, value});
}

void ValidGeneration::begin(const StopFn& stop) {
  centre_ = generation_.centre();
  const std::vector<double> worth(centre_.begin(), centre_.end());
  smoothing_ = kSmoothing;
  groups_per_op_ = kGroupsPerOp;
  std::vector<std::pair<double, const Group*>> ranked;
  for (const Group& group : generation_.met()) {
    if (seen_.count(group) == 0) ranked.emplace_back(valid_.floor_reduced(group, worth), &group);
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  if (ranked.size() > kFirstGroups) ranked.resize(kFirstGroups);
  for (const auto& [reduced, group] : ranked) {
    if (stop()) return;
    seen_.insert(*group);
    for (const Group& part : valid_.shrunk(*group, worth)) add(part);
  }
}

/// Groups become known, and what the best of them grow and shrink to.
void ValidGeneration::add_near(std::vector<Group> groups, const std::vector<double>& worth) {
  std::vector<std::pair<double, Group>> ranked;
  for (Group& group : groups) {
    add(group);
    const double reduced = ValidGroups::reduced(group, valid_.value(group), worth);
    ranked.emplace_back(reduced, std::move(group));
  }
  std::sort(ranked.begin(), ranked.end());
  ranked.erase(std::unique(ranked.begin(), ranked.end()), ranked.end());
  const size_t count = std::min(kImproved, ranked.size());
  for (size_t i = 0; i < count; ++i) add(valid_.improved(ranked[i].second, worth));
}

/// The best known groups that the linear programme gains from; how many there were.
size_t ValidGeneration::enter_gains(const std::vector<double>& duals) {
  std::vector<std::pair<double, size_t>> gains;
  for (size_t i = 0; i < pool_.size(); ++i) {
    const double reduced = ValidGroups::reduced(pool_[i].group, pool_[i].value, duals);
    if (reduced < -1.0 && !master_.knows(pool_[i].group)) gains.emplace_back(reduced, i);
  }
  std::sort(gains.begin(), gains.end());
  const size_t count = std::min(gains.size(), kMostEntering * centre_.size());
  for (size_t i = 0; i < count; ++i) master_.add(pool_[gains[i].second].group, pool_[gains[i].second].value);
  return gains.size();
}

/// Only the best of the known groups are of use.
void ValidGeneration::trim() {
  if (master_.size() <= kMostColumns * centre_.size()) return;
  std::vector<double> reduced;
  for (const Master::Share& share : master_.shares()) reduced.push_back(share.reduced);
  const auto last = reduced.begin() + static_cast<std::ptrdiff_t>(kKeptColumns * centre_.size());
  std::nth_element(reduced.begin(), last, reduced.end());
  const double most = *last;
  master_.remove_if(
      [most](const Master::Share& share) { return share.reduced > most && share.share <= 0.0; });
}

bool ValidGeneration::iterate(const StopFn& stop) {
  value();
  const std::vector<double> exact = master_.duals();
  trim();
  std::vector<int64_t> duals;
  for (size_t o = 0; o < exact.size(); ++o) {
    const double mean = smoothing_ * static_cast<double>(centre_[o]) + (1.0 - smoothing_) * exact[o];
    duals.push_back(static_cast<int64_t>(std::floor(mean)));
  }
  const std::vector<double> worth(duals.begin(), duals.end());
  std::vector<Group> found;
  for (const Group& group : generation_.priced(duals, 0, groups_per_op_, stop)) {
    if (stop()) return false;
    if (!seen_.insert(group).second) continue;
    for (Group& part : valid_.shrunk(group, worth)) found.push_back(std::move(part));
  }
  add_near(std::move(found), worth);
  if (enter_gains(exact) >= kFewGroups) return true;
  if (smoothing_ <= 0.0 && groups_per_op_ == kMostGroupsPerOp) return false;
  groups_per_op_ = std::min(kMostGroupsPerOp, 2 * groups_per_op_);
  smoothing_ = smoothing_ > kLeastSmoothing ? smoothing_ * kFall : 0.0;
  return true;
}

double ValidGeneration::value() {
  do {
    master_.solve();
  } while (enter_gains(master_.duals()) > 0);
  return master_.value();
}

GroupPool ValidGeneration::promising(double slack, const GroupLimits& limits) {
  master_.solve();
  const std::vector<double> duals = master_.duals();
  std::vector<std::pair<double, size_t>> ranked;
  for (size_t i = 0; i < pool_.size(); ++i) {
    const double reduced = ValidGroups::reduced(pool_[i].group, pool_[i].value, duals);
    if (reduced <= slack) ranked.emplace_back(reduced, i);
  }
  std::sort(ranked.begin(), ranked.end());
  GroupPool pool;
  for (size_t o = 0; o < single_values_.size(); ++o)
    pool.groups.push_back({{static_cast<OpId>(o)}, single_values_[o]});
  size_t ops = 0;
  size_t count = 0;
  for (const auto& [reduced, i] : ranked) {
    ops += pool_[i].group.size();
    pool.has_more = ++count > limits.groups || ops > limits.ops;
    if (pool.has_more) break;
    pool.groups.push_back(pool_[i]);
  }
  return pool;
}

}  // namespace fusesim
