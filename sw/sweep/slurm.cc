#include "fusesim/sweep/slurm.h"

#include <algorithm>
#include <set>
#include <thread>

#include "fusesim/base/error.h"
#include "fusesim/base/read_file.h"
#include "fusesim/sweep/process.h"
#include "fusesim/tools/output_directory.h"
#include "model_files.h"

namespace fusesim {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr size_t kLargestArray = 1000;  // Slurm's default MaxArraySize allows 1001
constexpr int kMostFailures = 30;       // of squeue, one after another
constexpr milliseconds kLongestPause{15'000};
constexpr const char* kJobFile = "job";

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? "'\\''" : std::string(1, c);
  return result + "'";
}

size_t tasks_of(const Sweep& sweep) {
  const size_t points = sweep.points.size();
  size_t each = static_cast<size_t>(sweep.slurm.points_per_task);
  if (each == 0) each = (points + kLargestArray - 1) / kLargestArray;
  return std::max<size_t>(1, (points + each - 1) / std::max<size_t>(1, each));
}

/// "0-3,7"
std::string array_text(const std::set<size_t>& tasks) {
  std::string text;
  for (auto it = tasks.begin(); it != tasks.end();) {
    const size_t first = *it;
    size_t last = first;
    while (++it != tasks.end() && *it == last + 1) ++last;
    text += (text.empty() ? "" : ",") + std::to_string(first);
    if (last > first) text += "-" + std::to_string(last);
  }
  return text;
}

/// One tool of Slurm, run to its end.
struct ToolResult {
  int exit_code = -1;
  std::string out, err;
};

class Tools {
 public:
  explicit Tools(fs::path folder) : folder_(std::move(folder)) {}

  ToolResult run(const std::string& tool, const std::vector<std::string>& arguments) {
    const std::string out = (folder_ / (tool + ".out")).string(), err = (folder_ / (tool + ".err")).string();
    ChildPool pool(gate_);
    pool.start({tool, arguments, "", out, err});
    std::vector<Ended> ended;
    while ((ended = pool.collect()).empty()) {
      if (gate_.wait(milliseconds(20)) != 0) std::this_thread::sleep_for(milliseconds(2));
    }
    if (ended[0].exit_code == 127) throw Error("--engine: expected Slurm's " + tool + " on PATH, got none");
    return {ended[0].exit_code, read_file(out), read_file(err)};
  }
  int wait(milliseconds longest) { return gate_.wait(longest); }

 private:
  fs::path folder_;
  SignalGate gate_;
};

/// "sbatch: error: ..." on one line.
std::string said(const ToolResult& result) {
  std::string text = result.err.empty() ? result.out : result.err;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

class SlurmRun {
 public:
  SlurmRun(const Sweep& sweep, const SweepDirectory& directory, const SweepOptions& options,
           const std::function<std::vector<size_t>()>& missing,
           const std::function<void(const SweepProgress&)>& progress)
      : sweep_(sweep),
        directory_(directory),
        options_(options),
        missing_(missing),
        progress_(progress),
        folder_(private_folder(directory.path()) / "slurm"),
        tools_(directory.staging()) {
    std::error_code ignored;
    fs::create_directories(folder_, ignored);
  }

  SlurmOutcome run() {
    const std::string earlier = stored_job();
    if (!earlier.empty() && is_active(earlier)) {
      SlurmOutcome outcome = wait_for(earlier);
      if (outcome.signal != 0 || !outcome.finished) return outcome;
    }
    const std::vector<size_t> missing = missing_();
    if (missing.empty()) return {0, true, ""};
    return wait_for(submit(missing));
  }

 private:
  std::string stored_job() const {
    if (!fs::exists(folder_ / kJobFile)) return "";
    std::string job = read_file((folder_ / kJobFile).string());
    while (!job.empty() && job.back() == '\n') job.pop_back();
    return job;
  }

  /// Of earlier jobs.
  void remove_logs() const {
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_, ignored)) {
      if (entry.path().extension() == ".log") fs::remove(entry.path(), ignored);
    }
  }

