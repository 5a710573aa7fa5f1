#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "fusesim/base/json_object.h"
#include "fusesim/base/json_text.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim {

inline constexpr int64_t kLargest = std::numeric_limits<int64_t>::max();

inline std::string in_quotes(const std::string& text) { return describe(nlohmann::json(text)); }

inline std::string element(const std::string& list, size_t i) { return list + "[" + std::to_string(i) + "]"; }

/// Index and name of an op or a tensor, which must agree. Throws Error.
template <class Item>
int32_t read_reference(JsonObject& object, const std::vector<Item>& items, const char* what) {
  const auto most = static_cast<int64_t>(items.size()) - 1;
  const int64_t index = object.integer("index", 0, most);
  const std::string expected = json_name(items[static_cast<size_t>(index)].name);
  const std::string got = object.text("name");
  if (got != expected) {
    refuse(object.place("name"), in_quotes(expected) + " (" + what + " " + std::to_string(index) + ")",
           in_quotes(got));
  }
  return static_cast<int32_t>(index);
}

/// The prediction under `root`, one of every group of the schedule. Throws Error.
Prediction read_prediction(JsonObject& root, const Schedule& schedule);

}  // namespace fusesim
