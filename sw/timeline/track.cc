#include "track.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "fusesim/base/json_text.h"

namespace fusesim {
namespace {

constexpr int64_t kPsPerUs = 1'000'000;
/// Slices that become one when the limit comes near for the first time: so many to all the time so far.
constexpr int64_t kFirstSlices = 100'000;

/// Microseconds, to the picosecond.
std::string us(int64_t ps) {
  if (ps % 1000 == 0) return fmt::format("{}.{:03}", ps / kPsPerUs, ps % kPsPerUs / 1000);
  return fmt::format("{}.{:06}", ps / kPsPerUs, ps % kPsPerUs);
}

}  // namespace

std::string json_string(const std::string& text) { return nlohmann::json(json_name(text)).dump(); }

void TraceEvents::written(int64_t at_ps) {
  while (file_.written_bytes() > next_bytes_ && next_bytes_ < limit_bytes_) {
    resolution_ps_ = resolution_ps_ == 0 ? std::max<int64_t>(1, at_ps / kFirstSlices) : 2 * resolution_ps_;
    next_bytes_ += std::max<int64_t>(1, (limit_bytes_ - next_bytes_) / 2);
  }
}

void TraceEvents::slice(int64_t process, int64_t thread, const Slice& slice) {
  std::string text = fmt::format(R"({{"ph":"X","pid":{},"tid":{},"ts":{},"dur":{},"name":{})", process,
                                 thread, us(slice.begin_ps), us(slice.end_ps - slice.begin_ps), slice.name);
  if (!slice.args.empty()) text += ",\"args\":{" + slice.args + "}";
  file_.write(text + "},\n");
  for (const Slice& inside : slice.inside) this->slice(process, thread, inside);
  written(slice.end_ps);
}

void TraceEvents::counter(const std::string& name, int64_t at_ps, int64_t held_bytes, int64_t free_bytes) {
  file_.write(
      fmt::format("{{\"ph\":\"C\",\"pid\":3,\"ts\":{},\"name\":{},\"args\":{{\"held\":{},\"free\":{}}}}},\n",
                  us(at_ps), name, held_bytes, free_bytes));
  written(at_ps);
}

void TraceEvents::flow(int64_t id, const char* name, int64_t from_process, int64_t from_thread,
                       int64_t from_ps, int64_t to_process, int64_t to_thread, int64_t to_ps) {
  const auto end = [&](const char* phase, int64_t process, int64_t thread, int64_t at_ps, const char* more) {
    return fmt::format(R"({{"ph":"{}","id":{},"cat":"flow","name":"{}","pid":{},"tid":{},"ts":{}{}}},)",
                       phase, id, name, process, thread, us(at_ps), more) +
           "\n";
  };
  file_.write(end("s", from_process, from_thread, from_ps, "") +
              end("f", to_process, to_thread, to_ps, R"(,"bp":"e")"));
  written(to_ps);
}

void TraceEvents::name_process(int64_t process, const std::string& name) {
  file_.write(fmt::format("{{\"ph\":\"M\",\"pid\":{},\"name\":\"process_name\",\"args\":{{\"name\":{}}}}},\n",
                          process, name));
}

void TraceEvents::name_thread(int64_t process, int64_t thread, const std::string& name) {
  file_.write(fmt::format(
      "{{\"ph\":\"M\",\"pid\":{0},\"tid\":{1},\"name\":\"thread_name\",\"args\":{{\"name\":{2}}}}},\n"
      "{{\"ph\":\"M\",\"pid\":{0},\"tid\":{1},\"name\":\"thread_sort_index\",\"args\":{{\"sort_index\":{1}}}}"
      "},\n",
      process, thread, name));
}

void Track::add(Slice slice) {
  const int64_t together = events_->resolution_ps();
  if (count_ > 0 && together > 0 && slice.end_ps - last_.begin_ps <= together) {
    ++count_;
    busy_ps_ += slice.end_ps - slice.begin_ps;
    last_.end_ps = slice.end_ps;
    return;
  }
  flush();
  busy_ps_ = slice.end_ps - slice.begin_ps;
  last_ = std::move(slice);
  count_ = 1;
  if (together == 0) flush();
}

void Track::flush() {
  if (count_ > 1) {
    last_.args = fmt::format("\"slices\":{},\"busy_us\":{}", count_, us(busy_ps_));
    last_.name = fmt::format("\"{} slices\"", count_);
    last_.inside.clear();
  }
  if (count_ > 0) events_->slice(process_, thread_, last_);
  count_ = 0;
}

}  // namespace fusesim
