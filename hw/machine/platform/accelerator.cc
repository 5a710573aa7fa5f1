#include "fusesim/hw/accelerator.h"

#include <string>

#include "blocks/dma.h"
#include "blocks/machine_clock.h"
#include "blocks/pe_array.h"
#include "blocks/scratchpad.h"
#include "blocks/shared_unit.h"
#include "blocks/vector_unit.h"
#include "dram/dram_image.h"
#include "platform/control_unit.h"
#include "platform/memory_bridge.h"
#include "schedule_check.h"
#include "sequencer.h"

namespace fusesim {

/// As hw::Accelerator, with a bridge and a control unit in place of a DRAM of its own.
///
///   ControlUnit --> Sequencer --> engines --> PeArray, VectorUnit, Scratchpad
///                                    |
///                                    +--> Dma ==TLM-2.0==> MemoryBridge ==TLM-2.0==> memory
struct Accelerator::Parts {
  Parts(Accelerator& owner, const Config& given, const std::vector<Schedule>& runs, const SimOptions& options)
      : config(given),
        schedules(runs),
        clock(config.clock_khz),
        compute(clock),
        pe(config, clock, compute),
        vector(config, clock, compute),
        scratchpad(config.buffer.capacity_bytes),
        dma("dma", config.dma, config.dram, config.clock_khz),
        bridge("bridge", owner.memory,
               [this](const std::string& text) { control.fail(std::make_exception_ptr(Error(text))); }),
        sequencer("sequencer", {config, clock, compute, pe, vector, scratchpad, dma, bridge}, schedules,
                  options, hw::Sequencer::Start::when_told),
        control("control_unit", owner.control, owner.interrupt, sequencer, bridge, schedules.size()) {
    dma.socket.bind(bridge.dma);
  }

  Config config;
  std::vector<Schedule> schedules;
  hw::MachineClock clock;
  hw::Activity compute;
  hw::PeArray pe;
  hw::VectorUnit vector;
  hw::Scratchpad scratchpad;
  hw::Dma dma;
  hw::MemoryBridge bridge;
  hw::Sequencer sequencer;
  hw::ControlUnit control;
};

Accelerator::Accelerator(const sc_core::sc_module_name& name, const Config& config,
                         const std::vector<Schedule>& schedules, const SimOptions& options)
    : sc_module(name) {
  hw::check_schedules(config, schedules, options);
  parts_ = std::make_unique<Parts>(*this, config, schedules, options);
}

Accelerator::~Accelerator() = default;

AcceleratorStatus Accelerator::status() const { return parts_->control.status(); }

const RunResult& Accelerator::result() const { return parts_->control.result(); }

int64_t memory_bytes(const Config& config, const Schedule& schedule) {
  return hw::DramImage(*schedule.graph, schedule.datatypes, config.dram).allocated_bytes();
}

}  // namespace fusesim
