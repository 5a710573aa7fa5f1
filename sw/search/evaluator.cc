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

void GroupMemo::add_f_d(const Group& group, int64_t bytes, int64_t buffer_bytes) {
  Shard& shard = shards_[GroupHash()(group) % kShards];
  const std::lock_guard<std::mutex> lock(shard.mutex);
  Figures& figures = shard.known[group];
  if (figures.f_d_bytes < 0) ++f_d_;
  figures.f_d_bytes = bytes;
  figures.buffer_bytes = buffer_bytes;
}

Evaluator::Evaluator(const Graph& graph, Scheme scheme, const Config& config, GroupMemo& memo)
    : graph_(graph),
      scheme_(scheme),
      buffer_bytes_(config.buffer.capacity_bytes),
      params_(cost_params(config)),
      cost_(graph, params_),
      memo_(memo) {}

Evaluator::~Evaluator() = default;
Evaluator::Evaluator(Evaluator&& other) noexcept = default;

int64_t Evaluator::f_beta_bytes(const Group& group) {
  const GroupMemo::Figures known = memo_.find(group);
  if (known.f_beta_bytes >= 0) return known.f_beta_bytes;
  const int64_t bytes = scheme_ == Scheme::lbdf ? cost_.lbdf_f_beta(group) : cost_.brr_f_beta(group);
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

int64_t Evaluator::floor_bytes(const Group& group) { return bounds().floor_bytes(group); }

int64_t Evaluator::parted_floor_bytes(const Group& group) { return bounds().parted_floor_bytes(group); }

GroupBounds& Evaluator::bounds() {
  if (!bounds_) bounds_ = std::make_unique<GroupBounds>(graph_, scheme_, params_, buffer_bytes_);
  return *bounds_;
}

int64_t Evaluator::f_d_bytes(const Group& group) { return with_f_d(group).f_d_bytes; }

int64_t Evaluator::occupied_bytes(const Group& group) { return with_f_d(group).buffer_bytes; }

GroupMemo::Figures Evaluator::with_f_d(const Group& group) {
  GroupMemo::Figures figures = memo_.find(group);
  if (figures.f_d_bytes >= 0) return figures;
  if (scheme_ == Scheme::lbdf) {
    figures.buffer_bytes = f_beta_bytes(group);
    figures.f_d_bytes = cost_.lbdf_traffic(group).total_bytes();
  } else {
    const std::optional<BrrCost> brr = cost_.brr(group, buffer_bytes_);
    figures.f_d_bytes = brr ? brr->traffic.total_bytes() : kNeverFits;
    figures.buffer_bytes = brr ? brr->buffer_bytes : kNeverFits;
  }
  memo_.add_f_d(group, figures.f_d_bytes, figures.buffer_bytes);
  return figures;
}

}  // namespace fusesim
