#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fusesim {

/// "a, b or c"
std::string listed(const std::vector<std::string>& names, const char* last = "or");
/// Without line ends, for messages.
std::string one_line(std::string text);
/// The whole of `text` as a plain decimal number, without sign or leading zeros; nothing: it is none.
std::optional<uint64_t> whole_number(const std::string& text);
/// The whole of `text` as a decimal number; nothing: it is none.
std::optional<double> decimal_number(const std::string& text);

/// Names that an option takes and what they stand for, in the order of its help.
template <typename T>
using Choices = std::vector<std::pair<std::string, T>>;

/// Values under the names that their owner gives them.
template <typename T>
Choices<T> named(const std::vector<T>& values) {
  Choices<T> choices;
  for (const T& value : values) choices.emplace_back(to_string(value), value);
  return choices;
}

/// What --help says around the options.
struct ProgramText {
  const char* name;
  const char* about;
  const char* examples;  ///< ends in a line "exit code: ..."
};

/// The options of one program: CLI11 parses and checks them, and every fault reads "--option: expected X, got
/// Y". A member function declares one option; what it is given keeps its value where the option is absent.
/// `what` is its help.
class CommandLine {
 public:
  explicit CommandLine(const ProgramText& text);

  /// One of these names.
  template <typename T, typename Target>
  CLI::Option* choice(const std::string& name, Target& target, const Choices<T>& choices,
                      const std::string& what) {
    std::vector<std::string> names;
    for (const auto& [word, value] : choices) names.push_back(word);
    const auto find = [choices](const std::string& text) -> std::optional<T> {
      for (const auto& [word, value] : choices) {
        if (word == text) return value;
      }
      return std::nullopt;
    };
    return parsed<T>(
               name, find, listed(names), [&target](const T& value) { target = value; }, what)
        ->type_name(CLI::detail::join(names, "|"));
  }

  /// A whole number from `least` to `most`.
  template <typename Target>
  CLI::Option* whole(const std::string& name, Target& target, uint64_t least, uint64_t most,
                     const std::string& what) {
    const auto find = [least, most](const std::string& text) {
      const std::optional<uint64_t> number = whole_number(text);
      return number && *number >= least && *number <= most ? number : std::nullopt;
    };
    const std::string expected =
        most == UINT64_MAX ? "a whole number below 2^64"
                           : "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    const auto store = [&target](uint64_t value) { target = static_cast<Whole<Target>>(value); };
    return parsed<uint64_t>(name, find, expected, store, what)->type_name("N");
  }

  /// A number from `least` to `most`.
  CLI::Option* real(const std::string& name, std::function<void(double)> store, double least, double most,
                    const std::string& what);
  /// A time, more than 0 and at most a thousand days.
  CLI::Option* seconds(const std::string& name, std::function<void(double)> store, const std::string& what);
  /// A text that is not empty; `expected` says what it stands for, e.g. "a file".
  CLI::Option* text(const std::string& name, std::string& target, const std::string& expected,
                    const std::string& what);
  /// Any text, taken as it is typed; may be repeated.
  CLI::Option* texts(const std::string& name, std::vector<std::string>& target, const std::string& what);
  CLI::Option* flag(const std::string& name, bool& target, const std::string& what);
  /// A text that `find` understands; it returns nothing for one that it does not.
  template <typename T>
  CLI::Option* parsed(const std::string& name, std::function<std::optional<T>(const std::string&)> find,
                      const std::string& expected, std::function<void(const T&)> store,
                      const std::string& what) {
    const auto take = [find, store](const std::string& text) { store(*find(text)); };
    return app_.add_option_function<std::string>(name, take, what)->check(check_of(find, expected));
  }
  /// The same for an option that may be repeated: `store` gets one text after the other.
  template <typename T>
  CLI::Option* each_parsed(const std::string& name, std::function<std::optional<T>(const std::string&)> find,
                           const std::string& expected, std::function<void(const T&)> store,
                           const std::string& what) {
    const auto take = [find, store](const std::vector<std::string>& texts) {
      for (const std::string& text : texts) store(*find(text));
    };
    return app_.add_option_function<std::vector<std::string>>(name, take, what)
        ->check(check_of(find, expected))
        ->allow_extra_args(false);
  }

  /// Whether the option was typed; false where the program has no such option.
  bool given(const std::string& name) const;
  /// All options that were typed, in the order of the help.
  std::vector<std::string> all_given() const;

  /// Parses and stores. Returns what to print on standard output at once instead (help, version). Throws
  /// Error.
  std::optional<std::string> parse(int argc, const char* const* argv);

 private:
  std::string unknown() const;
  /// What CLI11 calls to check a text: "" or the fault.
  template <typename Find>
  static std::function<std::string(const std::string&)> check_of(Find find, const std::string& expected) {
    return [find, expected](const std::string& text) {
      return find(text) ? std::string() : "expected " + expected + ", got '" + one_line(text) + "'";
    };
  }

  template <typename T>
  struct WholeOf {
    using Type = T;
  };
  template <typename T>
  struct WholeOf<std::optional<T>> {
    using Type = T;
  };
  template <typename T>
  using Whole = typename WholeOf<T>::Type;

  CLI::App app_;
};

}  // namespace fusesim
