#include "blocks/dma.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace fusesim::hw {
namespace {

constexpr int64_t kMaxPayloadBytes = 4096;
/// Payloads that fit the outstanding bursts, so that the link does not run dry at the end of each.
constexpr int64_t kPayloadsUnderWay = 4;

int64_t now_ps() { return static_cast<int64_t>(sc_core::sc_time_stamp().value()); }

sc_core::sc_time picoseconds(int64_t ps) {
  return sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(ps));
}

/// Order of requests of one time. Two transfers that tie move the same, so that which goes first shows
/// nowhere.
bool before(const Segment& a, const Segment& b) {
  return std::tie(a.kind, a.tensor, a.op, a.row, a.c0, a.c1, a.x0, a.x1, a.offset_bytes, a.bytes) <
         std::tie(b.kind, b.tensor, b.op, b.row, b.c0, b.c1, b.x0, b.x1, b.offset_bytes, b.bytes);
}

}  // namespace

Dma::Dma(const sc_core::sc_module_name& name, const DmaConfig& config, const DramConfig& dram,
         int64_t clock_khz)
    : sc_module(name),
      config_(config),
      burst_bytes_(dram.burst_bytes()),
      setup_ps_(CycleClock(clock_khz).ps_at(config.setup_cycles)),
      pool_(kMaxPayloadBytes) {
  const int64_t bursts =
      std::min(kMaxPayloadBytes / burst_bytes_, config.max_outstanding_bursts / kPayloadsUnderWay);
  payload_bytes_ = burst_bytes_ * std::max<int64_t>(1, bursts);
  socket.bind(*this);
  SC_METHOD(issue);
  sensitive << issue_;
  dont_initialize();
}

void Dma::reset_state(DramImage& image) {
  sc_assert(idle());
  image_ = &image;
  busy_ = sc_core::SC_ZERO_TIME;
}

sc_core::sc_time Dma::busy_time() const {
  return idle() ? busy_ : busy_ + (sc_core::sc_time_stamp() - busy_since_);
}

void Dma::transfer(const std::vector<Segment>& segments) {
  if (segments.empty()) return;
  begin(segments);
  Transfer& transfer = take_transfer();
  transfer.segments = &segments;
  transfer.number = 0;
  transfer.when_idle = false;
  open(transfer);
  sc_core::wait(transfer.done);
  close(transfer);
}

void Dma::start(std::vector<Segment> segments, std::function<void()> done) {
  start(std::move(segments), std::move(done), false);
}

void Dma::start_when_idle(std::vector<Segment> segments, std::function<void()> done) {
  start(std::move(segments), std::move(done), true);
}

void Dma::start(std::vector<Segment> segments, std::function<void()> done, bool when_idle) {
  if (segments.empty()) return done();
  begin(segments);
  Transfer& transfer = take_transfer();
  transfer.own_segments = std::move(segments);
  transfer.segments = &transfer.own_segments;
  transfer.when_done = std::move(done);
  transfer.number = ++started_;
  transfer.when_idle = when_idle;
  open(transfer);
}

void Dma::hurry() {
  for (Transfer* transfer : setting_up_) transfer->when_idle = false;
  for (Transfer* transfer : idle_queue_) join_queue(*transfer);
  idle_queue_.clear();
  if (!sending_.empty()) issue_.notify(picoseconds(1));
}

Dma::Transfer& Dma::take_transfer() {
  if (free_transfers_.empty()) {
    transfers_.push_back(std::make_unique<Transfer>());
    free_transfers_.push_back(transfers_.back().get());
  }
  Transfer& transfer = *free_transfers_.back();
  free_transfers_.pop_back();
  return transfer;
}

void Dma::open(Transfer& transfer) {
  if (open_transfers_++ == 0) busy_since_ = sc_core::sc_time_stamp();
  transfer.ready_ps = now_ps() + setup_ps_;
  transfer.segment = 0;
  transfer.payloads_under_way = 0;
  open_segment(transfer);
  enqueue(transfer);
}

void Dma::close(Transfer& transfer) {
  if (--open_transfers_ == 0) busy_ += sc_core::sc_time_stamp() - busy_since_;
  finish(*transfer.segments);
  if (tracer_ != nullptr) tell(transfer);
  free_transfers_.push_back(&transfer);
}

void Dma::tell(const Transfer& transfer) {
  int64_t bytes = 0;
  for (const Segment& segment : *transfer.segments) bytes += image_->bytes(segment);
  tracer_->transfer(*transfer.segments, bytes, transfer.ready_ps - setup_ps_);
}

/// The last payload of a transfer has crossed the pins.
void Dma::end(Transfer& transfer) {
  if (!transfer.when_done) return transfer.done.notify(sc_core::SC_ZERO_TIME);
  const std::function<void()> done = std::move(transfer.when_done);
  transfer.when_done = nullptr;
  close(transfer);
  done();
}

void Dma::begin(const std::vector<Segment>& segments) {
  for (const Segment& segment : segments) {
    switch (segment.kind) {
      case TransferKind::ifmap:
        image_->begin_load(segment);
        break;
      case TransferKind::ofmap:
        image_->begin_store(segment);
        break;
      case TransferKind::weight:
        image_->address(segment);
    }
  }
}

void Dma::finish(const std::vector<Segment>& segments) {
  for (const Segment& segment : segments) {
    if (segment.kind == TransferKind::ifmap) image_->finish_load(segment);
    if (segment.kind == TransferKind::ofmap) image_->finish_store(segment);
  }
}

