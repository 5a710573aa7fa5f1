#include "fusesim/base/json_object.h"

#include <utility>

#include "fusesim/base/error.h"

namespace fusesim {

using nlohmann::json;

void refuse(const std::string& place, const std::string& expected, const std::string& got) {
  throw Error(place + (place.empty() ? "" : ": ") + "expected " + expected + ", got " + got);
}

std::string describe(const json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  const std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
  return text.size() <= 80 ? text : text.substr(0, 77) + "...";
}

JsonObject::JsonObject(const json& value, std::string place) : value_(value), place_(std::move(place)) {
  if (!value.is_object()) refuse(place_, "an object", describe(value));
}

const json& JsonObject::value(const char* key) {
  asked_.insert(key);
  const auto found = value_.find(key);
  if (found == value_.end()) refuse(place(key), "a value", "nothing (the key is missing)");
  return *found;
}

std::string JsonObject::text(const char* key) {
  const json& v = value(key);
  if (!v.is_string()) refuse(place(key), "a text", describe(v));
  return v.get<std::string>();
}

bool JsonObject::flag(const char* key) {
  const json& v = value(key);
  if (!v.is_boolean()) refuse(place(key), "true or false", describe(v));
  return v.get<bool>();
}

int64_t JsonObject::integer(const char* key, int64_t least, int64_t most) {
  const json& v = value(key);
  const bool too_large = v.is_number_unsigned() && v.get<uint64_t>() > static_cast<uint64_t>(most);
  const bool fits =
      v.is_number_integer() && !too_large && v.get<int64_t>() >= least && v.get<int64_t>() <= most;
  if (fits) return v.get<int64_t>();
  refuse(place(key), "an integer from " + std::to_string(least) + " to " + std::to_string(most), describe(v));
}

const json& JsonObject::array(const char* key) {
  const json& v = value(key);
  if (!v.is_array()) refuse(place(key), "an array", describe(v));
  return v;
}

void JsonObject::finish() const {
  for (const auto& item : value_.items()) {
    if (asked_.count(item.key()) != 0) continue;
    const std::string key = json(item.key()).dump(-1, ' ', true, json::error_handler_t::replace);
    refuse(place_, "only known keys", key.size() <= 80 ? key : key.substr(0, 77) + "...");
  }
}

}  // namespace fusesim
