#pragma once

#include <functional>
#include <string>

#include "fusesim/import/import.h"
#include "place.h"

namespace fusesim::importer {

/// How work in a child process ended.
struct ChildEnd {
  enum class How : uint8_t { done, out_of_memory, out_of_time, died };
  How how = How::done;
  std::string bytes;   ///< what the work returned; of `done` only
  std::string place;   ///< where the work was; not of `done`
  std::string reason;  ///< "signal 11 (Segmentation fault)"; of `died` only
};

/// "place: the import ..." for an end other than `done`.
std::string explain(const ChildEnd& end, const ImportLimits& limits);

/// Runs `work` in a copy of this process that has `limits`, and waits for it. Nothing that the work does to
/// memory is seen here but what it returns. No other thread may run. The work may throw std::bad_alloc;
/// whatever else it throws is a death. Throws Error where no process can be started.
ChildEnd run_in_child(const ImportLimits& limits, const std::function<std::string(Place&)>& work);

}  // namespace fusesim::importer
