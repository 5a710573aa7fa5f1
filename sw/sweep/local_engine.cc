#include "fusesim/sweep/local_engine.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <thread>

#include "fusesim/base/read_file.h"
#include "fusesim/sweep/point_result.h"
#include "model_files.h"

namespace fusesim {
namespace {

namespace fs = std::filesystem;

/// The points of one call on their way from list to disk.
class Runner {
 public:
  Runner(const Sweep& sweep, const std::vector<size_t>& points, SweepDirectory& directory,
         const LocalSettings& settings, const std::function<void(const SweepProgress&)>& progress)
      : sweep_(sweep),
        points_(points),
        directory_(directory),
        settings_(settings),
        progress_(progress),
        pool_(gate_) {
    state_.total = points.size();
  }

  int run() {
    const auto longest =
        settings_.timeout_seconds ? std::chrono::milliseconds(50) : std::chrono::milliseconds(500);
    start_next();
    while (pool_.running() > 0) {
      progress_(state_);
      if (const int signal = gate_.wait(longest)) return signal;
      const std::vector<Ended> ended = pool_.collect(settings_.timeout_seconds);
      for (const Ended& one : ended) {
        if (const int signal = stop_behind(one)) return signal;
      }
      start_next();  // the next points run while these go to the disk
      for (const Ended& one : ended) store(one);
    }
    progress_(state_);
    return 0;
  }

 private:
  struct Running {
    const Point* point = nullptr;
    fs::path folder;
  };

  void start_next() {
    while (next_ < points_.size() && pool_.running() < settings_.jobs) start(sweep_.points[points_[next_++]]);
  }

  void start(const Point& point) {
    const fs::path folder = directory_.begin(point);
    std::ofstream(error_file(folder)).flush();  // a child that is killed early makes none
    Command command{settings_.program, point.arguments, folder.string(), "/dev/null", error_file(folder)};
    if (point.threaded) {
      const size_t processors = std::max(1U, std::thread::hardware_concurrency());
      command.arguments.insert(
          command.arguments.end(),
          {"--threads", std::to_string(std::max<size_t>(1, processors / settings_.jobs))});
    }
    running_[pool_.start(command)] = {&point, folder};
  }

  /// Who stops a job often signals children first: waits a moment for the same signal to come here.
  int stop_behind(const Ended& ended) {
    if (ended.signal != SIGINT && ended.signal != SIGTERM && ended.signal != SIGHUP) return 0;
    const Clock::time_point until = Clock::now() + std::chrono::seconds(1);
    int signal = 0;
    while (signal == 0 && Clock::now() < until) signal = gate_.wait(std::chrono::milliseconds(100));
    return signal;
  }

  void store(const Ended& ended) {
    const auto [running, folder] = running_.at(ended.pid);
    const Point& point = *running;
    running_.erase(ended.pid);
    const PointResult result =
        judge(point, folder.string(), ended, read_file(error_file(folder)), settings_.timeout_seconds);
    directory_.finish(point, point_json(sweep_, point, result, ended), result.status != PointStatus::failed);
    ++state_.done;
    if (result.status != PointStatus::ok) ++state_.failed;
  }

  static std::string error_file(const fs::path& folder) { return folder.string() + ".err"; }

  const Sweep& sweep_;
  const std::vector<size_t>& points_;
  SweepDirectory& directory_;
  const LocalSettings& settings_;
  const std::function<void(const SweepProgress&)>& progress_;
  SignalGate gate_;
  ChildPool pool_;
  SweepProgress state_;
  size_t next_ = 0;
  std::map<pid_t, Running> running_;
};

}  // namespace

int run_points(const Sweep& sweep, const std::vector<size_t>& points, SweepDirectory& directory,
               const LocalSettings& settings, const std::function<void(const SweepProgress&)>& progress) {
  return Runner(sweep, points, directory, settings, progress).run();
}

}  // namespace fusesim
