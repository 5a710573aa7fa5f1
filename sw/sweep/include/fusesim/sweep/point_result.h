#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "fusesim/sweep/process.h"
#include "fusesim/sweep/sweep.h"

namespace fusesim {

enum class PointStatus : uint8_t {
  ok,        ///< every group confirmed
  mismatch,  ///< prediction and machine disagree
  failed,    ///< no result
};
const char* to_string(PointStatus status);

/// What is known of a point after its run.
struct PointResult {
  PointStatus status = PointStatus::failed;
  std::string reason;             ///< one line; empty: ok
  nlohmann::ordered_json report;  ///< report.json without its groups; null: there is none
  double seconds = 0.0;           ///< wall time of the run
};

/// Judges the run whose files are in `folder`; `error_text` is what it wrote to standard error. Throws Error
/// if it was the disk that refused.
PointResult judge(const Point& point, const std::string& folder, const Ended& ended,
                  const std::string& error_text, std::optional<double> timeout_seconds);

/// point.json, `fusesim.point/1`.
std::string point_json(const Sweep& sweep, const Point& point, const PointResult& result, const Ended& ended);

/// Reads a stored point. Throws Error if its files are not what run_sweep writes.
PointResult read_point(const std::string& folder);

/// report.json with (`groups`) or without its long lists of groups and outputs. Throws Error.
nlohmann::ordered_json read_report(const std::string& file, bool groups);

}  // namespace fusesim