  std::string submit(const std::vector<size_t>& missing) {
    const SlurmBatch batch = slurm_batch(sweep_, missing, directory_, options_);
    const OutputDirectory out(folder_.string(), {});
    remove_logs();
    out.write({{"batch.sh", batch.script}});
    std::vector<std::string> arguments = batch.arguments;
    arguments.push_back((folder_ / "batch.sh").string());
    const ToolResult result = tools_.run("sbatch", arguments);
    // --parsable: "job" or "job;cluster"
    std::string job = result.out.substr(0, result.out.find_first_of(";\n"));
    const bool number = !job.empty() && job.find_first_not_of("0123456789") == std::string::npos;
    if (result.exit_code != 0 || !number) throw Error("--engine: sbatch refused: " + said(result));
    out.write({{kJobFile, job + "\n"}});
    return job;
  }

  /// Whether squeue still lists the job; a controller that does not answer is asked again.
  bool is_active(const std::string& job) {
    const ToolResult result = tools_.run("squeue", {"--noheader", "--jobs", job, "--format", "%i"});
    if (result.exit_code == 0) {
      failures_ = 0;
      return result.out.find_first_not_of(" \n") != std::string::npos;
    }
    if (result.err.find("Invalid job id") != std::string::npos) return false;
    if (++failures_ > kMostFailures)
      throw Error("--engine: squeue failed for job " + job + ": " + said(result));
    return true;
  }

  SlurmOutcome wait_for(const std::string& job) {
    if (!options_.wait) return {0, false, job};
    milliseconds pause{200};
    const size_t total = missing_().size();
    while (is_active(job)) {
      const size_t left = missing_().size();
      progress_({total - std::min(left, total), total, 0});
      if (const int signal = tools_.wait(pause)) {
        tools_.run("scancel", {job});
        return {signal, true, job};
      }
      pause = std::min(kLongestPause, pause * 3 / 2);
    }
    return {0, true, job};
  }

  const Sweep& sweep_;
  const SweepDirectory& directory_;
  const SweepOptions& options_;
  const std::function<std::vector<size_t>()>& missing_;
  const std::function<void(const SweepProgress&)>& progress_;
  fs::path folder_;
  Tools tools_;
  int failures_ = 0;
};

}  // namespace

SlurmBatch slurm_batch(const Sweep& sweep, const std::vector<size_t>& missing,
                       const SweepDirectory& directory, const SweepOptions& options) {
  const size_t tasks = tasks_of(sweep);
  std::set<size_t> wanted;
  for (const size_t point : missing) wanted.insert(point % tasks);
  const SlurmSettings& slurm = sweep.slurm;
  const std::string logs = (private_folder(directory.path()) / "slurm" / "%A_%a.log").string();
  SlurmBatch batch;
  batch.arguments = {"--parsable", "--job-name=" + sweep.name, "--output=" + logs,
                     "--array=" + array_text(wanted) +
                         (slurm.throttle > 0 ? "%" + std::to_string(slurm.throttle) : std::string()),
                     "--cpus-per-task=" + std::to_string(slurm.jobs)};
  if (!slurm.partition.empty()) batch.arguments.push_back("--partition=" + slurm.partition);
  if (!slurm.account.empty()) batch.arguments.push_back("--account=" + slurm.account);
  if (!slurm.time_limit.empty()) batch.arguments.push_back("--time=" + slurm.time_limit);
  batch.arguments.insert(batch.arguments.end(), slurm.flags.begin(), slurm.flags.end());
  batch.script = "#!/bin/sh\nexec " + quoted(sibling_program("run_sweep")) + " " +
                 quoted(fs::absolute(sweep.path).string()) + " --out " + quoted(directory.path().string()) +
                 " --shard \"$SLURM_ARRAY_TASK_ID/" + std::to_string(tasks) + "\" --jobs " +
                 std::to_string(slurm.jobs);
  if (options.timeout_seconds) batch.script += " --timeout " + std::to_string(*options.timeout_seconds);
  if (options.retry_failed) batch.script += " --retry-failed";
  batch.script += "\n";
  return batch;
}

SlurmOutcome run_slurm(const Sweep& sweep, const SweepDirectory& directory, const SweepOptions& options,
                       const std::function<std::vector<size_t>()>& missing,
                       const std::function<void(const SweepProgress&)>& progress) {
  return SlurmRun(sweep, directory, options, missing, progress).run();
}

}  // namespace fusesim
