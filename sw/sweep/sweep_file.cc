#include "sweep_file.h"

#include <algorithm>
#include <set>

#include "fusesim/config/config.h"
#include "fusesim/config/reader.h"
#include "fusesim/import/import.h"

namespace fusesim {
namespace {

constexpr int64_t kMostTasks = 1'000'000;

bool is_value(const YamlValue& value) {
  if (value.kind == YamlValue::Kind::scalar) return true;
  return value.kind == YamlValue::Kind::list &&
         std::all_of(value.items.begin(), value.items.end(),
                     [](const YamlValue& item) { return item.kind == YamlValue::Kind::scalar; });
}

/// Reads the keys of a sweep file into `file`.
class SweepReader {
 public:
  SweepReader(const YamlValue& root, SweepFile& file, Diagnostics& diagnostics)
      : root_(root), file_(file), diagnostics_(diagnostics), state_(diagnostics, false) {}

  void read() {
    Reader reader(root_, "", state_);
    read_name(reader);
    if (const YamlEntry* entry = reader.find("config")) file_.config = text_of(*entry, "config");
    if (const YamlEntry* entry = reader.find("models")) read_models(*entry);
    if (const YamlEntry* entry = reader.find("set")) read_fixed(*entry);
    if (const YamlEntry* entry = reader.find("axes")) read_axes(*entry);
    if (const YamlEntry* entry = reader.find("zip")) read_zip(*entry);
    reader.section("slurm", [&](Reader& inner) { read_slurm(inner); });
    reader.finish();
    state_.report_unknown();
  }

 private:
  void refuse(const YamlValue& value, const std::string& key, const std::string& expected) {
    diagnostics_.add(value.place, key, expected, describe(value));
  }

  std::string text_of(const YamlEntry& entry, const std::string& key) {
    if (entry.value.kind == YamlValue::Kind::scalar && !entry.value.text.empty()) return entry.value.text;
    refuse(entry.value, key, "a text");
    return "";
  }

  void read_name(Reader& reader) {
    const std::string expected = "letters, digits, '.', '_' and '-', first a letter or digit";
    const size_t faults = diagnostics_.size();
    reader.text("name", file_.name);
    if (diagnostics_.size() > faults) return;
    const YamlEntry* entry = root_.find("name");
    if (entry == nullptr) {
      diagnostics_.add({file_.path, 1, 1}, "name", expected, "nothing (the key is missing)");
      return;
    }
    const auto plain = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
    const bool good = plain(file_.name[0]) && std::all_of(file_.name.begin(), file_.name.end(), [&](char c) {
                        return plain(c) || c == '.' || c == '_' || c == '-';
                      });
    if (!good) refuse(entry->value, "name", expected);
  }

  void read_models(const YamlEntry& entry) {
    const std::string expected = "zoo, or a list of zoo names and ONNX files";
    YamlEntry axis{"model", entry.place, {}};
    axis.value.kind = YamlValue::Kind::list;
    axis.value.place = entry.value.place;
    if (entry.value.kind == YamlValue::Kind::list && is_value(entry.value) && !entry.value.items.empty()) {
      axis.value.items = entry.value.items;
    } else if (entry.value.kind == YamlValue::Kind::scalar && entry.value.text == "zoo") {
      for (const std::string& name : zoo_models(data_directory())) {
        axis.value.items.push_back(entry.value);
        axis.value.items.back().text = name;
      }
    } else {
      refuse(entry.value, "models", expected);
      return;
    }
    file_.axes.push_back(std::move(axis));
  }

  bool is_map(const YamlEntry& entry, const char* key) {
    if (entry.value.kind == YamlValue::Kind::map) return true;
    refuse(entry.value, key, "a map");
    return false;
  }

  void read_fixed(const YamlEntry& entry) {
    if (!is_map(entry, "set")) return;
    for (const YamlEntry& setting : entry.value.entries) {
      if (!claim(setting, "set.")) continue;
      if (is_value(setting.value)) {
        file_.fixed.push_back(setting);
      } else {
        refuse(setting.value, "set." + setting.key, "a value or a list of values");
      }
    }
  }

  void read_axes(const YamlEntry& entry) {
    if (!is_map(entry, "axes")) return;
    for (const YamlEntry& axis : entry.value.entries) {
      if (claim(axis, "axes.")) read_axis(axis);
    }
  }

  void read_axis(const YamlEntry& axis) {
    const std::string key = "axes." + axis.key;
    if (axis.value.kind != YamlValue::Kind::list || axis.value.items.empty()) {
      const bool empty = axis.value.kind == YamlValue::Kind::list;
      diagnostics_.add(axis.value.place, key, "a list of values",
                       empty ? "an empty list" : describe(axis.value));
      return;
    }
    bool good = true;
    for (size_t i = 0; i < axis.value.items.size(); ++i) {
      const YamlValue& item = axis.value.items[i];
      if (is_value(item)) continue;
      refuse(item, key + "[" + std::to_string(i) + "]", "a value or a list of values");
      good = false;
    }
    if (good) file_.axes.push_back(axis);
  }

