#include "other_sweep.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "axes_text.h"
#include "fusesim/base/error.h"
#include "fusesim/base/json_text.h"
#include "fusesim/base/read_file.h"
#include "fusesim/config/yaml_tree.h"
#include "fusesim/report/comparison.h"

namespace fusesim {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// Enough to see whether one thing differs everywhere.
constexpr size_t kMostPointsRead = 1000;
constexpr size_t kMostSettings = 12;
constexpr size_t kCommitDigits = 12;

std::string short_commit(const std::string& commit) {
  const bool dirty = commit.size() > 40;
  return commit.substr(0, kCommitDigits) + (dirty ? commit.substr(40) : "");
}

/// As a shell reads it back.
std::string typed(const std::string& text) {
  const char* plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./-+=:,@";
  if (text.find_first_not_of(plain) == std::string::npos) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

void flatten(const YamlValue& value, const std::string& key, Settings& settings) {
  switch (value.kind) {
    case YamlValue::Kind::null:
      settings[key] = nullptr;
      break;
    case YamlValue::Kind::scalar:
      settings[key] = value.text;
      break;
    case YamlValue::Kind::list: {
      std::string text;
      for (const YamlValue& item : value.items) text += (text.empty() ? "" : ", ") + item.text;
      settings[key] = "[" + text + "]";
      break;
    }
    case YamlValue::Kind::map:
      for (const YamlEntry& entry : value.entries)
        flatten(entry.value, key.empty() ? entry.key : key + "." + entry.key, settings);
      break;
  }
}

Settings settings_of_yaml(const std::string& text) {
  Diagnostics ignored;
  Settings settings;
  flatten(parse_yaml(text, "config.yaml", false, ignored), "", settings);
  return settings;
}

/// Options of a run beside its model, output and place.
Settings options_of(const std::vector<std::string>& arguments) {
  Settings options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].rfind("--", 0) != 0 || arguments[i] == "--config" || arguments[i] == "--out") continue;
    const bool has_value = i + 1 < arguments.size() && arguments[i + 1].rfind("--", 0) != 0;
    options[arguments[i]] = has_value ? arguments[i + 1] : "given";
  }
  return options;
}

/// What is on the disk of a finished point.
struct StoredPoint {
  std::string axes;
  std::string commit;
  Settings settings;
};

std::optional<StoredPoint> read_stored(const fs::path& folder) {
  try {
    const std::string file = (folder / "point.json").string();
    const Json point = parse_stored_json(read_file(file), file);
    StoredPoint stored{key_of_axes(point.at("axes")), point.at("commit").get<std::string>(),
                       settings_of_yaml(read_file((folder / "config.yaml").string()))};
    std::vector<std::string> arguments;
    for (const Json& argument : point.at("command")) arguments.push_back(argument.get<std::string>());
    for (auto& [option, value] : options_of(arguments)) stored.settings[option] = value;
    return stored;
  } catch (const Error&) {
  } catch (const Json::exception&) {
  }
  return std::nullopt;
}

/// What the points of the directory have beside those that are asked for at the same axes.
class Differences {
 public:
  explicit Differences(const Sweep& asked) : asked_(asked) {
    for (const Point& point : asked.points) {
      Json axes;
      for (size_t i = 0; i < asked.axes.size(); ++i) axes[asked.axes[i].name] = point.values[i];
      points_[key_of_axes(axes)] = &point;
    }
  }

  void add(const StoredPoint& stored) {
    const auto found = points_.find(stored.axes);
    if (found == points_.end()) {
      ++of_other_axes_;
      return;
    }
    ++of_same_axes_;
    Settings settings = settings_of_yaml(found->second->config_yaml);
    for (auto& [option, value] : options_of(found->second->arguments)) settings[option] = value;
    if (stored.commit != asked_.build.commit)
      ++counts_["commit: " + short_commit(stored.commit) + " -> " + short_commit(asked_.build.commit)];
    for (const auto& row : setting_rows(changed_settings(stored.settings, settings)))
      ++counts_[row[0] + ": " + row[1] + " -> " + row[2]];
  }

  std::string text() const {
    std::string text;
    size_t shown = 0;
    for (const auto& [line, points] : counts_) {
      if (shown++ == kMostSettings) {
        text += fmt::format("\n  and {} more", counts_.size() - kMostSettings);
        break;
      }
      text +=
          fmt::format("\n  differs: {} ({} of {} points with the same axes)", line, points, of_same_axes_);
    }
    if (of_other_axes_ > 0)
      text += fmt::format("\n  differs: {} points with values that this sweep does not have", of_other_axes_);
    return text;
  }

 private:
  const Sweep& asked_;
  std::map<std::string, const Point*> points_;
  std::map<std::string, size_t> counts_;
  size_t of_same_axes_ = 0, of_other_axes_ = 0;
};

}  // namespace

std::string other_sweep_text(const fs::path& directory, const Json& manifest, const Sweep& asked) {
  std::set<std::string> ids;
  for (const Json& id : manifest.at("points")) ids.insert(id.get<std::string>());
  std::set<std::string> wanted;
  size_t common = 0, finished = 0;
  for (const Point& point : asked.points) {
    wanted.insert(point.id);
    common += ids.count(point.id);
  }
  Differences differences(asked);
  for (const std::string& id : ids) {
    const fs::path folder = directory / "points" / id;
    std::error_code unknown;
    if (!fs::exists(folder / "point.json", unknown)) continue;
    if (++finished > kMostPointsRead || wanted.count(id) > 0) continue;
    if (const std::optional<StoredPoint> stored = read_stored(folder)) differences.add(*stored);
  }
  const std::string commit = manifest.value("commit", std::string());
  const std::string name = manifest.value("name", std::string());
  const std::string build = asked.build.commit;
  std::error_code unknown;
  const std::string compared =
      fs::exists(directory / "sweep.json", unknown) ? " --baseline " + typed(directory) : "";
  std::string text = fmt::format(
      "expected the {} points of {} made by commit {}, got sweep '{}' of commit {} with {} points, {} of "
      "them "
      "the same",
      asked.points.size(), asked.path, build, name, commit, ids.size(), common);
  text += fmt::format("\n  it holds: sweep '{}' of commit {}, {} of {} points finished", name,
                      short_commit(commit), finished, ids.size());
  text += fmt::format("\n  asked for: sweep '{}' ({}) with commit {}, {} points", asked.name, asked.path,
                      short_commit(build), asked.points.size());
  text += differences.text();
  text +=
      fmt::format("\n  to keep both{}: run_sweep {} --out {}{}", compared.empty() ? "" : " and compare them",
                  typed(asked.path), typed(directory.string() + "-" + short_commit(build)), compared);
  text += fmt::format("\n  to go on in this directory, with {} points to run: run_sweep {} --out {} --extend",
                      asked.points.size() - common, typed(asked.path), typed(directory));
  return text;
}

}  // namespace fusesim
