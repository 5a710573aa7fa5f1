#include "config_json.h"

#include <yaml-cpp/yaml.h>

#include <charconv>
#include <nlohmann/json.hpp>

namespace fusesim {
namespace {

using Json = nlohmann::ordered_json;

template <typename T>
bool parse_whole(const std::string& text, T& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end;
}

Json scalar_json(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  if (node.Tag() == "!") return text;  // quoted
  if (text == "true") return true;
  if (text == "false") return false;
  int64_t whole = 0;
  if (parse_whole(text, whole)) return whole;
  double real = 0.0;
  if (parse_whole(text, real)) return real;
  return text;
}

Json node_json(const YAML::Node& node) {
  if (node.IsScalar()) return scalar_json(node);
  if (node.IsSequence()) {
    Json list = Json::array();
    for (const YAML::Node& item : node) list.push_back(node_json(item));
    return list;
  }
  if (!node.IsMap()) return nullptr;
  Json map = Json::object();
  for (const auto& entry : node) map[entry.first.Scalar()] = node_json(entry.second);
  return map;
}

}  // namespace

Json config_json(const Config& config) { return node_json(YAML::Load(to_yaml(config))); }

}  // namespace fusesim
