#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fusesim/config/config.h"
#include "schema.h"
#include "units.h"

namespace fusesim {
namespace {

/// Writes what Reader reads. The ranges of the schema do not matter here.
class Writer {
 public:
  Writer(std::string& out, std::string indent, const Config& config)
      : out_(out), indent_(std::move(indent)), config_(config) {}

  void text(const char* key, const std::string& value) {
    std::string quoted;
    for (const char c : value) {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
    line(key, "\"" + quoted + "\"");
  }
  void flag(const char* key, bool value) { line(key, value ? "true" : "false"); }
  void integer(const char* key, int64_t value, int64_t, int64_t) {
    line(key, std::to_string(value) + remark(key, value));
  }
  void power_of_two(const char* key, int64_t value, int64_t, int64_t) { line(key, std::to_string(value)); }
  void number(const char* key, double value, double) { line(key, decimal_text(value)); }
  void number_or_auto(const char* key, const std::optional<double>& value, double) {
    line(key, value ? decimal_text(*value) : "auto");
  }
  void bits(const char* key, int64_t bytes) { line(key, std::to_string(bytes * 8)); }
  void size(const char* key, int64_t bytes, int64_t) { line(key, size_text(bytes)); }
  void megahertz(const char* key, int64_t khz) { line(key, megahertz_text(khz)); }
  void integers(const char* key, const std::vector<int64_t>& values, int64_t, int64_t) {
    std::string list;
    for (const int64_t value : values) list += (list.empty() ? "" : ", ") + std::to_string(value);
    line(key, "[" + list + "]");
  }
  template <class Enum, class Names>
  void choice(const char* key, Enum value, const Names& names) {
    for (const auto& [name, candidate] : names) {
      if (candidate == value) line(key, name);
    }
  }
  template <class Order, class Names>
  void order(const char* key, const Order& value, const Names& names) {
    std::string list;
    for (const auto field : value) {
      for (const auto& [name, candidate] : names) {
        if (candidate == field) list += (list.empty() ? "" : " ") + std::string(name);
      }
    }
    line(key, list);
  }
  template <class Fields>
  void with_defaults(Fields&& fields) {
    fields(*this);
  }
  template <class Fields>
  void section(const char* key, Fields&& fields) {
    out_ += indent_ + key + ":\n";
    Writer inner(out_, indent_ + "  ", config_);
    fields(inner);
  }

 private:
  /// What a number stands for that is none itself.
  std::string remark(const std::string& key, int64_t value) const {
    if (key != "fill_cycles" || value != 0) return "";
    return "  # rows + columns: " + std::to_string(config_.pe.pipeline_fill()) + " cycles";
  }
  void line(const char* key, const std::string& value) { out_ += indent_ + key + ": " + value + "\n"; }

  std::string& out_;
  std::string indent_;
  const Config& config_;
};

}  // namespace

std::string to_yaml(const Config& config) {
  Config copy = config;
  std::string out;
  Writer writer(out, "", copy);
  describe_accelerator(writer, copy);
  writer.section("dram", [&](Writer& inner) { describe_dram(inner, copy.dram, copy.energy); });
  return out;
}

}  // namespace fusesim
