#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace fusesim {

/// A value as people read it; null: "none".
std::string text_of(const nlohmann::ordered_json& value);
/// "model=resnet18 fusion=brr"
std::string text_of_axes(const nlohmann::ordered_json& axes);
/// Names the point; independent of the order of its axes.
std::string key_of_axes(const nlohmann::ordered_json& axes);

}  // namespace fusesim
