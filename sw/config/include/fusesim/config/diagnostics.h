#pragma once

#include <string>
#include <vector>

namespace fusesim {

/// Where a value was written. Line and column are one-based; line 0 means the source as a whole.
struct Place {
  std::string file;
  int line = 0;
  int column = 0;
};

/// Text of a user for a one-line message: control characters escaped, long text cut.
std::string printable(const std::string& text);

/// Collects faults and reports them together, one line each: "place: key: expected X, got Y".
class Diagnostics {
 public:
  /// `key` may be empty when the fault is not about one key.
  void add(const Place& place, const std::string& key, const std::string& expected, const std::string& got);
  /// Adds the faults of `other` that are not here yet.
  void add_new(const Diagnostics& other);
  bool empty() const { return faults_.empty(); }
  size_t size() const { return faults_.size(); }
  /// Throws Error with all faults, ordered by source (in order of their first fault), line and column.
  void throw_if_any() const;

 private:
  struct Fault {
    Place place;
    std::string text;
  };
  std::vector<Fault> faults_;
};

/// The candidate nearest to `word` by edit distance, or empty when none is near. An abbreviation and a key
/// without its section are as near as one letter.
std::string nearest(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace fusesim
