#pragma once

#include <cstdint>
#include <limits>

namespace fusesim::hw {

/// A cycle that never comes.
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

enum class CommandKind : uint8_t {
  activate,
  precharge,
  precharge_all,  ///< every open bank of a rank
  read,
  read_auto_precharge,  ///< the bank closes itself as soon as it may
  write,
  write_auto_precharge,
  refresh,  ///< all banks of a rank
};

/// A command on the pins of one channel. Banks count from 0 within their bank group, groups within their
/// rank; both are 0 for commands to a whole rank, row is meaningful for activates, reads and writes.
struct Command {
  int64_t cycle = 0;
  CommandKind kind = CommandKind::activate;
  int64_t channel = 0, rank = 0, group = 0, bank = 0;
  int64_t row = 0;
};

/// Sees commands in the order of their cycles, per channel.
class CommandObserver {
 public:
  virtual ~CommandObserver() = default;
  virtual void on_command(const Command& command) = 0;
};

}  // namespace fusesim::hw
