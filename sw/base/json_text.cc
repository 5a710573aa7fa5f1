#include "fusesim/base/json_text.h"

#include <algorithm>
#include <set>
#include <vector>

#include "fusesim/base/error.h"
#include "fusesim/base/sha256.h"

namespace fusesim {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr size_t kDeepest = 16;
/// Reports have 8.
constexpr int kDeepestStored = 64;

/// Follows the parser to find what the finished value no longer shows: keys that occur twice.
class StructureCheck {
 public:
  explicit StructureCheck(const std::string& path) : path_(path) {}

  void operator()(json::parse_event_t event, const json& parsed) {
    switch (event) {
      case json::parse_event_t::object_start:
      case json::parse_event_t::array_start:
        next_element();
        levels_.push_back({event == json::parse_event_t::array_start, -1, "", {}});
        if (levels_.size() > kDeepest) {
          throw Error(path_ + ": " + place() + ": expected at most " + std::to_string(kDeepest) +
                      " levels of nesting, got more");
        }
        break;
      case json::parse_event_t::key:
        add_key(parsed.get<std::string>());
        break;
      case json::parse_event_t::value:
        next_element();
        break;
      case json::parse_event_t::object_end:
      case json::parse_event_t::array_end:
        levels_.pop_back();
        break;
    }
  }

 private:
  struct Level {
    bool array;
    int64_t index;
    std::string key;
    std::set<std::string> keys;
  };

  void next_element() {
    if (!levels_.empty() && levels_.back().array) ++levels_.back().index;
  }

  void add_key(const std::string& key) {
    levels_.back().key = key;
    if (levels_.back().keys.insert(key).second) return;
    throw Error(path_ + ": " + place() + ": expected each key once, got it again");
  }

  std::string place() const {
    std::string text;
    for (const Level& level : levels_) {
      if (level.array) {
        text += level.index < 0 ? "" : "[" + std::to_string(level.index) + "]";
      } else {
        text += (text.empty() ? "" : ".") + level.key.substr(0, 60);
      }
    }
    return text;
  }

  std::string path_;
  std::vector<Level> levels_;
};

/// "[json.exception...] parse error at line 1, column 2: syntax error while ..." -> "syntax error while ..."
std::string reason_of(const json::exception& e) {
  const std::string text = e.what();
  const size_t column = text.find("column ");
  const size_t colon = text.find(": ", column == std::string::npos ? text.find(']') : column);
  std::string reason = text.substr(colon == std::string::npos ? text.find(']') + 2 : colon + 2);
  const size_t last_read = reason.find("; last read");
  if (last_read != std::string::npos)
    reason.erase(last_read, reason.find('\'', last_read + 14) - last_read + 1);
  std::replace_if(
      reason.begin(), reason.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return reason;
}

/// Counts brackets outside of strings; what is no JSON is for the parser to refuse.
bool nests_deeper(const std::string& text, int most) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size() && depth <= most; ++i) {
    const char c = text[i];
    if (c == '"') in_string = !in_string;
    if (in_string && c == '\\') ++i;
    if (in_string) continue;
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
  }
  return depth > most;
}

bool is_flat(const ordered_json& value) {
  return std::none_of(value.begin(), value.end(), [](const ordered_json& v) { return v.is_structured(); });
}

void append(const ordered_json& value, const std::string& indent, std::string& out) {
  if (!value.is_structured()) {
    out += dump_json(value);
    return;
  }
  const bool object = value.is_object();
  const bool flat = is_flat(value);
  const std::string inner = indent + "  ";
  const std::string separator = flat ? ", " : ",\n" + inner;
  out += object ? "{" : "[";
  if (!flat) out += "\n" + inner;
  bool first = true;
  for (const auto& item : value.items()) {
    if (!first) out += separator;
    first = false;
    if (object) out += dump_json(item.key()) + ": ";
    append(item.value(), inner, out);
  }
  if (!flat) out += "\n" + indent;
  out += object ? "}" : "]";
}

}  // namespace

nlohmann::json parse_json(const std::string& text, const std::string& path) {
  StructureCheck check(path);
  const auto watch = [&check](int, json::parse_event_t event, json& parsed) {
    check(event, parsed);
    return true;
  };
  try {
    return json::parse(text, watch);
  } catch (const json::parse_error& e) {
    const size_t read = std::min(e.byte == 0 ? 0 : e.byte - 1, text.size());
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(read);
    const auto line = 1 + std::count(text.begin(), end, '\n');
    const size_t newline = read == 0 ? std::string::npos : text.rfind('\n', read - 1);
    const size_t column = newline == std::string::npos ? read + 1 : read - newline;
    throw Error(path + ":" + std::to_string(line) + ":" + std::to_string(column) +
                ": expected valid JSON, got a " + reason_of(e));
  } catch (const json::exception& e) {
    throw Error(path + ": expected valid JSON, got a " + reason_of(e));
  }
}

ordered_json parse_stored_json(const std::string& text, const std::string& path,
                               const ordered_json::parser_callback_t& keep) {
  if (nests_deeper(text, kDeepestStored)) {
    throw Error(path + ": expected JSON of at most " + std::to_string(kDeepestStored) +
                " levels of nesting, got more");
  }
  ordered_json value = ordered_json::parse(text, keep, false);
  if (value.is_discarded()) throw Error(path + ": expected JSON");
  return value;
}

std::string pretty_json(const nlohmann::ordered_json& value) {
  std::string out;
  append(value, "", out);
  return out + "\n";
}

std::string content_sha256(const nlohmann::json& document) {
  json content = document;
  content.erase(kContentHashKey);
  return sha256_hex(content.dump(-1, ' ', false, json::error_handler_t::replace));
}

std::string dump_json(const ordered_json& value, int indent) {
  return value.dump(indent, ' ', false, ordered_json::error_handler_t::replace);
}

std::string json_name(const std::string& name) {
  return json::parse(json(name).dump(-1, ' ', false, json::error_handler_t::replace)).get<std::string>();
}

}  // namespace fusesim
