#pragma once

#include <memory>
#include <tlm>
#include <vector>

#include "dram/segment.h"

namespace fusesim::hw {

/// What a payload carries beside address and length.
struct TransferExtension : tlm::tlm_extension<TransferExtension> {
  TransferKind kind = TransferKind::ifmap;
  TensorId tensor = -1;  ///< ifmap, ofmap
  int64_t row = 0;
  OpId op = -1;           ///< weight
  int64_t bursts = 0;     ///< that the payload occupies on the bus
  void* owner = nullptr;  ///< for the initiator

  void reset() { *this = TransferExtension(); }
  tlm_extension_base* clone() const override { return new TransferExtension(*this); }
  void copy_from(const tlm_extension_base& other) override {
    *this = static_cast<const TransferExtension&>(other);
  }
};

/// Memory manager of generic payloads, each with a TransferExtension. free() resets both.
class PayloadPool : public tlm::tlm_mm_interface {
 public:
  /// Payloads carry no data, only timing; all point to one array of max_bytes.
  explicit PayloadPool(int64_t max_bytes) : scratch_(static_cast<size_t>(max_bytes)) {}
  PayloadPool(const PayloadPool&) = delete;
  PayloadPool& operator=(const PayloadPool&) = delete;
  ~PayloadPool() override;

  /// A reset payload with reference count 1.
  tlm::tlm_generic_payload& allocate();
  void free(tlm::tlm_generic_payload* payload) override;
  size_t in_use() const { return all_.size() - free_.size(); }

 private:
  std::vector<unsigned char> scratch_;
  std::vector<std::unique_ptr<tlm::tlm_generic_payload>> all_;
  std::vector<tlm::tlm_generic_payload*> free_;
};

}  // namespace fusesim::hw
