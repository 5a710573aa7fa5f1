#include "dram_tlm/payload_pool.h"

#include <gtest/gtest.h>

namespace fusesim::hw {
namespace {

TEST(PayloadPool, AFreedPayloadComesBackAsNew) {
  PayloadPool pool(4096);
  tlm::tlm_generic_payload& payload = pool.allocate();
  EXPECT_EQ(pool.in_use(), 1U);
  payload.acquire();
  payload.get_extension<TransferExtension>()->row = 5;
  payload.get_extension<TransferExtension>()->owner = &pool;
  payload.release();
  EXPECT_EQ(pool.in_use(), 1U);
  // NOLINTNEXTLINE(clang-analyzer-unix.Malloc): free() of a TLM memory manager, not of the C library
  payload.release();
  EXPECT_EQ(pool.in_use(), 0U);
  tlm::tlm_generic_payload& again = pool.allocate();
  EXPECT_TRUE(&again == &payload);
  EXPECT_EQ(again.get_ref_count(), 1);
  EXPECT_EQ(again.get_extension<TransferExtension>()->row, 0);
  EXPECT_EQ(again.get_extension<TransferExtension>()->owner, nullptr);
}

TEST(PayloadPool, PayloadsInUseAreApart) {
  PayloadPool pool(4096);
  EXPECT_NE(&pool.allocate(), &pool.allocate());
}

}  // namespace
}  // namespace fusesim::hw
