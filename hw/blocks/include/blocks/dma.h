#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <systemc>
#include <tlm>
#include <vector>

#include "blocks/memory_port.h"
#include "blocks/tracer.h"
#include "dram/cycle_clock.h"
#include "dram/dram_image.h"
#include "dram_tlm/payload_pool.h"
#include "fusesim/config/config.h"

namespace fusesim::hw {

/// Moves segments between DRAM and chip, as a TLM-2.0 initiator. Transfers under way together share the link:
/// after their set-up they send one payload each in turn, in the order (time, what they move), while at most
/// dma.max_outstanding_bursts bursts are under way. Those that were started (not waited for) have a queue for
/// each kind, so that what comes ahead does not hold up what is needed before it: within a queue one is sent
/// after the other, in the order in which they were started.
class Dma : public sc_core::sc_module, public MemoryPort, private tlm::tlm_bw_transport_if<> {
 public:
  tlm::tlm_initiator_socket<> socket{"socket"};

  /// `clock_khz`: accelerator clock, in which config.setup_cycles count.
  Dma(const sc_core::sc_module_name& name, const DmaConfig& config, const DramConfig& dram,
      int64_t clock_khz);
  SC_HAS_PROCESS(Dma);

  /// Power-up state now, moving data of `image` (must outlive the transfers). Call only when idle.
  void reset_state(DramImage& image);

  /// See MemoryPort. Throws SimulationError in the calling thread (see DramImage).
  void transfer(const std::vector<Segment>& segments) override;
  /// See MemoryPort. Throws SimulationError in the calling thread (see DramImage).
  void start(std::vector<Segment> segments, std::function<void()> done) override;
  /// Sends a payload at a time, when no other is under way.
  void start_when_idle(std::vector<Segment> segments, std::function<void()> done) override;
  void hurry() override;

  /// Told every transfer that ends; null by default.
  void trace(Tracer* tracer) { tracer_ = tracer; }

  bool idle() const { return open_transfers_ == 0; }
  /// Time since reset during which at least one transfer was open.
  sc_core::sc_time busy_time() const;

 private:
  /// One call of transfer() or start(). Reused, because the kernel registers every event that is made.
  struct Transfer {
    const std::vector<Segment>* segments = nullptr;
    std::vector<Segment> own_segments;  // of start()
    std::function<void()> when_done;    // of start()
    int64_t number = 0;                 // of start(): how many came before; 0 of transfer()
    bool when_idle = false;             // not needed yet
    int64_t ready_ps = 0;               // set up
    size_t segment = 0;                 // being sent
    int64_t address = 0;                // what is left of it
    int64_t end_address = 0;
    int64_t payloads_under_way = 0;
    bool sent = false;  // all payloads
    sc_core::sc_event done;
  };

  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override;
  void invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end) override;

  void begin(const std::vector<Segment>& segments);
  void finish(const std::vector<Segment>& segments);
  void tell(const Transfer& transfer);
  void start(std::vector<Segment> segments, std::function<void()> done, bool when_idle);
  Transfer& take_transfer();
  void open(Transfer& transfer);
  void close(Transfer& transfer);
  void end(Transfer& transfer);
  void enqueue(Transfer& transfer);
  std::deque<Transfer*>& queue_of(const Transfer& transfer) {
    return queues_[static_cast<size_t>(transfer.segments->front().kind)];
  }
  static bool later(const Transfer* a, const Transfer* b);
  void join_queue(Transfer& transfer);
  void leave_queue(const Transfer& transfer);
  void send_when_idle();
  void issue();
  void admit();
  void open_segment(Transfer& transfer);
  bool fits(int64_t bursts) const;
  bool send_next(Transfer& transfer);
  void send(Transfer& transfer, int64_t bytes, int64_t bursts);

  DmaConfig config_;
  int64_t burst_bytes_ = 0;
  int64_t payload_bytes_ = 0;  // most of one payload
  int64_t setup_ps_ = 0;
  DramImage* image_ = nullptr;
  Tracer* tracer_ = nullptr;
  PayloadPool pool_;
  sc_core::sc_event issue_;
  std::vector<std::unique_ptr<Transfer>> transfers_;
  std::vector<Transfer*> free_transfers_;
  std::vector<Transfer*> setting_up_;            // by (ready time, what they move)
  std::deque<Transfer*> sending_;                // turn order
  std::array<std::deque<Transfer*>, 3> queues_;  // by kind, of those that were started; the first is sending
  std::deque<Transfer*> idle_queue_;             // not needed yet
  int64_t started_ = 0;
  bool request_pending_ = false;  // BEGIN_REQ without END_REQ
  int64_t outstanding_bursts_ = 0;
  int64_t open_transfers_ = 0;
  sc_core::sc_time busy_since_;
  sc_core::sc_time busy_;
};

}  // namespace fusesim::hw
