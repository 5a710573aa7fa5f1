#pragma once

#include <cstdint>
#include <limits>

namespace fusesim::hw {

/// A cycle that never comes.
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

enum class CommandKind : uint8_t {
  activate,
  precharge,
  precharge_all,  ///< every open bank that a refresh is due for: of a rank, or of one number in every group
  read,
  read_auto_precharge,  ///< the bank closes itself as soon as it may
  write,
  write_auto_precharge,
  refresh,  ///< all banks of a rank, one bank, or those of one number in every group (DramPart::refresh)
};

constexpr int kCommandKinds = 8;

inline bool is_burst(CommandKind kind) {
  return kind == CommandKind::read || kind == CommandKind::read_auto_precharge ||
         kind == CommandKind::write || kind == CommandKind::write_auto_precharge;
}

/// A command on the pins of one channel. Banks count from 0 within their bank group, groups within their
/// rank; both are 0 for commands to a whole rank, the group for one to a bank of every group; row is
/// meaningful for activates, reads and writes.
struct Command {
  int64_t cycle = 0;  ///< its first clock
  CommandKind kind = CommandKind::activate;
  int64_t channel = 0, rank = 0, group = 0, bank = 0;
  int64_t row = 0;
  int64_t begins = 0, ends = 0;  ///< of the data, or of the refresh; of other commands their cycle
};

/// Sees requests in the order in which they are accepted: a contiguous piece, from the cycle of its arrival.
class RequestObserver {
 public:
  virtual ~RequestObserver() = default;
  virtual void on_request(int64_t address, int64_t bytes, bool write, int64_t cycle) = 0;
};

/// Sees commands in the order of their cycles, per channel.
class CommandObserver {
 public:
  virtual ~CommandObserver() = default;
  virtual void on_command(const Command& command) = 0;
};

}  // namespace fusesim::hw
