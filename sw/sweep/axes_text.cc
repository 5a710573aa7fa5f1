#include "axes_text.h"

namespace fusesim {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& value) {
  if (value.is_null()) return "none";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string text_of_axes(const Json& axes) {
  std::string text;
  for (const auto& [name, value] : axes.items())
    text += (text.empty() ? "" : " ") + name + "=" + text_of(value);
  return text;
}

std::string key_of_axes(const Json& axes) { return nlohmann::json(axes).dump(); }

}  // namespace fusesim
