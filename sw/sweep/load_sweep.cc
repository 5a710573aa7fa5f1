#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "fusesim/base/error.h"
#include "fusesim/base/json_text.h"
#include "fusesim/base/sha256.h"
#include "fusesim/config/load.h"
#include "fusesim/schedule/schedule.h"
#include "fusesim/sweep/sweep.h"
#include "fusesim/tools/options.h"
#include "model_files.h"
#include "sweep_file.h"

namespace fusesim {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kCapacityKey = "buffer.capacity";

/// Axes that advance together.
struct Dimension {
  std::vector<size_t> axes;
  size_t values = 0;
};

std::vector<Dimension> dimensions_of(const SweepFile& file) {
  std::map<std::string, size_t> index;
  for (size_t i = 0; i < file.axes.size(); ++i) index[file.axes[i].key] = i;
  std::vector<Dimension> dimensions;
  std::vector<bool> placed(file.axes.size(), false);
  for (size_t i = 0; i < file.axes.size(); ++i) {
    if (placed[i]) continue;
    Dimension dimension{{i}, file.axes[i].value.items.size()};
    for (const YamlEntry& group : file.zip) {
      std::vector<size_t> members;
      for (const YamlValue& name : group.value.items) members.push_back(index.at(name.text));
      if (std::find(members.begin(), members.end(), i) != members.end()) dimension.axes = members;
    }
    for (const size_t axis : dimension.axes) placed[axis] = true;
    dimensions.push_back(std::move(dimension));
  }
  return dimensions;
}

/// A letter, digit, '.', '_' or '-' for every byte, so that it can be the name of a directory.
std::string file_name(std::string text) {
  for (char& c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
    if (!plain) c = '_';
  }
  return text.substr(0, 100);
}

/// Works out points, and remembers what points have in common.
class Expander {
 public:
  Expander(const SweepFile& file, Sweep& sweep, Diagnostics& diagnostics)
      : file_(file),
        sweep_(sweep),
        diagnostics_(diagnostics),
        models_(fs::path(file.path).parent_path().string()),
        config_path_(file.config.empty()
                         ? ""
                         : (fs::path(file.path).parent_path() / file.config).lexically_normal().string()) {}

  void expand() {
    const std::vector<Dimension> dimensions = dimensions_of(file_);
    size_t count = 1;
    for (const Dimension& dimension : dimensions) {
      if (count > kMostPoints / dimension.values) {
        diagnostics_.add({file_.path, 0, 0}, "axes", "at most " + std::to_string(kMostPoints) + " points",
                         "more");
        return;
      }
      count *= dimension.values;
    }
    for (size_t i = 0; i < count; ++i) add_point(dimensions, i);
  }

 private:
  struct Resolved {
    Config config;
    std::string yaml;
    std::string yaml_without_buffer;
  };
  struct Checked {
    Options options;
    std::vector<std::string> arguments;
  };

  void add_point(const std::vector<Dimension>& dimensions, size_t number) {
    std::vector<YamlEntry> settings = file_.fixed;
    std::vector<const YamlValue*> values(file_.axes.size());
    for (auto dimension = dimensions.rbegin(); dimension != dimensions.rend(); ++dimension) {
      for (const size_t axis : dimension->axes)
        values[axis] = &file_.axes[axis].value.items[number % dimension->values];
      number /= dimension->values;
    }
    Point point;
    for (size_t i = 0; i < values.size(); ++i) {
      point.values.push_back(flow_text(*values[i]));
      settings.push_back({file_.axes[i].key, file_.axes[i].place, *values[i]});
    }
    resolve(settings, point);
  }

  void resolve(const std::vector<YamlEntry>& settings, Point& point) {
    const Resolved& resolved = config_of(settings);
    const Checked& checked = options_of(settings);
    const ModelFile& model = model_of(settings);
    if (!diagnostics_.empty()) return;
    point.model_sha256 = model.sha256;
    point.config_yaml = resolved.yaml;
    point.buffer_bytes = resolved.config.buffer.capacity_bytes;
    point.seed = checked.options.seed;
    point.threaded = is_heuristic(checked.options.algorithm);
    point.arguments = {"--model", model.argument, "--config", "config.yaml"};
    point.arguments.insert(point.arguments.end(), checked.arguments.begin(), checked.arguments.end());
    point.arguments.insert(point.arguments.end(), {"--out", "."});
    const Json decisive = {{"model", model.stem},           {"model_sha256", model.sha256},
                           {"options", checked.arguments},  {"version", sweep_.build.version},
                           {"commit", sweep_.build.commit}, {"program_sha256", sweep_.build.program_sha256}};
    const std::string common = dump_json(decisive);
    point.family = sha256_hex(common + resolved.yaml_without_buffer);
    point.id = file_name(model.stem) + "-" + to_string(*checked.options.scheme) + "-" +
               sha256_hex(common + resolved.yaml).substr(0, 16);
    add_distinct(std::move(point));
  }

  void add_distinct(Point point) {
    const auto [first, added] = ids_.emplace(point.id, sweep_.points.size());
    if (!added) {
      diagnostics_.add({file_.path, 0, 0}, "axes", "points that differ",
                       "'" + describe(sweep_, sweep_.points[first->second]) + "' and '" +
                           describe(sweep_, point) + "', which are the same run");
      return;
    }
    sweep_.points.push_back(std::move(point));
  }

