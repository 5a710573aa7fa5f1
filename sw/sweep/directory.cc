#include "fusesim/sweep/directory.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "fusesim/base/error.h"
#include "fusesim/base/json_text.h"
#include "fusesim/base/read_file.h"
#include "fusesim/tools/output_directory.h"
#include "model_files.h"
#include "other_sweep.h"

namespace fusesim {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kManifest = "manifest.json";
constexpr const char* kManifestFormat = "fusesim.sweep_manifest/1";

[[noreturn]] void refuse(const fs::path& path, const std::string& reason) {
  throw Error("--out: '" + path.string() + "': " + reason);
}

void make_directory(const fs::path& path) {
  std::error_code fault;
  fs::create_directories(path, fault);
  if (fault) refuse(path, "cannot make directory: " + fault.message());
}

void flush_directory(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

FileLock lock_or_refuse(const fs::path& folder, const std::string& name, FileLock::Mode mode) {
  auto lock = FileLock::try_lock(private_folder(folder) / name, mode);
  if (!lock) refuse(folder, "expected a directory that no other run_sweep works in, got one in use");
  return std::move(*lock);
}

std::string unique_name() {
  std::random_device device;
  return std::to_string(::getpid()) + "-" + std::to_string(device());
}

std::set<std::string> ids_of(const Json& manifest) {
  std::set<std::string> ids;
  for (const Json& id : manifest.at("points")) ids.insert(id.get<std::string>());
  return ids;
}

Json manifest_of(const Sweep& sweep) {
  Json json = {{"format", kManifestFormat},
               {"name", sweep.name},
               {"version", sweep.build.version},
               {"commit", sweep.build.commit},
               {"points", Json::array()}};
  for (const Point& point : sweep.points) json["points"].push_back(point.id);
  return json;
}

Json read_manifest(const fs::path& file) {
  const std::string text = read_file(file.string());
  try {
    Json json = parse_stored_json(text, file.string());
    ids_of(json);  // throws where they are none
    const bool named = json.at("name").is_string() && json.at("commit").is_string();
    if (json.at("format") == kManifestFormat && named) return json;
  } catch (const Json::exception&) {
  } catch (const Error&) {
  }
  throw Error(file.string() + ": expected " + std::string(kManifestFormat) + ", got something else");
}

}  // namespace

SweepDirectory::SweepDirectory(const std::string& path, const std::string& share)
    : path_(fs::absolute(path).lexically_normal()) {
  // The check below removes the directories that it had to make, under the feet of another share.
  std::error_code unknown;
  if (!fs::exists(path_, unknown)) make_directory(path_);
  (void)OutputDirectory(path, {"sweep.json", "sweep.csv"});
  const fs::path own = private_folder(path_);
  make_directory(own / "staging");
  make_directory(path_ / "points");
  lock_.emplace(
      lock_or_refuse(path_, "lock", share.empty() ? FileLock::Mode::exclusive : FileLock::Mode::shared));
  if (!share.empty()) share_lock_.emplace(lock_or_refuse(path_, share + ".lock", FileLock::Mode::exclusive));
  // Nobody takes a folder for a leftover between its making and its locking.
  const FileLock guard = FileLock::lock(own / "staging.lock", FileLock::Mode::exclusive);
  remove_leftovers();
  staging_ = own / "staging" / unique_name();
  make_directory(staging_);
  staging_lock_.emplace(FileLock::lock(staging_ / "lock", FileLock::Mode::exclusive));
}

SweepDirectory::~SweepDirectory() {
  // Nobody looks for leftovers in it while it goes.
  std::optional<FileLock> guard;
  try {
    guard.emplace(FileLock::lock(private_folder(path_) / "staging.lock", FileLock::Mode::exclusive));
  } catch (const Error&) {  // removed from outside: nobody looks
  }
  std::error_code ignored;
  fs::remove_all(staging_, ignored);
}

void SweepDirectory::remove_leftovers() const {
  std::error_code ignored;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(private_folder(path_) / "staging", ignored)) {
    if (!fs::exists(entry.path() / "lock", ignored) ||
        FileLock::try_lock(entry.path() / "lock", FileLock::Mode::exclusive)) {
      fs::remove_all(entry.path(), ignored);
    }
  }
}

void SweepDirectory::adopt(const Sweep& sweep, bool extend) {
  const fs::path own = private_folder(path_);
  const FileLock guard = FileLock::lock(own / "manifest.lock", FileLock::Mode::exclusive);
  const Json wanted = manifest_of(sweep);
  if (fs::exists(own / kManifest)) {
    const Json stored = read_manifest(own / kManifest);
    const std::set<std::string> old_ids = ids_of(stored), new_ids = ids_of(wanted);
    if (old_ids == new_ids) return;
    if (!extend) refuse(path_, other_sweep_text(path_, stored, sweep));
  }
  OutputDirectory(own.string(), {kManifest}).write({{kManifest, dump_json(wanted, 1) + "\n"}});
}

bool SweepDirectory::has(const Point& point) const {
  std::error_code fault;
  return fs::exists(point_path(point) / "point.json", fault);
}

fs::path SweepDirectory::begin(const Point& point) {
  fs::path folder = staged(point);
  make_directory(folder);
  std::ofstream file(folder / "config.yaml", std::ios::binary);
  file << point.config_yaml << std::flush;
  if (!file) refuse(path_, "cannot write config.yaml: " + std::string(std::strerror(errno)));
  return folder;
}

void SweepDirectory::finish(const Point& point, const std::string& point_json, bool results) {
  const fs::path folder = staged(point), target = point_path(point);
  std::vector<OutputFile> files = {{"point.json", point_json}};
  if (!results) {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    make_directory(folder);
    files.push_back({"config.yaml", point.config_yaml});
  }
  OutputDirectory(folder.string(), {"point.json"}).write(files);
  std::error_code fault;
  if (fs::exists(target, fault)) fs::rename(target, folder.string() + ".old", fault);
  fs::rename(folder, target, fault);
  if (fault) refuse(path_, "cannot move point " + point.id + " into place: " + fault.message());
  flush_directory(target.parent_path());
  discard(point);
}

void SweepDirectory::discard(const Point& point) {
  std::error_code ignored;
  for (const char* suffix : {"", ".old", ".err"}) fs::remove_all(staged(point).string() + suffix, ignored);
}

}  // namespace fusesim
