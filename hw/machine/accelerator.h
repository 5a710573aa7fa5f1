#pragma once

#include <memory>
#include <systemc>
#include <vector>

#include "blocks/dma.h"
#include "blocks/machine_clock.h"
#include "blocks/pe_array.h"
#include "blocks/scratchpad.h"
#include "blocks/shared_unit.h"
#include "blocks/vector_unit.h"
#include "dram_tlm/dram_controller.h"
#include "fusesim/config/config.h"
#include "fusesim/hw/simulate.h"
#include "fusesim/schedule/schedule.h"
#include "sequencer.h"

namespace fusesim::hw {

/// Hands requests to whom the options name.
class ForwardedRequests : public RequestObserver {
 public:
  explicit ForwardedRequests(const SimOptions& options) : options_(options) {}
  void on_request(int64_t address, int64_t bytes, bool write, int64_t cycle) override {
    options_.dram_request(options_.dram_request_context, {address, bytes, write, cycle});
  }

 private:
  const SimOptions options_;
};

/// The whole machine on one page: every block is made and bound here.
///
///   Sequencer --> engines (lbdf, brr, opaque) --> PeArray, VectorUnit, Scratchpad
///                        |
///                        +--> Dma ==TLM-2.0==> DramController
class Accelerator : public sc_core::sc_module {
 public:
  /// The arguments must outlive the machine.
  Accelerator(const sc_core::sc_module_name& name, const Config& config,
              const std::vector<Schedule>& schedules, const SimOptions& options)
      : sc_module(name),
        clock_(config.clock_khz),
        compute_(clock_),
        pe_(config, clock_, compute_),
        vector_(config, clock_, compute_),
        scratchpad_(config.buffer.capacity_bytes),
        dma_("dma", config.dma, config.dram, config.clock_khz),
        dram_("dram", config.dram),
        tracer_(options.observer == nullptr ? nullptr
                                            : std::make_unique<Tracer>(*options.observer, config, clock_)),
        sequencer_("sequencer",
                   {config, clock_, compute_, pe_, vector_, scratchpad_, dma_, dram_, tracer_.get()},
                   schedules, options),
        requests_(options) {
    dma_.socket.bind(dram_.socket);
    dma_.trace(tracer_.get());
    dram_.observe(tracer_.get());
    if (options.dram_request != nullptr) dram_.observe_requests(&requests_);
  }

  Sequencer& sequencer() { return sequencer_; }

 private:
  MachineClock clock_;
  Activity compute_;
  PeArray pe_;
  VectorUnit vector_;
  Scratchpad scratchpad_;
  Dma dma_;
  DramController dram_;
  std::unique_ptr<Tracer> tracer_;
  Sequencer sequencer_;
  ForwardedRequests requests_;
};

}  // namespace fusesim::hw
