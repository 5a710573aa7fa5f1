#include "fusesim/search/evaluator.h"

#include <optional>

#include "group_bounds.h"

namespace fusesim {

size_t GroupHash::operator()(const Group& group) const {
  uint64_t hash = 0x9E3779B97F4A7C15ULL ^ group.size();
  for (const OpId op : group) {
    hash = (hash ^ static_cast<uint64_t>(op)) * 0xBF58476D1CE4E5B9ULL;
    hash ^= hash >> 29U;
  }
  return static_cast<size_t>(hash * 0x94D049BB133111EBULL >> 8U);
}

GroupMemo::Figures GroupMemo::find(const Group& group) const {
  const Shard& shard = shards_[GroupHash()(group) % kShards];
  const std::lock_guard<std::mutex> lock(shard.mutex);
  const auto it = shard.known.find(group);
  return it == shard.known.end() ? Figures{} : it->second;
}

void GroupMemo::add_f_beta(const Group& group, int64_t bytes) {
  Shard& shard = shards_[GroupHash()(group) % kShards];
  const std::lock_guard<std::mutex> lock(shard.mutex);
  Figures& figures = shard.known[group];
  if (figures.f_beta_bytes < 0 && !figures.cannot_fit) ++f_beta_;
  figures.f_beta_bytes = bytes;
}

void GroupMemo::add_cannot_fit(const Group& group) {
  Shard& shard = shards_[GroupHash()(group) % kShards];
  const std::lock_guard<std::mutex> lock(shard.mutex);
  Figures& figures = shard.known[group];
  if (figures.f_beta_bytes < 0 && !figures.cannot_fit) ++f_beta_;
  figures.cannot_fit = true;
}

void GroupMemo::add_front(const Group& group, const std::vector<GroupCost>& front) {
  Shard& shard = shards_[GroupHash()(group) % kShards];
  const std::lock_guard<std::mutex> lock(shard.mutex);
  Figures& figures = shard.known[group];
  if (!figures.is_priced) ++f_d_;
  figures.is_priced = true;
  figures.front = front;
}

Evaluator::Evaluator(const SearchProblem& problem, GroupMemo& memo)
    : graph_(problem.graph),
      scheme_(problem.scheme),
      objective_(problem.objective),
      buffer_bytes_(problem.buffer_bytes()),
      params_(cost_params(problem.config)),
      model_(scheme_.model(graph_, params_)),
      memo_(memo),
      abandon_(problem.abandon) {}

Evaluator::~Evaluator() = default;
Evaluator::Evaluator(Evaluator&& other) noexcept = default;

int64_t Evaluator::f_beta_bytes(const Group& group) {
  const GroupMemo::Figures known = memo_.find(group);
  if (known.f_beta_bytes >= 0) return known.f_beta_bytes;
  check_abandoned(abandon_);
  const int64_t bytes = model_->f_beta_bytes(group);
  memo_.add_f_beta(group, bytes);
  return bytes;
}

bool Evaluator::fits(const Group& group) {
  const GroupMemo::Figures known = memo_.find(group);
  if (known.f_beta_bytes >= 0) return known.f_beta_bytes < buffer_bytes_;
  if (known.cannot_fit) return false;
  if (group.size() > 1 && bounds().cannot_fit(group)) {
    memo_.add_cannot_fit(group);
    return false;
  }
  return f_beta_bytes(group) < buffer_bytes_;
}

int64_t Evaluator::least_value(const Group& group) { return objective_.lower_bound(bounds().floor(group)); }

int64_t Evaluator::least_parted_value(const Group& group) {
  return objective_.lower_bound(bounds().parted_floor(group));
}

GroupBounds& Evaluator::bounds() {
  if (!bounds_) bounds_ = std::make_unique<GroupBounds>(graph_, scheme_, params_, buffer_bytes_);
  return *bounds_;
}

std::optional<GroupCost> Evaluator::cost(const Group& group) {
  GroupMemo::Figures known = memo_.find(group);
  if (!known.is_priced) {
    check_abandoned(abandon_);
    std::optional<int64_t> f_beta;
    if (!scheme_.traffic_depends_on_buffer()) f_beta = f_beta_bytes(group);
    if (objective_.needs_time()) {
      known.front = model_->front(group, buffer_bytes_, f_beta);
    } else if (const std::optional<GroupCost> cost = model_->cost(group, buffer_bytes_, f_beta)) {
      known.front = {*cost};
    }
    memo_.add_front(group, known.front);
  }
  if (known.front.empty()) return std::nullopt;
  return known.front[objective_.pick(known.front)];
}

int64_t Evaluator::value(const Group& group) {
  const std::optional<GroupCost> known = cost(group);
  return known ? objective_.value(*known) : kNeverFits;
}

int64_t Evaluator::occupied_bytes(const Group& group) {
  const std::optional<GroupCost> known = cost(group);
  return known ? known->buffer_bytes : kNeverFits;
}

}  // namespace fusesim
