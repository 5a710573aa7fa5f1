#include "fusesim/config/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <sstream>
#include <unordered_map>

#include "fusesim/base/read_file.h"
#include "fusesim/base/text.h"

namespace fusesim {
namespace {

constexpr int64_t kLargestFileBytes = int64_t{1} << 20;

/// A fault that ends the parse: where, and what was expected instead of what.
struct Abort {
  Place place;
  std::string expected;
  std::string got;
};

/// Builds a YamlValue from parser events. yaml-cpp's own nodes lose positions of keys and hide duplicates.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::string source, bool single_value, Diagnostics& diagnostics)
      : source_(std::move(source)), single_value_(single_value), diagnostics_(diagnostics) {}

  YamlValue take() { return std::move(root_); }
  Place place(const YAML::Mark& mark) const {
    if (single_value_) return {source_, 0, 0};
    return {source_, mark.line + 1, mark.column + 1};
  }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Abort{place(mark), "a value written out", "an alias"};
  }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    YamlValue value;
    value.place = place(mark);
    add(std::move(value));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& text) override {
    check_tag(mark, tag);
    YamlValue value;
    value.kind = YamlValue::Kind::scalar;
    value.text = text;
    value.quoted = tag == "!";
    value.place = place(mark);
    add(std::move(value));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    check_tag(mark, tag);
    open(mark, YamlValue::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    check_tag(mark, tag);
    open(mark, YamlValue::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Level {
    YamlValue value;
    YamlEntry entry;  ///< map: the entry whose value comes next
    bool has_key = false;
    std::unordered_map<std::string, int> lines;  ///< map: where each key was first
  };

  void check_tag(const YAML::Mark& mark, const std::string& tag) const {
    if (tag.empty() || tag == "?" || tag == "!") return;
    throw Abort{place(mark), "a value without a tag", "the tag " + printable(tag)};
  }

  bool wants_key() const {
    return !levels_.empty() && levels_.back().value.kind == YamlValue::Kind::map && !levels_.back().has_key;
  }

  void open(const YAML::Mark& mark, YamlValue::Kind kind) {
    if (wants_key()) throw Abort{place(mark), "a key", "a list or a map"};
    Level level;
    level.value.kind = kind;
    level.value.place = place(mark);
    levels_.push_back(std::move(level));
  }

  void close() {
    YamlValue value = std::move(levels_.back().value);
    levels_.pop_back();
    add(std::move(value));
  }

  void add(YamlValue value) {
    if (levels_.empty()) {
      root_ = std::move(value);
      return;
    }
    Level& level = levels_.back();
    if (level.value.kind == YamlValue::Kind::list) {
      level.value.items.push_back(std::move(value));
      return;
    }
    if (!level.has_key) {
      if (value.kind != YamlValue::Kind::scalar) throw Abort{value.place, "a key", "nothing"};
      level.entry = {value.text, value.place, {}};
      level.has_key = true;
      return;
    }
    // The parser puts the mark of an empty value at the next token.
    if (value.kind == YamlValue::Kind::null) value.place = level.entry.place;
    level.entry.value = std::move(value);
    level.has_key = false;
    finish_entry(level);
  }

  void finish_entry(Level& level) {
    const auto [first, is_new] = level.lines.emplace(level.entry.key, level.entry.place.line);
    if (is_new) {
      level.value.entries.push_back(std::move(level.entry));
      return;
    }
    diagnostics_.add(level.entry.place, path_of(level.entry.key), "each key once",
                     "it again (first at line " + std::to_string(first->second) + ")");
  }

  std::string path_of(const std::string& key) const {
    std::string path;
    for (size_t i = 0; i + 1 < levels_.size(); ++i) {
      if (levels_[i].value.kind == YamlValue::Kind::map) path += levels_[i].entry.key + ".";
    }
    return path + key;
  }

  std::string source_;
  bool single_value_;
  Diagnostics& diagnostics_;
  std::vector<Level> levels_;
  YamlValue root_;
};

void check_text(const std::string& text, const std::string& source, bool single_value) {
  Place at{source, 1, 1};
  for (size_t i = 0; i < text.size();) {
    const size_t length = utf8_length(text, i);
    const auto lead = static_cast<unsigned char>(text[i]);
    const bool control = lead < 0x20 && lead != '\t' && lead != '\n' && lead != '\r';
    if (length == 0 || control) {
      const std::string byte = printable(std::string(1, text[i]));
      throw Abort{single_value ? Place{source, 0, 0} : at, "YAML in UTF-8 text",
                  control ? "the control character " + byte : "a byte that is not UTF-8"};
    }
    at.column += static_cast<int>(length);
    if (text[i] == '\n') at = {source, at.line + 1, 1};
    i += length;
  }
}

YamlValue parse_or_abort(const std::string& text, const std::string& source, TreeBuilder& builder) {
  std::istringstream stream(text);
  try {
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) return {};
    YamlValue root = builder.take();
    Diagnostics ignored;
    TreeBuilder second(source, false, ignored);
    if (parser.HandleNextDocument(second)) {
      Place at = second.take().place;
      at.line = std::max(at.line, 1);
      throw Abort{at, "one YAML document", "a second one"};
    }
    return root;
  } catch (const YAML::Exception& e) {
    const bool known = !e.mark.is_null();
    const std::string reason =
        e.msg == "bad file" ? "nesting that is too deep" : "a syntax error (" + e.msg + ")";
    throw Abort{known ? builder.place(e.mark) : Place{source, 0, 0}, "valid YAML", reason};
  }
}

}  // namespace

