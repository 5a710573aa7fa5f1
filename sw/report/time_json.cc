#include "time_json.h"

#include <algorithm>
#include <string>

namespace fusesim {
namespace {

using Json = nlohmann::ordered_json;

std::string key_of(Cause cause) {
  std::string key = to_string(cause);
  std::replace(key.begin(), key.end(), ' ', '_');
  std::transform(key.begin(), key.end(), key.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return key;
}

Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

}  // namespace

Json causes_json(const CauseCycles& cycles) {
  Json json = Json::object();
  for (const Cause cause : kAllCauses) json[key_of(cause)] = cycles[cause];
  return json;
}

Json peaks_json(const Peaks& peaks) {
  return {{"macs_per_cycle", peaks.macs_per_cycle}, {"bytes_per_cycle", peaks.bytes_per_cycle}};
}

Json roofline_json(const Roofline& roofline) {
  return {{"macs_per_byte", or_null(roofline.macs_per_byte)},
          {"attained", roofline.attained},
          {"attainable", roofline.attainable},
          {"array_share", roofline.array_share},
          {"bandwidth_share", roofline.bandwidth_share},
          {"row_hit_rate", or_null(roofline.row_hit_rate)}};
}

Json op_time_json(const Peaks& peaks, const OpResult& op) {
  return {{"cycles", op.cycles.total()},
          {"causes", causes_json(op.cycles)},
          {"macs", op.macs},
          {"vector_ops", op.vector_ops},
          {"ifmap_bytes", op.payload.ifmap_bytes},
          {"ofmap_bytes", op.payload.ofmap_bytes},
          {"weight_bytes", op.payload.weight_bytes},
          {"bursts", op.bursts},
          {"row_hits", op.row_hits},
          {"roofline", roofline_json(roofline(peaks, op))}};
}

}  // namespace fusesim
