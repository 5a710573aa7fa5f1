#include "track.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "fusesim/base/json_text.h"

namespace fusesim {
namespace {

constexpr int64_t kPsPerUs = 1'000'000;
/// The limit is looked at again after this part of it at the least.
constexpr int64_t kSteps = 200;
/// Part of what is left that is to be used.
constexpr double kSpare = 0.8;
/// Tracks that are busy at once, about: array or vector unit, loads, stores, a data bus, a bank.
constexpr double kTracks = 5.0;
constexpr double kLongestPs = 1e18;

/// Microseconds, to the picosecond.
struct Us {
  explicit Us(int64_t ps) {
    const bool whole_ns = ps % 1000 == 0;
    const size_t places = whole_ns ? 3 : 6;
    char* end = std::to_chars(text.data(), text.data() + text.size(), ps / kPsPerUs).ptr;
    *end++ = '.';
    int64_t rest = whole_ns ? ps % kPsPerUs / 1000 : ps % kPsPerUs;
    for (size_t i = places; i-- > 0; rest /= 10) end[i] = static_cast<char>('0' + rest % 10);
    length = static_cast<size_t>(end - text.data()) + places;
  }
  operator std::string_view() const { return {text.data(), length}; }  // NOLINT(google-explicit-constructor)

  std::array<char, 32> text;
  size_t length;
};

}  // namespace

std::string json_string(const std::string& text) {
  std::string result;
  for (char c : nlohmann::json(json_name(text)).dump()) {
    if (c == '<') {
      result += "\\u003c";
    } else {
      result += c;
    }
  }
  return result;
}

void TraceEvents::check_limit(int64_t at_ps) {
  const int64_t bytes = file_.written_bytes();
  const int64_t least = std::max<int64_t>(1, limit_bytes_ / kSteps);
  const auto left = static_cast<double>(std::max(least, limit_bytes_ - bytes));
  const auto since = static_cast<double>(std::max<int64_t>(1, at_ps - checked_ps_));
  const auto to_come = static_cast<double>(at_ps < expected_ps_ ? expected_ps_ - at_ps : at_ps);
  // as it went since the last look: what will be written over what may be
  const double need = static_cast<double>(bytes - checked_bytes_) / since * to_come / (kSpare * left);
  if (need > 1.0) {
    const double together = resolution_ps_ > 0 ? static_cast<double>(resolution_ps_)
                                               : kTracks * static_cast<double>(at_ps) /
                                                     static_cast<double>(std::max<int64_t>(1, slices_));
    resolution_ps_ = static_cast<int64_t>(std::min(kLongestPs, together * need)) + 1;
  }
  checked_bytes_ = bytes;
  checked_ps_ = at_ps;
  next_bytes_ = bytes + std::max(least, (limit_bytes_ - bytes) / 2);
}

void TraceEvents::slice(int64_t process, int64_t thread, const Slice& slice) {
  file_.write(R"({"ph":"X","pid":)", process, R"(,"tid":)", thread, R"(,"ts":)", Us(slice.begin_ps),
              R"(,"dur":)", Us(slice.end_ps - slice.begin_ps), R"(,"name":)", slice.name);
  if (!slice.args.empty()) file_.write(R"(,"args":{)", slice.args, "}");
  file_.write("},\n");
  ++slices_;
  for (const Slice& inside : slice.inside) this->slice(process, thread, inside);
  written(slice.end_ps);
}

void TraceEvents::counter(const std::string& name, int64_t at_ps, int64_t held_bytes, int64_t free_bytes) {
  file_.write(R"({"ph":"C","pid":3,"ts":)", Us(at_ps), R"(,"name":)", name, R"(,"args":{"held":)", held_bytes,
              R"(,"free":)", free_bytes, "}},\n");
  written(at_ps);
}

void TraceEvents::flow(int64_t id, const char* name, const TracePlace& from, const TracePlace& to) {
  const auto end = [&](const char* phase, const TracePlace& place) {
    file_.write(R"({"ph":")", phase, R"(","id":)", id, R"(,"cat":"flow","name":")", name, R"(","pid":)",
                place.process, R"(,"tid":)", place.thread, R"(,"ts":)", Us(place.at_ps));
  };
  end("s", from);
  file_.write("},\n");
  end("f", to);
  file_.write(R"(,"bp":"e"},)", "\n");
  written(to.at_ps);
}

void TraceEvents::name_process(int64_t process, const std::string& name) {
  file_.write(R"({"ph":"M","pid":)", process, R"(,"name":"process_name","args":{"name":)", name, "}},\n");
}

void TraceEvents::name_thread(int64_t process, int64_t thread, const std::string& name) {
  file_.write(R"({"ph":"M","pid":)", process, R"(,"tid":)", thread,
              R"(,"name":"thread_name","args":{"name":)", name, "}},\n");
  file_.write(R"({"ph":"M","pid":)", process, R"(,"tid":)", thread,
              R"(,"name":"thread_sort_index","args":{"sort_index":)", thread, "}},\n");
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
    last_.args = R"("slices":)" + std::to_string(count_) + R"(,"busy_us":)";
    last_.args += std::string_view(Us(busy_ps_));
    last_.name = '"' + std::to_string(count_) + R"( slices")";
    last_.inside.clear();
  }
  if (count_ > 0) events_->slice(process_, thread_, last_);
  count_ = 0;
}

}  // namespace fusesim
