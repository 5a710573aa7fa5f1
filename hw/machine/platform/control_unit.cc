#include "platform/control_unit.h"

#include <cstring>
#include <utility>

namespace fusesim::hw {
namespace {

constexpr uint64_t kLow = 0xffffffff;

uint32_t low(uint64_t value) { return static_cast<uint32_t>(value & kLow); }
uint32_t high(uint64_t value) { return static_cast<uint32_t>(value >> 32); }

void forget_dram(EnergyParts& energy) { energy.dram_pj = energy.dram_background_pj = 0.0; }

/// The configuration's DRAM is not the one that served the run.
void forget_dram(RunResult& run) {
  for (GroupResult& group : run.groups) forget_dram(group.energy);
  forget_dram(run.energy);
}

}  // namespace

ControlUnit::ControlUnit(const sc_core::sc_module_name& name, tlm::tlm_target_socket<>& control,
                         sc_core::sc_out<bool>& interrupt, Sequencer& sequencer, MemoryBridge& bridge,
                         size_t schedules)
    : sc_module(name), interrupt_(interrupt), sequencer_(sequencer), bridge_(bridge), schedules_(schedules) {
  control.bind(*this);
  SC_THREAD(run);
  SC_METHOD(drive_interrupt);
  sensitive << changed_;
}

const RunResult& ControlUnit::result() const {
  switch (status_) {
    case AcceleratorStatus::done:
      return result_;
    case AcceleratorStatus::failed:
      std::rethrow_exception(failure_);
    case AcceleratorStatus::idle:
      throw Error("accelerator: expected a run that has ended, got none");
    case AcceleratorStatus::running:
      break;
  }
  throw Error("accelerator: expected a run that has ended, got one under way");
}

void ControlUnit::run() {
  for (;;) {
    sc_core::wait(start_);
    try {
      result_ = sequencer_.run_schedule(schedule_);
      forget_dram(result_);
      status_ = AcceleratorStatus::done;
      set_interrupt(true);
    } catch (const sc_core::sc_unwind_exception&) {
      throw;
    } catch (...) {
      fail(std::current_exception());
    }
  }
}

void ControlUnit::fail(std::exception_ptr failure) {
  if (status_ == AcceleratorStatus::failed) return;
  failure_ = std::move(failure);
  status_ = AcceleratorStatus::failed;
  set_interrupt(true);
}

void ControlUnit::set_interrupt(bool high) {
  high_ = high;
  changed_.notify(sc_core::SC_ZERO_TIME);
}

/// One process writes the port, whoever asks for it.
void ControlUnit::drive_interrupt() { interrupt_.write(high_); }

void ControlUnit::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  if (delay != sc_core::SC_ZERO_TIME) {
    sc_core::wait(delay);
    delay = sc_core::SC_ZERO_TIME;
  }
  payload.set_response_status(access(payload));
}

tlm::tlm_sync_enum ControlUnit::nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                sc_core::sc_time&) {
  if (phase == tlm::BEGIN_REQ) payload.set_response_status(access(payload));
  return tlm::TLM_COMPLETED;
}

bool ControlUnit::get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi&) { return false; }

unsigned int ControlUnit::transport_dbg(tlm::tlm_generic_payload& payload) {
  if (!payload.is_read()) return 0;
  return access(payload) == tlm::TLM_OK_RESPONSE ? payload.get_data_length() : 0;
}

tlm::tlm_response_status ControlUnit::access(tlm::tlm_generic_payload& payload) {
  uint32_t word = 0;
  if (payload.get_byte_enable_ptr() != nullptr) return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  if (payload.get_data_length() != sizeof word || payload.get_streaming_width() < sizeof word)
    return tlm::TLM_BURST_ERROR_RESPONSE;
  if (payload.get_address() > kLow) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  const auto address = static_cast<AcceleratorRegister>(payload.get_address());
  if (payload.is_write()) {
    std::memcpy(&word, payload.get_data_ptr(), sizeof word);
    return write(address, word);
  }
  if (!payload.is_read()) return tlm::TLM_COMMAND_ERROR_RESPONSE;
  const tlm::tlm_response_status status = read(address, word);
  if (status == tlm::TLM_OK_RESPONSE) std::memcpy(payload.get_data_ptr(), &word, sizeof word);
  return status;
}

tlm::tlm_response_status ControlUnit::read(AcceleratorRegister address, uint32_t& word) const {
  const auto cycles = static_cast<uint64_t>(result_.cycles.total);
  const auto answer = [&word](uint32_t value) {
    word = value;
    return tlm::TLM_OK_RESPONSE;
  };
  switch (address) {
    case AcceleratorRegister::command:
      return tlm::TLM_COMMAND_ERROR_RESPONSE;
    case AcceleratorRegister::status:
      return answer(static_cast<uint32_t>(status_));
    case AcceleratorRegister::schedule:
      return answer(schedule_);
    case AcceleratorRegister::memory_base_low:
      return answer(low(memory_base_));
    case AcceleratorRegister::memory_base_high:
      return answer(high(memory_base_));
    case AcceleratorRegister::cycles_low:
      return answer(low(cycles));
    case AcceleratorRegister::cycles_high:
      return answer(high(cycles));
  }
  return tlm::TLM_ADDRESS_ERROR_RESPONSE;
}

tlm::tlm_response_status ControlUnit::write(AcceleratorRegister address, uint32_t word) {
  if (address == AcceleratorRegister::command) return command(static_cast<AcceleratorCommand>(word));
  const bool now = status_ != AcceleratorStatus::running;
  switch (address) {
    case AcceleratorRegister::command:
      break;
    case AcceleratorRegister::schedule:
      if (!now || word >= schedules_) return tlm::TLM_GENERIC_ERROR_RESPONSE;
      schedule_ = word;
      return tlm::TLM_OK_RESPONSE;
    case AcceleratorRegister::memory_base_low:
      if (!now) return tlm::TLM_GENERIC_ERROR_RESPONSE;
      memory_base_ = uint64_t{high(memory_base_)} << 32 | word;
      return tlm::TLM_OK_RESPONSE;
    case AcceleratorRegister::memory_base_high:
      if (!now) return tlm::TLM_GENERIC_ERROR_RESPONSE;
      memory_base_ = uint64_t{word} << 32 | low(memory_base_);
      return tlm::TLM_OK_RESPONSE;
    case AcceleratorRegister::status:
    case AcceleratorRegister::cycles_low:
    case AcceleratorRegister::cycles_high:
      return tlm::TLM_COMMAND_ERROR_RESPONSE;
  }
  return tlm::TLM_ADDRESS_ERROR_RESPONSE;
}

tlm::tlm_response_status ControlUnit::command(AcceleratorCommand command) {
  switch (command) {
    case AcceleratorCommand::start:
      if (status_ == AcceleratorStatus::running || status_ == AcceleratorStatus::failed || schedules_ == 0)
        return tlm::TLM_GENERIC_ERROR_RESPONSE;
      status_ = AcceleratorStatus::running;
      bridge_.set_base(memory_base_);
      set_interrupt(false);
      start_.notify(sc_core::SC_ZERO_TIME);
      return tlm::TLM_OK_RESPONSE;
    case AcceleratorCommand::acknowledge:
      set_interrupt(false);
      return tlm::TLM_OK_RESPONSE;
  }
  return tlm::TLM_GENERIC_ERROR_RESPONSE;
}

}  // namespace fusesim::hw
