#include "overrides.h"

#include <utility>

namespace fusesim {
namespace {

const Place kSource{"--set", 0, 0};

YamlValue new_map(const Place& place) {
  YamlValue map;
  map.kind = YamlValue::Kind::map;
  map.place = place;
  return map;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  size_t begin = 0;
  for (size_t end = text.find(separator); end != std::string::npos; end = text.find(separator, begin)) {
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  parts.push_back(text.substr(begin));
  return parts;
}

YamlEntry& entry_at(YamlValue& map, const std::string& key, const Place& place) {
  if (YamlEntry* entry = map.find(key)) return *entry;
  map.entries.push_back({key, place, new_map(place)});
  return map.entries.back();
}

/// `dram: NAME` becomes `dram: {preset: NAME}` so that single keys can be laid over it.
void expand_preset(YamlEntry& entry) {
  YamlValue map = new_map(entry.value.place);
  map.entries.push_back({"preset", entry.place, std::move(entry.value)});
  entry.value = std::move(map);
}

bool says_file(const YamlValue& value) {
  return value.kind == YamlValue::Kind::scalar && !value.quoted && value.text == "file";
}

YamlValue yes(const Place& place) {
  YamlValue value;
  value.kind = YamlValue::Kind::scalar;
  value.text = "true";
  value.place = place;
  return value;
}

void assign(YamlValue& root, const YamlEntry& override) {
  const std::vector<std::string> keys = split(override.key, '.');
  YamlValue* map = &root;
  for (size_t i = 0; i + 1 < keys.size(); ++i) {
    YamlEntry& entry = entry_at(*map, keys[i], override.place);
    const bool scalar = entry.value.kind == YamlValue::Kind::scalar;
    if (scalar && i == 0 && keys[0] == "dram") expand_preset(entry);
    // The file has something else than a map here: the reader will say so, at the file's own position.
    if (entry.value.kind != YamlValue::Kind::map) return;
    map = &entry.value;
  }
  YamlEntry& entry = entry_at(*map, keys.back(), override.place);
  entry.place = override.place;
  entry.value = override.value;
}

/// "16,8" means [16, 8], so that a shell needs no quotes.
std::string as_flow(const std::string& text) {
  const bool plain_list =
      text.find(',') != std::string::npos && text.find_first_of("[]{}\"'") == std::string::npos;
  return plain_list ? "[" + text + "]" : text;
}

}  // namespace

std::vector<YamlEntry> parse_overrides(const std::vector<std::string>& texts, Diagnostics& diagnostics) {
  std::vector<YamlEntry> overrides;
  for (const std::string& item : texts) {
    const size_t equals = item.find('=');
    const std::string key = item.substr(0, equals);
    bool named = equals != std::string::npos;
    for (const std::string& part : split(key, '.')) named = named && !part.empty();
    if (!named) {
      diagnostics.add(kSource, "", "key=value", "\"" + printable(item) + "\"");
      continue;
    }
    Diagnostics faults;
    YamlValue value = parse_yaml(as_flow(item.substr(equals + 1)), kSource.file, true, faults);
    if (!faults.empty()) {
      diagnostics.add(kSource, key, "a YAML value", "\"" + printable(item.substr(equals + 1)) + "\"");
      continue;
    }
    if (value.kind == YamlValue::Kind::null) value.place = kSource;
    overrides.push_back({key, kSource, std::move(value)});
  }
  return overrides;
}

void apply_overrides(YamlValue& root, const std::vector<YamlEntry>& overrides) {
  YamlEntry* types = root.find("datatypes");
  if (types != nullptr && says_file(types->value)) {
    YamlValue map = new_map(types->value.place);
    map.entries.push_back({"from_file", types->place, yes(types->value.place)});
    types->value = std::move(map);
  }
  for (const YamlEntry& override : overrides) {
    if (override.key == "datatypes" && says_file(override.value)) {
      assign(root, {"datatypes.from_file", override.place, yes(override.place)});
    } else {
      assign(root, override);
    }
  }
}

}  // namespace fusesim
