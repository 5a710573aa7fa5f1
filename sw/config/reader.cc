#include "fusesim/config/reader.h"

#include <algorithm>
#include <functional>
#include <sstream>

#include "units.h"

namespace fusesim {
namespace {

/// Of a list; each is one more variant of every schedule.
constexpr size_t kMostIntegers = 64;

std::string range_text(int64_t least, int64_t most) {
  return "an integer from " + std::to_string(least) + " to " + std::to_string(most);
}

std::string join(const std::vector<std::string>& words, const char* last) {
  std::string text;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? last : ", ";
    text += words[i];
  }
  return text;
}

std::string with_octal_hint(const std::string& expected, const YamlValue& value) {
  const bool octal = value.kind == YamlValue::Kind::scalar && !value.quoted && looks_octal(value.text);
  return octal ? expected + ", without leading zeros" : expected;
}

}  // namespace

void ReadState::report_unknown() {
  for (const auto& [key, place] : unknown) {
    const std::string near = nearest(key, known);
    std::string expected = "a known key";
    if (!near.empty()) expected += " (nearest: " + near + ")";
    diagnostics.add(place, key, expected, "an unknown key");
  }
  for (const auto& [key, value] : no_maps) {
    const std::string start = key + ".";
    const auto child = std::find_if(known.begin(), known.end(), [&start](const std::string& candidate) {
      return candidate.compare(0, start.size(), start) == 0;
    });
    const std::string hint = child == known.end() ? "" : " of keys such as " + *child;
    diagnostics.add(value.place, key, "a map" + hint, describe(value));
  }
}

const YamlEntry* Reader::find(const char* key) {
  asked_.insert(key);
  state_.known.push_back(path(key));
  return map_.find(key);
}

void Reader::finish() {
  for (const YamlEntry& entry : map_.entries) {
    if (asked_.count(entry.key) == 0) state_.unknown.emplace_back(prefix_ + entry.key, entry.place);
  }
}

void Reader::refuse(const char* key, const YamlEntry& entry, const std::string& expected) {
  state_.failed.insert(path(key));
  state_.diagnostics.add(entry.value.place, path(key), expected, describe(entry.value));
}

const YamlValue& Reader::map_under(const char* key) {
  static const YamlValue empty = [] {
    YamlValue value;
    value.kind = YamlValue::Kind::map;
    return value;
  }();
  const YamlEntry* entry = find(key);
  if (entry == nullptr) return empty;
  if (entry->value.kind == YamlValue::Kind::map) return entry->value;
  state_.failed.insert(path(key));
  state_.no_maps.emplace_back(path(key), entry->value);
  return empty;
}

const YamlEntry* Reader::scalar(const char* key, const std::string& expected, bool quotes_allowed) {
  const YamlEntry* entry = find(key);
  if (entry == nullptr) {
    if (state_.required) {
      state_.failed.insert(path(key));
      state_.diagnostics.add(map_.place, path(key), expected, "nothing (the key is missing)");
    }
    return nullptr;
  }
  const bool fits = entry->value.kind == YamlValue::Kind::scalar && (quotes_allowed || !entry->value.quoted);
  if (fits) return entry;
  refuse(key, *entry, expected);
  return nullptr;
}

