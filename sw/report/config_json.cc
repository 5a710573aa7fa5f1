#include "config_json.h"

#include <charconv>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "fusesim/config/diagnostics.h"
#include "fusesim/config/yaml_tree.h"

namespace fusesim {
namespace {

using Json = nlohmann::ordered_json;

template <typename T>
bool parse_whole(const std::string& text, T& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end;
}

Json scalar_json(const YamlValue& value) {
  if (value.quoted) return value.text;
  if (value.text == "true") return true;
  if (value.text == "false") return false;
  int64_t whole = 0;
  if (parse_whole(value.text, whole)) return whole;
  double real = 0.0;
  if (parse_whole(value.text, real)) return real;
  return value.text;
}

Json to_json(const YamlValue& value) {
  switch (value.kind) {
    case YamlValue::Kind::null:
      return nullptr;
    case YamlValue::Kind::scalar:
      return scalar_json(value);
    case YamlValue::Kind::list: {
      Json list = Json::array();
      for (const YamlValue& item : value.items) list.push_back(to_json(item));
      return list;
    }
    case YamlValue::Kind::map: {
      Json map = Json::object();
      for (const YamlEntry& entry : value.entries) map[entry.key] = to_json(entry.value);
      return map;
    }
  }
  throw std::logic_error("no such kind of YAML");
}

}  // namespace

Json config_json(const Config& config) {
  Diagnostics faults;
  const YamlValue root = parse_yaml(to_yaml(config), "configuration", false, faults);
  faults.throw_if_any();
  return to_json(root);
}

}  // namespace fusesim
