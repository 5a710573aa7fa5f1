#include <gtest/gtest.h>

#include <systemc>

/// Every warning of the kernel counts as a failure.
int main(int argc, char** argv) {
  sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_THROW);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
