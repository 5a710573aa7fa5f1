#include "schedule_check.h"

#include <string>

namespace fusesim::hw {
namespace {

void check(const Config& config, const Schedule& schedule, size_t index) {
  const std::string place = "schedule " + std::to_string(index) + ": ";
  const std::string reason = invalid_reason(schedule);
  if (!reason.empty()) throw Error(place + reason);
  if (!(schedule.datatypes == config.datatypes)) {
    throw Error(place + "datatypes: expected those of the configuration, got others");
  }
  if (schedule.buffer_bytes != config.buffer.capacity_bytes) {
    throw Error(place + "buffer_bytes: expected the capacity of the configuration, " +
                std::to_string(config.buffer.capacity_bytes) + ", got " +
                std::to_string(schedule.buffer_bytes));
  }
}

}  // namespace

void check_schedules(const Config& config, const std::vector<Schedule>& schedules,
                     const SimOptions& options) {
  for (size_t i = 0; i < schedules.size(); ++i) check(config, schedules[i], i);
  if (!options.values.empty() && options.values.size() != schedules.size())
    throw Error("simulate: expected values of each schedule or of none");
}

}  // namespace fusesim::hw
