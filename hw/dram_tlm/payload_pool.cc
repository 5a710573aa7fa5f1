#include "dram_tlm/payload_pool.h"

namespace fusesim::hw {

// A payload's destructor deletes the extensions that are still set.
PayloadPool::~PayloadPool() = default;

tlm::tlm_generic_payload& PayloadPool::allocate() {
  if (free_.empty()) {
    all_.push_back(std::make_unique<tlm::tlm_generic_payload>(this));
    all_.back()->set_extension(new TransferExtension);
    free_.push_back(all_.back().get());
  }
  tlm::tlm_generic_payload* payload = free_.back();
  free_.pop_back();
  payload->acquire();
  payload->set_data_ptr(scratch_.data());
  return *payload;
}

void PayloadPool::free(tlm::tlm_generic_payload* payload) {
  payload->reset();
  payload->get_extension<TransferExtension>()->reset();
  free_.push_back(payload);
}

}  // namespace fusesim::hw
