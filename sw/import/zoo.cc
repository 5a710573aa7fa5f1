#include <algorithm>
#include <filesystem>
#include <numeric>

#include "fusesim/base/error.h"
#include "fusesim/import/import.h"

namespace fusesim {
namespace {

namespace fs = std::filesystem;

/// Levenshtein distance, ignoring case and the difference between '-', '_' and nothing.
size_t distance(const std::string& a, const std::string& b) {
  const auto plain = [](const std::string& s) {
    std::string out;
    for (const char c : s) {
      if (c != '-' && c != '_') out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return out;
  };
  const std::string x = plain(a);
  const std::string y = plain(b);
  std::vector<size_t> row(y.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < x.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < y.size(); ++j) {
      const size_t substituted = diagonal + (x[i] == y[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({substituted, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::vector<std::string> near_names(const std::string& name, const std::vector<std::string>& all) {
  const size_t limit = std::max<size_t>(2, name.size() / 3);
  std::vector<std::pair<size_t, std::string>> found;
  for (const std::string& candidate : all) {
    const size_t d = distance(name, candidate);
    const bool part = name.size() >= 3 && candidate.find(name) != std::string::npos;
    if (d <= limit || part) found.emplace_back(d, candidate);
  }
  std::sort(found.begin(), found.end());
  if (found.size() > 4) found.resize(4);
  std::vector<std::string> names;
  names.reserve(found.size());
  for (auto& [d, candidate] : found) names.push_back(std::move(candidate));
  return names;
}

}  // namespace

std::vector<std::string> zoo_models(const std::string& data_directory) {
  std::vector<std::string> names;
  std::error_code failure;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(fs::path(data_directory) / "models", failure)) {
    if (entry.path().extension() == ".onnx") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<std::string> zoo_file(const std::string& name, const std::string& data_directory) {
  const fs::path path = fs::path(data_directory) / "models" / (name + ".onnx");
  std::error_code failure;
  if (name.empty() || !fs::exists(path, failure)) return std::nullopt;
  return path.string();
}

std::string resolve_model(const std::string& name_or_path, const std::string& data_directory) {
  if (name_or_path.empty())
    throw Error("--model: expected a zoo name or the path of an ONNX file, got nothing");
  if (const std::optional<std::string> path = zoo_file(name_or_path, data_directory)) return *path;
  std::error_code failure;
  const bool looks_like_path =
      name_or_path.find('/') != std::string::npos || fs::path(name_or_path).has_extension();
  if (fs::exists(name_or_path, failure)) return name_or_path;
  const std::vector<std::string> names = zoo_models(data_directory);
  const std::vector<std::string> near = near_names(fs::path(name_or_path).stem().string(), names);
  const std::string hint = near.empty() ? "the zoo has " + join(names) : "did you mean " + join(near) + "?";
  if (looks_like_path) throw Error(name_or_path + ": no such file" + (near.empty() ? "" : "; " + hint));
  throw Error("model '" + name_or_path + "': expected a zoo name or the path of an ONNX file; " + hint);
}

}  // namespace fusesim
