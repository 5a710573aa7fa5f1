#include "json_file.h"

#include "fusesim/base/json_text.h"
#include "fusesim/base/read_file.h"

namespace fusesim {

using Json = nlohmann::ordered_json;

Json read_json(const std::string& path, const std::string& format) {
  Json json = parse_stored_json(read_file(path), path);
  const Json& got = field(json, "/format", path);
  if (got != format) throw Error(path + ": format: expected \"" + format + "\", got " + got.dump());
  return json;
}

const Json& field(const Json& json, const std::string& pointer, const std::string& path) {
  const Json::json_pointer place(pointer);
  if (!json.contains(place)) throw Error(path + ": " + pointer.substr(1) + ": expected a value, got nothing");
  return json.at(place);
}

}  // namespace fusesim
