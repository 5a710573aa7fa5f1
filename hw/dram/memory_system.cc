#include "dram/memory_system.h"

#include <algorithm>

namespace fusesim::hw {

MemorySystem::MemorySystem(const DramConfig& config) : map_(config) {
  for (int64_t c = 0; c < config.channels; ++c) {
    channels_.push_back(std::make_unique<Channel>(config, map_, c));
  }
}

void MemorySystem::reset() {
  for (const auto& channel : channels_) channel->reset();
  pieces_.clear();
  free_tickets_.clear();
  ended_.clear();
  accepted_ = 0;
}

int64_t MemorySystem::bursts(int64_t address, int64_t bytes) const {
  return (address + bytes - 1) / map_.burst_bytes() - address / map_.burst_bytes() + 1;
}

int32_t MemorySystem::accept(int64_t address, int64_t bytes, bool write, int64_t cycle) {
  advance(cycle);
  if (requests_ != nullptr) requests_->on_request(address, bytes, write, cycle);
  if (free_tickets_.empty()) {
    free_tickets_.push_back(static_cast<int32_t>(pieces_.size()));
    pieces_.emplace_back();
  }
  const int32_t ticket = free_tickets_.back();
  free_tickets_.pop_back();
  Piece& piece = pieces_[static_cast<size_t>(ticket)];
  piece = {accepted_++, 0, 0, 0};

  const int64_t first = address / map_.burst_bytes();
  const int64_t end = first + bursts(address, bytes);
  for (int64_t c = 0; c < map_.channels(); ++c) {
    const ChannelRun run = map_.within(c, first, end);
    if (run.count == 0) continue;
    channels_[static_cast<size_t>(c)]->push(ticket, run.first, run.count, write);
    ++piece.channels_left;
  }
  return ticket;
}

void MemorySystem::advance(int64_t cycle) {
  for (const auto& channel : channels_) {
    channel->run_until(cycle);
    if (!channel->ended().empty()) collect(*channel);
  }
}

void MemorySystem::collect(Channel& channel) {
  for (const Channel::PartEnd& part : channel.ended()) {
    Piece& piece = pieces_[static_cast<size_t>(part.ticket)];
    piece.end_cycle = std::max(piece.end_cycle, part.cycle);
    piece.row_hits += part.row_hits;
    if (--piece.channels_left > 0) continue;
    ended_.push_back({piece.end_cycle, piece.sequence, part.ticket});
    std::push_heap(ended_.begin(), ended_.end());
  }
  channel.ended().clear();
}

int64_t MemorySystem::next_event() {
  int64_t cycle = ended_.empty() ? kNever : ended_.front().cycle;
  for (const auto& channel : channels_) cycle = std::min(cycle, channel->earliest_end());
  return cycle;
}

int32_t MemorySystem::take_finished(int64_t cycle) {
  if (ended_.empty() || ended_.front().cycle > cycle) return -1;
  const int32_t ticket = ended_.front().ticket;
  std::pop_heap(ended_.begin(), ended_.end());
  ended_.pop_back();
  free_tickets_.push_back(ticket);
  return ticket;
}

int64_t MemorySystem::waiting_bursts() const {
  int64_t bursts = 0;
  for (const auto& channel : channels_) bursts += channel->waiting_bursts();
  return bursts;
}

DramCounts MemorySystem::counts() const {
  DramCounts sum;
  for (const auto& channel : channels_) sum += channel->counts();
  return sum;
}

std::vector<BusRange> MemorySystem::stopped_bus() const {
  std::vector<const BusLog*> logs;
  logs.reserve(channels_.size());
  for (const auto& channel : channels_) logs.push_back(&channel->bus_log());
  return stopped(logs);
}

void MemorySystem::forget_until(int64_t cycle) {
  for (const auto& channel : channels_) channel->bus_log().forget_until(cycle);
}

void MemorySystem::observe(CommandObserver* observer) {
  for (const auto& channel : channels_) channel->observe(observer);
}

}  // namespace fusesim::hw