bool Dma::later(const Transfer* a, const Transfer* b) {
  if (a->ready_ps != b->ready_ps) return a->ready_ps < b->ready_ps;
  if (a->number != b->number) return a->number < b->number;
  return before(a->segments->front(), b->segments->front());
}

void Dma::enqueue(Transfer& transfer) {
  setting_up_.insert(std::upper_bound(setting_up_.begin(), setting_up_.end(), &transfer, later), &transfer);
  // One picosecond later every request of that time is known, whatever the order of processes.
  issue_.notify(picoseconds(setting_up_.front()->ready_ps + 1 - now_ps()));
}

void Dma::admit() {
  auto ready = setting_up_.begin();
  for (; ready != setting_up_.end() && (*ready)->ready_ps < now_ps(); ++ready) {
    Transfer* const transfer = *ready;
    if (transfer->when_idle) {
      idle_queue_.push_back(transfer);
    } else if (transfer->number > 0) {
      join_queue(*transfer);
    } else {
      sending_.push_back(transfer);
    }
  }
  setting_up_.erase(setting_up_.begin(), ready);
  if (!setting_up_.empty()) issue_.notify(picoseconds(setting_up_.front()->ready_ps + 1 - now_ps()));
}

void Dma::issue() {
  admit();
  while (!sending_.empty() && !request_pending_) {
    Transfer& transfer = *sending_.front();
    if (!send_next(transfer)) return;
    sending_.pop_front();
    if (!transfer.sent) {
      sending_.push_back(&transfer);
    } else if (transfer.number > 0) {
      leave_queue(transfer);
    }
  }
  send_when_idle();
}

void Dma::send_when_idle() {
  if (idle_queue_.empty() || !sending_.empty() || request_pending_ || outstanding_bursts_ > 0) return;
  Transfer& transfer = *idle_queue_.front();
  send_next(transfer);
  if (transfer.sent) idle_queue_.pop_front();
}

void Dma::join_queue(Transfer& transfer) {
  std::deque<Transfer*>& queue = queue_of(transfer);
  queue.push_back(&transfer);
  if (queue.size() == 1) sending_.push_back(&transfer);
}

void Dma::leave_queue(const Transfer& transfer) {
  std::deque<Transfer*>& queue = queue_of(transfer);
  queue.pop_front();
  if (!queue.empty()) sending_.push_back(queue.front());
}

void Dma::open_segment(Transfer& transfer) {
  transfer.sent = transfer.segment == transfer.segments->size();
  if (transfer.sent) return;
  const Segment& segment = (*transfer.segments)[transfer.segment];
  transfer.address = image_->address(segment);
  transfer.end_address = transfer.address + image_->bytes(segment);
}

bool Dma::fits(int64_t bursts) const {
  return outstanding_bursts_ == 0 || outstanding_bursts_ + bursts <= config_.max_outstanding_bursts;
}

bool Dma::send_next(Transfer& transfer) {
  const int64_t first_burst = transfer.address / burst_bytes_;
  const int64_t end = std::min(first_burst * burst_bytes_ + payload_bytes_, transfer.end_address);
  const int64_t bursts = (end - 1) / burst_bytes_ - first_burst + 1;
  if (!fits(bursts)) return false;
  send(transfer, end - transfer.address, bursts);
  transfer.address = end;
  if (end < transfer.end_address) return true;
  ++transfer.segment;
  open_segment(transfer);
  return true;
}

void Dma::send(Transfer& transfer, int64_t bytes, int64_t bursts) {
  const Segment& segment = (*transfer.segments)[transfer.segment];
  tlm::tlm_generic_payload& payload = pool_.allocate();
  auto& what = *payload.get_extension<TransferExtension>();
  what.kind = segment.kind;
  what.tensor = segment.tensor;
  what.row = segment.row;
  what.op = segment.op;
  what.bursts = bursts;
  what.owner = &transfer;
  payload.set_command(segment.kind == TransferKind::ofmap ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  payload.set_address(static_cast<sc_dt::uint64>(transfer.address));
  payload.set_data_length(static_cast<unsigned int>(bytes));
  payload.set_streaming_width(static_cast<unsigned int>(bytes));
  ++transfer.payloads_under_way;
  outstanding_bursts_ += bursts;
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_core::sc_time delay;
  const tlm::tlm_sync_enum answer = socket->nb_transport_fw(payload, phase, delay);
  if (answer == tlm::TLM_COMPLETED) SC_REPORT_FATAL("dma", payload.get_response_string().c_str());
  request_pending_ = answer == tlm::TLM_ACCEPTED;
}

tlm::tlm_sync_enum Dma::nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                        sc_core::sc_time&) {
  if (!sending_.empty() || !idle_queue_.empty()) issue_.notify(sc_core::SC_ZERO_TIME);
  if (phase == tlm::END_REQ) {
    request_pending_ = false;
    return tlm::TLM_ACCEPTED;
  }
  const auto& what = *payload.get_extension<TransferExtension>();
  auto& transfer = *static_cast<Transfer*>(what.owner);
  outstanding_bursts_ -= what.bursts;
  payload.release();
  if (--transfer.payloads_under_way == 0 && transfer.sent) end(transfer);
  return tlm::TLM_COMPLETED;
}

void Dma::invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) {}

}  // namespace fusesim::hw
