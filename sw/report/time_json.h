#pragma once

#include <nlohmann/json.hpp>

#include "fusesim/hw/results.h"
#include "roofline.h"

namespace fusesim {

/// Cycles by cause, the causes under their names with _ for a space.
nlohmann::ordered_json causes_json(const CauseCycles& cycles);
nlohmann::ordered_json peaks_json(const Peaks& peaks);
nlohmann::ordered_json roofline_json(const Roofline& roofline);
/// What an op did and where it stands.
nlohmann::ordered_json op_time_json(const Peaks& peaks, const OpResult& op);

}  // namespace fusesim
