#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace fusesim {

/// "groups[3]: expected X, got Y"
[[noreturn]] void refuse(const std::string& place, const std::string& expected, const std::string& got);
/// A JSON value in a message.
std::string describe(const nlohmann::json& value);

/// Typed access to one JSON object. Every key is required; a fault throws Error("place: expected X, got Y").
class JsonObject {
 public:
  /// `place` is empty for the document.
  JsonObject(const nlohmann::json& value, std::string place);

  std::string text(const char* key);
  bool flag(const char* key);
  int64_t integer(const char* key, int64_t least, int64_t most);
  const nlohmann::json& array(const char* key);
  const nlohmann::json& value(const char* key);
  bool has(const char* key) const { return value_.contains(key); }
  std::string place(const char* key) const { return place_.empty() ? key : place_ + "." + key; }
  /// The value whose to_string is the text under `key`.
  template <class Enum>
  Enum choice(const char* key, const std::vector<Enum>& values) {
    std::string words;
    const std::string word = text(key);
    for (const Enum v : values) {
      if (word == to_string(v)) return v;
      words += (words.empty() ? "" : v == values.back() ? " or " : ", ") + std::string(to_string(v));
    }
    refuse(place(key), words, describe(value(key)));
  }
  /// Throws if the object has a key that nobody asked for.
  void finish() const;

 private:
  const nlohmann::json& value_;
  std::string place_;
  std::set<std::string> asked_;
};

}  // namespace fusesim
