#include "fusesim/tools/earlier_results.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "fusesim/base/error.h"
#include "fusesim/base/read_file.h"
#include "fusesim/config/diagnostics.h"
#include "fusesim/report/comparison.h"

namespace fusesim {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostKeys = 3;

[[noreturn]] void refuse(const std::string& directory, const std::string& reason) {
  throw Error("--out: '" + printable(directory) + "' has " + reason +
              ": expected another directory, or --overwrite");
}

/// "buffer.capacity: 256 KiB, pe.rows: 32", as it was.
std::string differences(const Config& earlier, const Config& mine) {
  const std::vector<std::vector<std::string>> rows = setting_rows(changed_settings(earlier, mine));
  std::string text;
  for (size_t i = 0; i < std::min(kMostKeys, rows.size()); ++i)
    text += (i > 0 ? ", " : "") + rows[i][0] + ": " + rows[i][1];
  return rows.size() > kMostKeys ? text + " and more" : text;
}

void check_document(const std::string& directory, const std::string& file, const char* scheme_at,
                    const ResultsOf& mine) {
  const std::string path = (fs::path(directory) / file).string();
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return;
  const nlohmann::json document = nlohmann::json::parse(read_file(path), nullptr, false);
  const auto text = [&document](const char* pointer) {
    const nlohmann::json::json_pointer at(pointer);
    const bool known = document.is_object() && document.contains(at) && document.at(at).is_string();
    return known ? document.at(at).get<std::string>() : std::string();
  };
  const std::string name = text("/model/name");
  const std::string sha256 = text("/model/sha256");
  const std::string scheme = text(scheme_at);
  if (sha256.empty() || scheme.empty()) refuse(directory, "a " + file + " that is none of this program's");
  if (sha256 != mine.model_sha256) {
    refuse(directory, name == mine.model_name ? "results of another file of '" + printable(name) + "'"
                                              : "results of '" + printable(name) + "', not of '" +
                                                    printable(mine.model_name) + "'");
  }
  if (scheme != to_string(mine.scheme))
    refuse(directory, "results under " + printable(scheme) + ", not under " + to_string(mine.scheme));
}

void check_config(const std::string& directory, const ResultsOf& mine) {
  const std::string path = (fs::path(directory) / "config.yaml").string();
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return;
  std::string different;
  try {
    const Config earlier = load_config(path);
    if (earlier == mine.config) return;
    different = "results of another machine (" + differences(earlier, mine.config) + ")";
  } catch (const Error&) {
    different = "a config.yaml that is not to be read";
  }
  refuse(directory, different);
}

}  // namespace

void refuse_other_explanations(const std::string& directory, const ResultsOf& mine) {
  check_document(directory, "explanation.json", "/fusion", mine);
}

void refuse_other_results(const std::string& directory, const ResultsOf& mine) {
  check_document(directory, "schedule.json", "/scheme", mine);
  check_config(directory, mine);
}

}  // namespace fusesim
