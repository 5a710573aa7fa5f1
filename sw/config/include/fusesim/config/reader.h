#pragma once

#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fusesim/config/diagnostics.h"
#include "fusesim/config/yaml_tree.h"

namespace fusesim {

/// What reading one source leaves behind for the checks that follow.
class ReadState {
 public:
  /// `all_required`: every key must be present (DRAM files); else absent keys keep their defaults.
  ReadState(Diagnostics& faults, bool all_required) : diagnostics(faults), required(all_required) {}

  /// Reports the keys that nobody asked for, each with the nearest key that exists, and values in the place
  /// of a map, with a key that such a map has.
  void report_unknown();

  Diagnostics& diagnostics;
  bool required;
  std::map<std::string, Place> places;  ///< keys that were read
  std::set<std::string> inherited;      ///< of those, keys that a DRAM file gave
  std::set<std::string> failed;         ///< keys that were refused
  std::vector<std::string> known;       ///< keys that were asked for
  std::vector<std::pair<std::string, Place>> unknown;
  std::vector<std::pair<std::string, YamlValue>> no_maps;
};

/// Typed access to one YAML map. Every member function reads one key into `value`, or reports why it cannot
/// and leaves `value` alone. Ranges are inclusive.
class Reader {
 public:
  Reader(const YamlValue& map, std::string prefix, ReadState& state)
      : map_(map), prefix_(std::move(prefix)), state_(state) {}

  void text(const char* key, std::string& value);
  void flag(const char* key, bool& value);
  void integer(const char* key, int64_t& value, int64_t least, int64_t most);
  void power_of_two(const char* key, int64_t& value, int64_t least, int64_t most);
  void number(const char* key, double& value, double most);
  /// The word auto is nothing.
  void number_or_auto(const char* key, std::optional<double>& value, double most);
  /// Bits in YAML, bytes in `value`: a multiple of 8 up to 64.
  void bits(const char* key, int64_t& bytes);
  void size(const char* key, int64_t& bytes, int64_t most);
  void megahertz(const char* key, int64_t& khz);
  /// A set of integers; stored in descending order.
  void integers(const char* key, std::vector<int64_t>& values, int64_t least, int64_t most);
  template <class Enum, class Names>
  void choice(const char* key, Enum& value, const Names& names) {
    std::vector<std::string> words;
    words.reserve(std::size(names));
    for (const auto& entry : names) words.emplace_back(entry.first);
    const int index = choose(key, words);
    if (index >= 0) value = names[static_cast<size_t>(index)].second;
  }
  /// A permutation of names, with blanks between them.
  template <class Order, class Names>
  void order(const char* key, Order& value, const Names& names) {
    std::vector<std::string> words;
    words.reserve(std::size(names));
    for (const auto& entry : names) words.emplace_back(entry.first);
    const std::vector<size_t> places = arrange(key, words);
    for (size_t i = 0; i < places.size(); ++i) value[i] = names[places[i]].second;
  }
  /// `fields(reader)` reads keys of this map that may be absent even where all others are required.
  template <class Fields>
  void with_defaults(Fields&& fields) {
    const bool required = std::exchange(state_.required, false);
    fields(*this);
    state_.required = required;
  }
  /// `fields(inner)` reads the keys of the map under `key`.
  template <class Fields>
  void section(const char* key, Fields&& fields) {
    Reader inner(map_under(key), path(key) + ".", state_);
    fields(inner);
    inner.finish();
  }
  /// The raw value under `key` (nullptr if absent); counts as read.
  const YamlEntry* find(const char* key);
  /// Notes every key of this map that nobody asked for.
  void finish();

 private:
  std::string path(const char* key) const { return prefix_ + key; }
  const YamlValue& map_under(const char* key);
  int choose(const char* key, const std::vector<std::string>& words);
  /// For each word of the text its place in `words`; nothing after a report.
  std::vector<size_t> arrange(const char* key, const std::vector<std::string>& words);
  void refuse(const char* key, const YamlEntry& entry, const std::string& expected);
  /// The entry if it is a scalar, unquoted unless `quotes_allowed`; reports and returns nullptr otherwise.
  const YamlEntry* scalar(const char* key, const std::string& expected, bool quotes_allowed = false);
  void accept(const char* key, const YamlEntry& entry) {
    state_.places[path(key)] = entry.value.place;
    state_.inherited.erase(path(key));
  }

  const YamlValue& map_;
  std::string prefix_;
  ReadState& state_;
  std::set<std::string> asked_;
};

}  // namespace fusesim