const YamlEntry* YamlValue::find(const std::string& key) const {
  const auto hit =
      std::find_if(entries.begin(), entries.end(), [&](const YamlEntry& e) { return e.key == key; });
  return hit == entries.end() ? nullptr : &*hit;
}

YamlEntry* YamlValue::find(const std::string& key) {
  return const_cast<YamlEntry*>(static_cast<const YamlValue*>(this)->find(key));
}

std::string describe(const YamlValue& value) {
  switch (value.kind) {
    case YamlValue::Kind::null:
      return "nothing";
    case YamlValue::Kind::list:
      return "a list";
    case YamlValue::Kind::map:
      return "a map";
    case YamlValue::Kind::scalar:
      break;
  }
  if (value.quoted) return "the text \"" + printable(value.text) + "\"";
  const bool bare = std::all_of(value.text.begin(), value.text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::strchr("+-._/", c) != nullptr;
  });
  return bare ? printable(value.text) : "\"" + printable(value.text) + "\"";
}

YamlValue parse_yaml(const std::string& text, const std::string& source, bool single_value,
                     Diagnostics& diagnostics) {
  try {
    check_text(text, source, single_value);
    TreeBuilder builder(source, single_value, diagnostics);
    return parse_or_abort(text, source, builder);
  } catch (const Abort& abort) {
    diagnostics.add(abort.place, "", abort.expected, abort.got);
    return {};
  }
}

YamlValue parse_yaml_file(const std::string& path, Diagnostics& diagnostics) {
  YamlValue empty;
  empty.kind = YamlValue::Kind::map;
  empty.place = {path, 0, 0};
  const auto refuse = [&](const std::string& got) {
    diagnostics.add({path, 0, 0}, "", "a readable YAML file", got);
    return empty;
  };
  const FileBytes file = try_read_file(path, kLargestFileBytes);
  if (file.fault) {
    const FileFault::Kind kind = file.fault->kind;
    if (kind == FileFault::Kind::too_large) return refuse("more than 1 MiB");
    return refuse((kind == FileFault::Kind::unreadable ? "an error: " : "") + file.fault->text);
  }

  const size_t faults_before = diagnostics.size();
  YamlValue root = parse_yaml(file.bytes, path, false, diagnostics);
  if (root.kind == YamlValue::Kind::map) return root;
  if (root.kind != YamlValue::Kind::null) {
    diagnostics.add(root.place, "", "a map of keys", describe(root));
  } else if (diagnostics.size() == faults_before) {
    diagnostics.add({path, 1, 1}, "", "a map of keys", "an empty file");
  }
  return empty;
}

}  // namespace fusesim