  const Resolved& config_of(const std::vector<YamlEntry>& settings) {
    std::vector<YamlEntry> overrides;
    std::string key;
    for (const YamlEntry& setting : settings) {
      const bool buffer = setting.key == "buffer";
      if (!buffer && find_run_option(setting.key) != nullptr) continue;
      overrides.push_back(setting);
      if (buffer) overrides.back().key = kCapacityKey;
      key += setting.key + "=" + flow_text(setting.value) + "\n";
    }
    const auto known = configs_.find(key);
    if (known != configs_.end()) return known->second;
    Diagnostics faults;
    Resolved resolved;
    resolved.config = load_config(config_path_, overrides, faults);
    diagnostics_.add_new(faults);
    resolved.yaml = to_yaml(resolved.config);
    Config without = resolved.config;
    without.buffer.capacity_bytes = BufferConfig{}.capacity_bytes;
    resolved.yaml_without_buffer = to_yaml(without);
    return configs_.emplace(key, std::move(resolved)).first->second;
  }

  const ModelFile& model_of(const std::vector<YamlEntry>& settings) {
    for (const YamlEntry& setting : settings) {
      if (setting.key == "model") return models_.find(setting.value, diagnostics_);
    }
    diagnostics_.add({file_.path, 0, 0}, "models", "zoo, or a list of zoo names and ONNX files", "nothing");
    static const ModelFile none;
    return none;
  }

  /// What run_sim itself says to the options.
  const Checked& options_of(const std::vector<YamlEntry>& settings) {
    Checked checked;
    std::string key;
    for (const RunOption& option : run_options()) {
      for (const YamlEntry& setting : settings) {
        if (setting.key != option.setting || setting.key == "model" || setting.key == "buffer") continue;
        checked.arguments.insert(checked.arguments.end(), {option.option, flow_text(setting.value)});
        key += setting.key + "=" + flow_text(setting.value) + "\n";
      }
    }
    const auto known = options_.find(key);
    if (known != options_.end()) return known->second;
    std::vector<const char*> argv = {"run_sim", "--model", "any"};
    for (const std::string& argument : checked.arguments) argv.push_back(argument.c_str());
    try {
      checked.options = parse_options(static_cast<int>(argv.size()), argv.data()).options;
    } catch (const Error& error) {
      report_option(error.what(), settings);
    }
    return options_.emplace(key, std::move(checked)).first->second;
  }

  /// "--seed: expected X, got Y" at the place of the setting.
  void report_option(const std::string& message, const std::vector<YamlEntry>& settings) {
    const size_t expected = message.find(": expected ");
    const size_t got = message.rfind(", got ");
    const std::string option = message.substr(0, expected);
    Place place{file_.path, 0, 0};
    std::string setting = option;
    for (const RunOption& known : run_options()) {
      if (option == known.option) setting = known.setting;
    }
    for (const YamlEntry& entry : settings) {
      if (entry.key == setting) place = entry.value.place;
    }
    Diagnostics fault;
    if (expected == std::string::npos || got == std::string::npos || got < expected) {
      fault.add(place, "set", "options that run_sim takes", message);
    } else {
      const size_t begin = expected + std::string(": expected ").size();
      fault.add(place, setting, message.substr(begin, got - begin),
                message.substr(got + std::string(", got ").size()));
    }
    diagnostics_.add_new(fault);
  }

  const SweepFile& file_;
  Sweep& sweep_;
  Diagnostics& diagnostics_;
  ModelFiles models_;
  std::string config_path_;
  std::map<std::string, Resolved> configs_;
  std::map<std::string, Checked> options_;
  std::map<std::string, size_t> ids_;
};

}  // namespace

Sweep load_sweep(const std::string& path, const Build& build) {
  Diagnostics diagnostics;
  const SweepFile file = read_sweep_file(path, diagnostics);
  diagnostics.throw_if_any();
  Sweep sweep;
  sweep.path = path;
  sweep.name = file.name;
  sweep.config = file.config;
  sweep.slurm = file.slurm;
  sweep.build = build;
  for (const YamlEntry& axis : file.axes) {
    Axis named{axis.key, {}};
    for (const YamlValue& value : axis.value.items) named.values.push_back(flow_text(value));
    sweep.axes.push_back(std::move(named));
  }
  for (const YamlEntry& group : file.zip) {
    sweep.zip.emplace_back();
    for (const YamlValue& name : group.value.items) sweep.zip.back().push_back(name.text);
  }
  for (const YamlEntry& setting : file.fixed) sweep.fixed.emplace_back(setting.key, flow_text(setting.value));
  Expander(file, sweep, diagnostics).expand();
  diagnostics.throw_if_any();
  return sweep;
}

std::string describe(const Sweep& sweep, const Point& point) {
  std::string text;
  for (size_t i = 0; i < sweep.axes.size(); ++i)
    text += (text.empty() ? "" : " ") + sweep.axes[i].name + "=" + point.values[i];
  return text;
}

}  // namespace fusesim