  /// False, with a report, for a setting that was there before or looks like a misspelt option.
  bool claim(const YamlEntry& setting, const std::string& prefix) {
    const std::string same = setting.key == "buffer" ? "buffer.capacity" : setting.key;
    const bool models = setting.key == "model" && root_.find("models") != nullptr;
    if (!settings_.insert(same).second || models) {
      diagnostics_.add(setting.place, prefix + setting.key, "each setting once",
                       models ? "it beside models" : "it again");
      return false;
    }
    if (find_run_option(setting.key) != nullptr || setting.key.find('.') != std::string::npos) return true;
    std::vector<std::string> names;
    for (const RunOption& option : run_options()) names.emplace_back(option.setting);
    const std::string near = nearest(setting.key, names);
    if (near.empty() || setting.key == "name") return true;
    diagnostics_.add(setting.place, prefix + setting.key, "a known key (nearest: " + near + ")",
                     "an unknown key");
    return false;
  }

  void read_zip(const YamlEntry& entry) {
    const std::string expected = "a list of lists of axes";
    if (entry.value.kind != YamlValue::Kind::list) return refuse(entry.value, "zip", expected);
    std::set<std::string> zipped;
    for (size_t i = 0; i < entry.value.items.size(); ++i) {
      const YamlValue& group = entry.value.items[i];
      const std::string key = "zip[" + std::to_string(i) + "]";
      if (group.kind != YamlValue::Kind::list || !is_value(group) || group.items.size() < 2) {
        refuse(group, key, "a list of two or more axes");
        continue;
      }
      if (check_zip(group, key, zipped)) file_.zip.push_back({key, group.place, group});
    }
  }

  bool check_zip(const YamlValue& group, const std::string& key, std::set<std::string>& zipped) {
    const YamlEntry* first = nullptr;
    for (const YamlValue& name : group.items) {
      const auto axis = std::find_if(file_.axes.begin(), file_.axes.end(),
                                     [&](const YamlEntry& a) { return a.key == name.text; });
      if (axis == file_.axes.end()) {
        refuse(name, key, "the name of an axis");
        return false;
      }
      if (!zipped.insert(name.text).second) {
        diagnostics_.add(name.place, key, "each axis once", describe(name) + " again");
        return false;
      }
      if (first == nullptr) first = &*axis;
      if (axis->value.items.size() != first->value.items.size()) {
        diagnostics_.add(
            name.place, key,
            "as many values as " + first->key + " (" + std::to_string(first->value.items.size()) + ")",
            std::to_string(axis->value.items.size()));
        return false;
      }
    }
    return true;
  }

  void read_slurm(Reader& reader) {
    SlurmSettings& slurm = file_.slurm;
    reader.text("partition", slurm.partition);
    reader.text("account", slurm.account);
    reader.text("time_limit", slurm.time_limit);
    reader.integer("throttle", slurm.throttle, 0, kMostTasks);
    reader.integer("points_per_task", slurm.points_per_task, 0, kMostTasks);
    reader.integer("jobs", slurm.jobs, 1, 1024);
    const YamlEntry* flags = reader.find("flags");
    if (flags == nullptr) return;
    if (flags->value.kind != YamlValue::Kind::list || !is_value(flags->value))
      return refuse(flags->value, "slurm.flags", "a list of arguments of sbatch");
    for (const YamlValue& flag : flags->value.items) slurm.flags.push_back(flag.text);
  }

  const YamlValue& root_;
  SweepFile& file_;
  Diagnostics& diagnostics_;
  ReadState state_;
  std::set<std::string> settings_;
};

}  // namespace

SweepFile read_sweep_file(const std::string& path, Diagnostics& diagnostics) {
  SweepFile file;
  file.path = path;
  const YamlValue root = parse_yaml_file(path, diagnostics);
  if (root.entries.empty() && !diagnostics.empty()) return file;
  SweepReader(root, file, diagnostics).read();
  return file;
}

std::string flow_text(const YamlValue& value) {
  if (value.kind != YamlValue::Kind::list) return value.text;
  std::string text;
  for (const YamlValue& item : value.items) text += (text.empty() ? "" : ", ") + item.text;
  return "[" + text + "]";
}

const std::vector<RunOption>& run_options() {
  static const std::vector<RunOption> options = {{"model", "--model"},
                                                 {"fusion", "--fusion"},
                                                 {"buffer", "--buffer"},
                                                 {"search", "--search"},
                                                 {"objective", "--objective"},
                                                 {"max_dram", "--max-dram"},
                                                 {"max_cycles", "--max-cycles"},
                                                 {"explainer", "--explainer"},
                                                 {"edges", "--edges"},
                                                 {"budget", "--budget"},
                                                 {"seed", "--seed"},
                                                 {"input_shape", "--input-shape"},
                                                 {"batch", "--batch"},
                                                 {"import_limit", "--import-limit"}};
  return options;
}

const RunOption* find_run_option(const std::string& setting) {
  for (const RunOption& option : run_options()) {
    if (setting == option.setting) return &option;
  }
  return nullptr;
}

}  // namespace fusesim
