#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <systemc>
#include <tlm>
#include <vector>

#include "dram_tlm/dram_controller.h"
#include "dram_tlm/payload_pool.h"
#include "testing/dram_parts.h"
#include "testing/small_graph.h"

namespace fusesim::hw {
namespace {

using testing::ElementsAre;

/// An initiator that writes down what the controller says and when.
class Initiator : public sc_core::sc_module, private tlm::tlm_bw_transport_if<> {
 public:
  struct Note {
    tlm::tlm_phase_enum phase;
    sc_dt::uint64 address;
    sc_dt::uint64 ps;
    bool operator==(const Note& o) const { return phase == o.phase && address == o.address && ps == o.ps; }
  };
  tlm::tlm_initiator_socket<> socket{"socket"};
  std::vector<Note> notes;

  explicit Initiator(const sc_core::sc_module_name& name) : sc_module(name) { socket.bind(*this); }

  tlm::tlm_sync_enum send(int64_t address, int64_t bytes, bool write = false) {
    tlm::tlm_generic_payload& payload = pool_.allocate();
    auto& what = *payload.get_extension<TransferExtension>();
    what.kind = write ? TransferKind::ofmap : TransferKind::ifmap;
    what.tensor = 0;
    payload.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    payload.set_address(static_cast<sc_dt::uint64>(address));
    payload.set_data_length(static_cast<unsigned int>(bytes));
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay;
    const tlm::tlm_sync_enum answer = socket->nb_transport_fw(payload, phase, delay);
    response = payload.get_response_status();
    if (answer == tlm::TLM_COMPLETED) payload.release();
    return answer;
  }
  size_t payloads_in_use() const { return pool_.in_use(); }

  tlm::tlm_response_status response = tlm::TLM_INCOMPLETE_RESPONSE;

 private:
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time&) override {
    notes.push_back({static_cast<tlm::tlm_phase_enum>(static_cast<unsigned int>(phase)),
                     payload.get_address(), sc_core::sc_time_stamp().value()});
    if (phase == tlm::END_REQ) return tlm::TLM_ACCEPTED;
    payload.release();
    return tlm::TLM_COMPLETED;
  }
  void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override {}

  PayloadPool pool_{4096};
};

class ControllerTest : public testing::Test {
 protected:
  explicit ControllerTest(const DramConfig& part = ddr4()) : controller_("dram", part) {
    initiator_.socket.bind(controller_.socket);
    controller_.reset_state(&traffic_);
    traffic_.begin_group({0, 1});
  }
  static void run_ps(sc_dt::uint64 ps) { sc_core::sc_start(sc_core::sc_time::from_value(ps)); }

  Graph graph_ = small_graph();
  TrafficCounter traffic_{graph_};
  Initiator initiator_{"initiator"};
  DramController controller_;
};

// A closed row takes 37 cycles of 833 1/3 ps: 30833 1/3 ps, rounded up.
TEST_F(ControllerTest, RespondsWhenTheLastBurstHasCrossedThePins) {
  EXPECT_EQ(initiator_.send(0, 64), tlm::TLM_UPDATED);
  run_ps(30833);
  EXPECT_TRUE(initiator_.notes.empty());
  EXPECT_FALSE(controller_.idle());
  run_ps(1000);
  EXPECT_THAT(initiator_.notes, ElementsAre(Initiator::Note{tlm::BEGIN_RESP, 0, 30834}));
  EXPECT_TRUE(controller_.idle());
  EXPECT_EQ(initiator_.payloads_in_use(), 0U);
}

TEST_F(ControllerTest, CountsPayloadWhenItHasCrossedThePins) {
  initiator_.send(0, 50);
  GroupResult result;
  run_ps(30833);
  traffic_.report(result);
  EXPECT_EQ(result.payload.ifmap_bytes, 0);
  run_ps(2);
  traffic_.report(result);
  EXPECT_EQ(result.payload.ifmap_bytes, 50);
  EXPECT_EQ(controller_.take_counts().bus_bytes, 64);
  EXPECT_EQ(controller_.take_counts().bus_bytes, 0);  // since the last call
}

TEST_F(ControllerTest, LongPiecesAreSplitIntoBursts) {
  initiator_.send(0, 4096);
  run_ps(1'000'000);
  EXPECT_EQ(initiator_.notes.size(), 1U);
  EXPECT_EQ(controller_.take_counts().reads, 64);
}

TEST_F(ControllerTest, TimeCountsFromReset) {
  run_ps(12345);
  controller_.reset_state(&traffic_);
  initiator_.send(0, 64);
  run_ps(100'000);
  EXPECT_THAT(initiator_.notes, ElementsAre(Initiator::Note{tlm::BEGIN_RESP, 0, 12345 + 30834}));
}

TEST_F(ControllerTest, AnsweredAnOutOfRangeAddressAtOnce) {
  EXPECT_EQ(initiator_.send(ddr4().capacity_bytes() - 63, 64), tlm::TLM_COMPLETED);
  EXPECT_EQ(initiator_.response, tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_TRUE(controller_.idle());
}

TEST_F(ControllerTest, RefusesBlockingTransport) {
  tlm::tlm_generic_payload payload;
  sc_core::sc_time delay;
  initiator_.socket->b_transport(payload, delay);
  EXPECT_EQ(payload.get_response_status(), tlm::TLM_COMMAND_ERROR_RESPONSE);
}

TEST_F(ControllerTest, LeavesNoEventsBehind) {
  initiator_.send(0, 640);
  sc_core::sc_start();  // ends when nothing is left to happen, refreshes or not
  EXPECT_TRUE(controller_.idle());
  EXPECT_LT(sc_core::sc_time_stamp(), sc_core::sc_time(1, sc_core::SC_US));
}

TEST_F(ControllerTest, CatchesUpWithRefreshesWhenAsked) {
  run_ps(78'500'000);  // 78.5 us, tREFI 7.8 us
  EXPECT_EQ(controller_.take_counts().refreshes, 10);
}

DramConfig short_queue() {
  DramConfig part = ddr4();
  part.queue_depth = 1;  // room for 4 bursts
  return part;
}

class ShortQueueTest : public ControllerTest {
 protected:
  ShortQueueTest() : ControllerTest(short_queue()) {}
};

TEST_F(ShortQueueTest, HoldsARequestBackUntilThereIsRoom) {
  EXPECT_EQ(initiator_.send(0, 192), tlm::TLM_UPDATED);
  EXPECT_EQ(initiator_.send(4096, 128), tlm::TLM_ACCEPTED);
  sc_core::sc_start();
  ASSERT_EQ(initiator_.notes.size(), 3U);
  EXPECT_EQ(initiator_.notes[0].phase, tlm::BEGIN_RESP);
  EXPECT_EQ(initiator_.notes[1].phase, tlm::END_REQ);
  EXPECT_EQ(initiator_.notes[1].address, 4096U);
  EXPECT_EQ(initiator_.notes[1].ps, initiator_.notes[0].ps);
  EXPECT_EQ(initiator_.notes[2].phase, tlm::BEGIN_RESP);
}

TEST_F(ShortQueueTest, TakesAPieceLargerThanTheQueueWhenEmpty) {
  EXPECT_EQ(initiator_.send(0, 4096), tlm::TLM_UPDATED);
  sc_core::sc_start();
  EXPECT_EQ(initiator_.notes.size(), 1U);
}

}  // namespace
}  // namespace fusesim::hw
