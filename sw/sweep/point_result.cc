#include "fusesim/sweep/point_result.h"

#include <cstring>
#include <filesystem>
#include <sstream>

#include "fusesim/base/error.h"
#include "fusesim/base/json_text.h"
#include "fusesim/base/read_file.h"
#include "model_files.h"

namespace fusesim {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr size_t kLongestReason = 600;
constexpr const char* kReportFormat = "fusesim.report/1";
constexpr const char* kPointFormat = "fusesim.point/1";

/// What a program said on standard error, on one line, without its notes.
std::string one_line(const std::string& text) {
  std::istringstream lines(text);
  std::string reason;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.rfind("note: ", 0) == 0) continue;
    reason += (reason.empty() ? "" : "; ") + line;
  }
  if (reason.size() > kLongestReason) {
    size_t end = kLongestReason;
    while (end > 0 && (static_cast<unsigned char>(reason[end]) & 0xC0U) == 0x80U) --end;
    reason = reason.substr(0, end) + "...";
  }
  return reason;
}

std::string how_it_ended(const Ended& ended, std::optional<double> timeout_seconds) {
  if (ended.timed_out) {
    std::ostringstream text;
    text << "timeout after " << timeout_seconds.value_or(0.0) << " s";
    return text.str();
  }
  if (ended.signal != 0)
    return "killed by signal " + std::to_string(ended.signal) + " (" + ::strsignal(ended.signal) + ")";
  return "exit code " + std::to_string(ended.exit_code);
}

Json axes_json(const Sweep& sweep, const Point& point) {
  Json json = Json::object();
  for (size_t i = 0; i < sweep.axes.size(); ++i) json[sweep.axes[i].name] = point.values[i];
  return json;
}

/// What comparisons and tables of a sweep take for granted. Throws Json::exception where something is
/// missing.
bool has_what_tables_take(const Json& report) {
  const Json& search = report.at("search");
  const Json model = report.value("model", Json::object());
  bool good = search.at("optimal").is_boolean() && search.value("objective", Json("dram")).is_string();
  for (const Json& plan : report.value("alternatives", Json::array())) {
    const Json& objective = plan.at("objective");
    good = good && (objective.is_null() || objective.is_string()) && plan.at("optimal").is_boolean();
  }
  for (const Json& op : report.value("unfusable", Json::array()))
    good = good && op.at("rejection").is_string() && op.at("index").is_number_integer();
  return good && model.value("sha256", Json("")).is_string();
}

PointStatus status_of(const std::string& text) {
  for (const PointStatus status : {PointStatus::ok, PointStatus::mismatch}) {
    if (text == to_string(status)) return status;
  }
  return PointStatus::failed;
}

}  // namespace

const char* to_string(PointStatus status) {
  switch (status) {
    case PointStatus::ok:
      return "ok";
    case PointStatus::mismatch:
      return "mismatch";
    case PointStatus::failed:
      return "failed";
  }
  return "?";
}

Json read_report(const std::string& file, bool groups) {
  const auto keep = [&](int depth, Json::parse_event_t event, Json& parsed) {
    const bool long_list =
        depth == 1 && event == Json::parse_event_t::key && (parsed == "groups" || parsed == "outputs");
    return groups || !long_list;
  };
  const std::string text = read_file(file);
  try {
    Json json = parse_stored_json(text, file, keep);
    if (json.at("format") == kReportFormat && has_what_tables_take(json)) return json;
  } catch (const Json::exception&) {
  } catch (const Error&) {
  }
  throw Error(file + ": expected " + std::string(kReportFormat) + ", got something else");
}

PointResult judge(const Point& point, const std::string& folder, const Ended& ended,
                  const std::string& error_text, std::optional<double> timeout_seconds) {
  PointResult result;
  result.seconds = ended.seconds;
  result.reason = one_line(error_text);
  const std::string refusal = "--out: '.': ";  // run_sim stands in the folder
  if (result.reason.rfind(refusal, 0) == 0)
    throw Error("--out: '" + folder + "': " + result.reason.substr(refusal.size()));
  const std::string ending = how_it_ended(ended, timeout_seconds);
  const bool clean = ended.exit_code == 0 || ended.exit_code == 1;
  const std::string file = (fs::path(folder) / "report.json").string();
  if (!clean || !fs::exists(file)) {
    if (result.reason.empty() || ended.exit_code < 0 || ended.exit_code == 0)
      result.reason = ending + (result.reason.empty() ? "" : ": " + result.reason);
    return result;
  }
  try {
    result.report = read_report(file, false);
  } catch (const Error& error) {
    result.reason = error.what();
    return result;
  }
  const std::string sha256 = result.report["model"].value("sha256", std::string());
  if (sha256 != point.model_sha256) {
    result.reason = "model: expected the file with SHA-256 " + point.model_sha256 + ", got " + sha256 +
                    ": it changed during the sweep";
    result.report = nullptr;
    return result;
  }
  result.status = ended.exit_code == 0 ? PointStatus::ok : PointStatus::mismatch;
  if (result.status == PointStatus::ok) result.reason.clear();
  return result;
}

std::string point_json(const Sweep& sweep, const Point& point, const PointResult& result,
                       const Ended& ended) {
  Json command = Json::array({"run_sim"});
  for (const std::string& argument : point.arguments) command.push_back(argument);
  Json json = {{"format", kPointFormat},
               {"id", point.id},
               {"axes", axes_json(sweep, point)},
               {"command", command},
               {"seed", point.seed},
               {"status", to_string(result.status)},
               {"reason", result.reason},
               {"exit_code", ended.exit_code >= 0 ? Json(ended.exit_code) : Json()},
               {"signal", ended.signal != 0 ? Json(ended.signal) : Json()},
               {"version", sweep.build.version},
               {"commit", sweep.build.commit},
               {"wall_seconds", result.seconds}};
  return dump_json(json, 2) + "\n";
}

PointResult read_point(const std::string& folder) {
  const std::string file = (fs::path(folder) / "point.json").string();
  PointResult result;
  try {
    const Json json = parse_stored_json(read_file(file), file);
    if (json.at("format") != kPointFormat) throw Error("");
    result.status = status_of(json.at("status").get<std::string>());
    result.reason = json.at("reason").get<std::string>();
    result.seconds = json.at("wall_seconds").get<double>();
  } catch (const std::exception&) {
    throw Error(file + ": expected " + std::string(kPointFormat) + ", got something else");
  }
  if (result.status != PointStatus::failed)
    result.report = read_report((fs::path(folder) / "report.json").string(), false);
  return result;
}

}  // namespace fusesim
