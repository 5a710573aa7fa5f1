#pragma once

#include <string>
#include <vector>

#include "fusesim/config/diagnostics.h"

namespace fusesim {

struct YamlEntry;

/// One YAML value with its position. Values of --set have the place "--set".
struct YamlValue {
  enum class Kind { null, scalar, list, map };
  Kind kind = Kind::null;
  std::string text;     ///< scalar
  bool quoted = false;  ///< scalar written in quotes: text, never a number
  Place place;
  std::vector<YamlValue> items;    ///< list
  std::vector<YamlEntry> entries;  ///< map, in file order, keys distinct

  const YamlEntry* find(const std::string& key) const;
  YamlEntry* find(const std::string& key);
};

struct YamlEntry {
  std::string key;
  Place place;
  YamlValue value;
};

/// `value` in a message: "nothing", "a list", bare numbers and words, quoted text.
std::string describe(const YamlValue& value);

/// Parses one YAML document. Duplicate keys are reported and skipped; a fault that ends the parse (syntax,
/// binary data, aliases, tags, a second document) is reported and gives a null value. An empty text is null.
/// `single_value` (--set): every place is `source` without line.
YamlValue parse_yaml(const std::string& text, const std::string& source, bool single_value,
                     Diagnostics& diagnostics);

/// Reads a whole file of YAML whose root must be a map; a fault is reported and gives an empty map.
YamlValue parse_yaml_file(const std::string& path, Diagnostics& diagnostics);

}  // namespace fusesim
