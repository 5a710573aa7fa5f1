#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "fusesim/timeline/whole_file.h"

namespace fusesim {

/// With its quotes, and without `<`, which could end a script element around it.
std::string json_string(const std::string& text);

/// A stretch of a track.
struct Slice {
  int64_t begin_ps = 0;
  int64_t end_ps = 0;
  std::string name;                ///< a JSON string
  std::string args;                ///< members of a JSON object
  std::vector<Slice> inside = {};  ///< ascending, each within it
};

/// A moment on a track.
struct TracePlace {
  int64_t process = 0;
  int64_t thread = 0;
  int64_t at_ps = 0;
};

/// Writes events of the Chrome trace-event format (names are JSON strings), each followed by a comma and a
/// newline, and keeps the file near a limit: when half of it is used, and whenever half of the rest is,
/// slices that together are shorter than some time become one, a time that lets what is expected to come fit
/// into what is left.
class TraceEvents {
 public:
  /// `expected_ps`: about when the last event comes; 0: nobody knows.
  TraceEvents(WholeFile& file, int64_t limit_bytes, int64_t expected_ps)
      : file_(file),
        limit_bytes_(limit_bytes),
        expected_ps_(expected_ps),
        next_bytes_(std::max<int64_t>(1, limit_bytes / 2)) {}

  void slice(int64_t process, int64_t thread, const Slice& slice);
  void counter(const std::string& name, int64_t at_ps, int64_t held_bytes, int64_t free_bytes);
  /// An arrow from a slice of one track to a slice of another: what encloses these moments.
  void flow(int64_t id, const char* name, const TracePlace& from, const TracePlace& to);
  void name_process(int64_t process, const std::string& name);
  void name_thread(int64_t process, int64_t thread, const std::string& name);

  /// Slices of a track that together are no longer become one; 0: none do.
  int64_t resolution_ps() const { return resolution_ps_; }

 private:
  void written(int64_t at_ps) {
    if (file_.written_bytes() > next_bytes_) check_limit(at_ps);
  }
  void check_limit(int64_t at_ps);

  WholeFile& file_;
  int64_t limit_bytes_;
  int64_t expected_ps_;
  int64_t next_bytes_;  // when the limit is looked at again
  int64_t checked_bytes_ = 0, checked_ps_ = 0;
  int64_t slices_ = 0;
  int64_t resolution_ps_ = 0;
};

/// One track: slices in the order of time, without overlap.
class Track {
 public:
  Track(TraceEvents& events, int64_t process, int64_t thread)
      : events_(&events), process_(process), thread_(thread) {}

  void add(Slice slice);
  void flush();
  int64_t process() const { return process_; }
  int64_t thread() const { return thread_; }

 private:
  TraceEvents* events_;
  int64_t process_, thread_;
  Slice last_;
  int64_t count_ = 0;  // of the slices that last_ stands for
  int64_t busy_ps_ = 0;
};

}  // namespace fusesim
