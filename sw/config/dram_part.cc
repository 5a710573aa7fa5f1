#include <algorithm>

#include "fusesim/config/config.h"

namespace fusesim {

int64_t DramPart::refreshes_per_rank() const {
  switch (refresh) {
    case RefreshMode::all_bank:
      return 1;
    case RefreshMode::per_bank:
      return bank_groups * banks_per_group;
    case RefreshMode::same_bank:
      return banks_per_group;
  }
  return 1;
}

int64_t DramPart::least_refi() const {
  // Closing the rows, the refresh, then opening one: what is left must do for a burst, or none is ever
  // served.
  const int64_t data = data_clocks();
  const int64_t commands = activate_clocks + burst_clocks + precharge_clocks + refresh_clocks - 4;
  const int64_t closing = std::max<int64_t>(0, precharge_all_time() - rp) + ppd;
  const int64_t serving =
      2 * (std::max(rc, ras + rp) + cl + dqsck + data + cwl + dqss + data + wr + commands + closing);
  if (refresh == RefreshMode::all_bank) return rfc + serving;
  // A bank is refreshed once in refi, and the refreshes of a rank follow one another at refresh_gap.
  const int64_t apart = refresh_gap + rc + ppd + commands;
  return std::max(rfc_bank + serving, apart * refreshes_per_rank());
}

}  // namespace fusesim