void Reader::text(const char* key, std::string& value) {
  const std::string expected = "a text of 1 to 100 characters";
  const YamlEntry* entry = scalar(key, expected, true);
  if (entry == nullptr) return;
  const std::string& given = entry->value.text;
  const bool control = std::any_of(given.begin(), given.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (given.empty() || given.size() > 100 || control) return refuse(key, *entry, expected);
  value = given;
  accept(key, *entry);
}

void Reader::flag(const char* key, bool& value) {
  const YamlEntry* entry = scalar(key, "true or false");
  if (entry == nullptr) return;
  const std::string& given = entry->value.text;
  if (given != "true" && given != "false") return refuse(key, *entry, "true or false");
  value = given == "true";
  accept(key, *entry);
}

void Reader::integer(const char* key, int64_t& value, int64_t least, int64_t most) {
  const std::string expected = range_text(least, most);
  const YamlEntry* entry = scalar(key, expected);
  if (entry == nullptr) return;
  const auto given = parse_integer(entry->value.text);
  if (!given || *given < least || *given > most) {
    return refuse(key, *entry, with_octal_hint(expected, entry->value));
  }
  value = *given;
  accept(key, *entry);
}

void Reader::power_of_two(const char* key, int64_t& value, int64_t least, int64_t most) {
  const std::string expected = "a power of two from " + std::to_string(least) + " to " + std::to_string(most);
  const YamlEntry* entry = scalar(key, expected);
  if (entry == nullptr) return;
  const auto given = parse_integer(entry->value.text);
  if (!given || *given < least || *given > most || (*given & (*given - 1)) != 0) {
    return refuse(key, *entry, with_octal_hint(expected, entry->value));
  }
  value = *given;
  accept(key, *entry);
}

void Reader::number(const char* key, double& value, double most) {
  const std::string expected = "a number from 0 to " + decimal_text(most);
  const YamlEntry* entry = scalar(key, expected);
  if (entry == nullptr) return;
  const auto given = parse_decimal(entry->value.text);
  if (!given || *given < 0.0 || *given > most) {
    return refuse(key, *entry, with_octal_hint(expected, entry->value));
  }
  value = *given;
  accept(key, *entry);
}

void Reader::number_or_auto(const char* key, std::optional<double>& value, double most) {
  const std::string expected = "auto or a number from 0 to " + decimal_text(most);
  const YamlEntry* entry = scalar(key, expected);
  if (entry == nullptr) return;
  const auto given = parse_decimal(entry->value.text);
  const bool automatic = entry->value.text == "auto";
  if (!automatic && (!given || *given < 0.0 || *given > most)) {
    return refuse(key, *entry, with_octal_hint(expected, entry->value));
  }
  value = given;
  accept(key, *entry);
}

void Reader::bits(const char* key, int64_t& bytes) {
  const std::string expected = "a multiple of 8 from 8 to 64";
  const YamlEntry* entry = scalar(key, expected);
  if (entry == nullptr) return;
  const auto given = parse_integer(entry->value.text);
  if (!given || *given < 8 || *given > 64 || *given % 8 != 0) {
    return refuse(key, *entry, with_octal_hint(expected, entry->value));
  }
  bytes = *given / 8;
  accept(key, *entry);
}

void Reader::size(const char* key, int64_t& bytes, int64_t most) {
  const YamlEntry* entry = scalar(key, "a size such as 262144, 256KiB, 1MiB or 64KB");
  if (entry == nullptr) return;
  const SizeResult given = parse_size(entry->value.text);
  if (!given.bytes) return refuse(key, *entry, given.expected);
  if (*given.bytes < 1 || *given.bytes > most) {
    return refuse(key, *entry, "a size from 1 B to " + size_text(most));
  }
  bytes = *given.bytes;
  accept(key, *entry);
}

void Reader::megahertz(const char* key, int64_t& khz) {
  constexpr int64_t kMostKhz = 100'000'000;
  const std::string expected = "MHz from 0.001 to 100000 with at most 3 decimals";
  const YamlEntry* entry = scalar(key, expected);
  if (entry == nullptr) return;
  const auto given = parse_megahertz(entry->value.text);
  if (!given || *given < 1 || *given > kMostKhz) {
    return refuse(key, *entry, with_octal_hint(expected, entry->value));
  }
  khz = *given;
  accept(key, *entry);
}

void Reader::integers(const char* key, std::vector<int64_t>& values, int64_t least, int64_t most) {
  const std::string expected =
      "a list of distinct integers from " + std::to_string(least) + " to " + std::to_string(most);
  const YamlEntry* entry = find(key);
  if (entry == nullptr) return;
  if (entry->value.kind != YamlValue::Kind::list || entry->value.items.empty()) {
    if (entry->value.kind != YamlValue::Kind::list) return refuse(key, *entry, expected);
    state_.failed.insert(path(key));
    return state_.diagnostics.add(entry->value.place, path(key), expected, "an empty list");
  }
  if (entry->value.items.size() > kMostIntegers) {
    state_.failed.insert(path(key));
    return state_.diagnostics.add(entry->value.place, path(key),
                                  "at most " + std::to_string(kMostIntegers) + " integers",
                                  std::to_string(entry->value.items.size()));
  }
  std::vector<int64_t> given;
  for (size_t i = 0; i < entry->value.items.size(); ++i) {
    const YamlValue& item = entry->value.items[i];
    const bool plain = item.kind == YamlValue::Kind::scalar && !item.quoted;
    const auto number = plain ? parse_integer(item.text) : std::nullopt;
    const std::string item_path = path(key) + "[" + std::to_string(i) + "]";
    if (!number || *number < least || *number > most) {
      state_.failed.insert(path(key));
      state_.diagnostics.add(item.place, item_path, with_octal_hint(range_text(least, most), item),
                             describe(item));
    } else if (std::find(given.begin(), given.end(), *number) != given.end()) {
      state_.failed.insert(path(key));
      state_.diagnostics.add(item.place, item_path, "each number once", describe(item) + " again");
    } else {
      given.push_back(*number);
    }
  }
  if (state_.failed.count(path(key)) != 0) return;
  std::sort(given.begin(), given.end(), std::greater<>());
  values = given;
  accept(key, *entry);
}

int Reader::choose(const char* key, const std::vector<std::string>& words) {
  const std::string expected = join(words, " or ");
  const YamlEntry* entry = scalar(key, expected, true);
  if (entry == nullptr) return -1;
  const auto hit = std::find(words.begin(), words.end(), entry->value.text);
  if (hit == words.end()) {
    refuse(key, *entry, expected);
    return -1;
  }
  accept(key, *entry);
  return static_cast<int>(hit - words.begin());
}

std::vector<size_t> Reader::arrange(const char* key, const std::vector<std::string>& words) {
  const std::string expected = "each of " + join(words, " and ") + " once, the highest part first";
  const YamlEntry* entry = scalar(key, expected, true);
  if (entry == nullptr) return {};
  std::vector<size_t> places;
  std::set<std::string> seen;
  std::istringstream text(entry->value.text);
  for (std::string word; text >> word;) {
    const auto hit = std::find(words.begin(), words.end(), word);
    if (hit == words.end() || !seen.insert(word).second) {
      refuse(key, *entry, expected);
      return {};
    }
    places.push_back(static_cast<size_t>(hit - words.begin()));
  }
  if (places.size() != words.size()) {
    refuse(key, *entry, expected);
    return {};
  }
  accept(key, *entry);
  return places;
}

}  // namespace fusesim
