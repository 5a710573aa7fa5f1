#pragma once

#include <string>
#include <vector>

namespace fusesim::testing {

/// Words as messages list them: "a, b or c".
inline std::string any_of(const std::vector<std::string>& words) {
  std::string text;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 < words.size() ? ", " : " or ";
    text += words[i];
  }
  return text;
}

/// The names of enumerators alike.
template <typename Enum>
std::string any_name_of(const std::vector<Enum>& all) {
  std::vector<std::string> words;
  words.reserve(all.size());
  for (const Enum each : all) words.emplace_back(to_string(each));
  return any_of(words);
}

}  // namespace fusesim::testing
