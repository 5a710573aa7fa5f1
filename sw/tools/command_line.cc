#include "fusesim/tools/command_line.h"

#include <algorithm>
#include <charconv>

#include "fusesim/base/error.h"
#include "fusesim/config/diagnostics.h"

namespace fusesim {
namespace {

constexpr double kMostSeconds = 86'400'000.0;
constexpr size_t kHelpColumn = 32;

}  // namespace

std::string listed(const std::vector<std::string>& names, const char* last) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? std::string(" ") + last + " " : ", ";
    text += names[i];
  }
  return text;
}

std::string one_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

std::optional<uint64_t> whole_number(const std::string& text) {
  if (text.size() > 1 && text[0] == '0') return std::nullopt;  // looks octal
  uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<double> decimal_number(const std::string& text) {
  double value = 0.0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

CommandLine::CommandLine(const ProgramText& text) : app_(text.about, text.name) {
  app_.footer(text.examples);
  app_.set_version_flag("--version", std::string(text.name) + " " FUSESIM_VERSION);
  app_.get_formatter()->column_width(kHelpColumn);
}

CLI::Option* CommandLine::real(const std::string& name, std::function<void(double)> store, double least,
                               double most, const std::string& what) {
  const auto find = [least, most](const std::string& text) {
    const std::optional<double> number = decimal_number(text);
    return number && *number >= least && *number <= most ? number : std::nullopt;
  };
  const std::string expected =
      "a number from " + CLI::detail::to_string(least) + " to " + CLI::detail::to_string(most);
  return parsed<double>(name, find, expected, std::move(store), what)->type_name("R");
}

CLI::Option* CommandLine::seconds(const std::string& name, std::function<void(double)> store,
                                  const std::string& what) {
  const auto find = [](const std::string& text) {
    const bool exponent = text.find_first_of("eE") != std::string::npos;
    const std::optional<double> number = exponent ? std::nullopt : decimal_number(text);
    return number && *number > 0.0 && *number <= kMostSeconds ? number : std::nullopt;
  };
  return parsed<double>(name, find, "a number of seconds above 0", std::move(store), what)->type_name("S");
}

CLI::Option* CommandLine::text(const std::string& name, std::string& target, const std::string& expected,
                               const std::string& what) {
  const auto find = [](const std::string& text) {
    return text.empty() ? std::nullopt : std::optional<std::string>(text);
  };
  return parsed<std::string>(
      name, find, expected, [&target](const std::string& text) { target = text; }, what);
}

CLI::Option* CommandLine::texts(const std::string& name, std::vector<std::string>& target,
                                const std::string& what) {
  return app_.add_option(name, target, what)->allow_extra_args(false);
}

CLI::Option* CommandLine::flag(const std::string& name, bool& target, const std::string& what) {
  return app_.add_flag(name, target, what);
}

bool CommandLine::given(const std::string& name) const {
  const CLI::Option* option = app_.get_option_no_throw(name);
  return option != nullptr && option->count() > 0;
}

std::vector<std::string> CommandLine::all_given() const {
  std::vector<std::string> names;
  for (const CLI::Option* option : app_.get_options()) {
    if (option->count() > 0) names.push_back(option->get_name());
  }
  return names;
}

std::optional<std::string> CommandLine::parse(int argc, const char* const* argv) {
  try {
    app_.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return app_.help();
  } catch (const CLI::CallForVersion& version) {
    return std::string(version.what()) + "\n";
  } catch (const CLI::ValidationError& error) {
    throw Error(one_line(error.what()));
  } catch (const CLI::ExtrasError&) {
    throw Error(unknown());
  } catch (const CLI::ParseError& error) {
    throw Error(one_line(error.what()) + " (see --help)");
  }
  return std::nullopt;
}

/// What was typed and no option took.
std::string CommandLine::unknown() const {
  std::vector<std::string> names;
  for (const CLI::Option* option : app_.get_options()) names.push_back(option->get_name());
  for (const std::string& typed : app_.remaining()) {
    if (typed.size() < 2 || typed.front() != '-') continue;
    const std::string word = typed.substr(0, typed.find('='));
    const std::string near = nearest(word, names);
    return printable(word) + ": expected an option of " + app_.get_name() +
           (near.empty() ? "" : " (nearest: " + near + ")") + ", got an unknown one (see --help)";
  }
  const std::vector<std::string> typed = app_.remaining();
  return "'" + printable(typed.empty() ? "" : typed.front()) + "': expected an option of " + app_.get_name() +
         ", got a word that belongs to none (see --help)";
}

}  // namespace fusesim
