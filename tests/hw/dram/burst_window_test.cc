#include "dram/burst_window.h"

#include <gtest/gtest.h>

#include "testing/dram_parts.h"

namespace fusesim::hw {
namespace {

/// One bank of rows of two bursts: bursts 2r and 2r + 1 lie in row r.
DramConfig one_bank() {
  DramConfig part = ddr4();
  part.bank_groups = part.banks_per_group = 1;
  part.columns = 2 * part.burst_length;
  return part;
}

class BurstWindowTest : public testing::Test {
 protected:
  void activate(int64_t row) {
    banks_.activate(0, row, 100);
    window_.rows_changed(0);
  }
  int64_t first_row() const { return window_.entry(window_.first_of(0, 0)).row; }

  DramConfig part_ = one_bank();
  BankStates banks_{part_};
  BurstWindow window_{AddressMap(part_), banks_, 3};
};

TEST_F(BurstWindowTest, OffersTheOldestUntilARowIsOpen) {
  window_.push(0, 2, 1, false);  // row 1
  window_.push(1, 0, 2, false);  // row 0
  EXPECT_EQ(window_.active_banks().size(), 1U);
  EXPECT_EQ(first_row(), 1);
  activate(0);
  EXPECT_EQ(first_row(), 0);
  EXPECT_EQ(window_.entry(window_.oldest()).row, 1);
}

TEST_F(BurstWindowTest, BurstsBehindItMoveUpAsOthersLeave) {
  window_.push(0, 0, 2, false);
  window_.push(1, 2, 4, true);  // one lies in the window, three behind it
  activate(0);
  EXPECT_EQ(window_.waiting(), 6);
  EXPECT_EQ(window_.fewest_left(), 2);
  EXPECT_FALSE(window_.only_one_of_its_row(window_.first_of(0, 0)));
  EXPECT_FALSE(window_.remove(window_.first_of(0, 0)));
  EXPECT_EQ(window_.fewest_left(), 1);
  EXPECT_TRUE(window_.only_one_of_its_row(window_.first_of(0, 0)));
  EXPECT_TRUE(window_.remove(window_.first_of(0, 0)));  // the last of its ticket
  EXPECT_EQ(window_.fewest_left(), 4);
  EXPECT_EQ(first_row(), 1);
  EXPECT_TRUE(window_.entry(window_.first_of(0, 0)).write);
}

TEST_F(BurstWindowTest, IsEmptyAfterTheLastBurstAndAfterReset) {
  window_.push(0, 0, 1, false);
  window_.remove(window_.oldest());
  EXPECT_TRUE(window_.active_banks().empty());
  EXPECT_EQ(window_.oldest(), BurstWindow::kNone);
  EXPECT_EQ(window_.fewest_left(), kNever);
  window_.push(0, 0, 5, false);
  window_.reset();
  EXPECT_EQ(window_.waiting(), 0);
  EXPECT_TRUE(window_.active_banks().empty());
}

}  // namespace
}  // namespace fusesim::hw
