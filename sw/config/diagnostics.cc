#include "fusesim/config/diagnostics.h"

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <unordered_set>

#include "fusesim/base/error_list.h"
#include "fusesim/base/text.h"

namespace fusesim {
namespace {

constexpr size_t kLongestQuote = 60;

std::string to_text(const Place& place) {
  if (place.line == 0) return place.file;
  return place.file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
    }
  }
  return row[b.size()];
}

std::string leaf(const std::string& path) { return path.substr(path.rfind('.') + 1); }
std::string section(const std::string& path) { return path.substr(0, path.rfind('.') + 1); }

/// "clock" of clock_mhz and "cols" of columns: its letters in their order, the first one first.
bool abbreviates(const std::string& word, const std::string& whole) {
  constexpr size_t kFewest = 3;
  if (word.size() < kFewest || word.front() != whole.front()) return false;
  size_t next = 0;
  for (const char c : whole) next += next < word.size() && c == word[next] ? 1 : 0;
  return next == word.size();
}

/// Of a word that a user wrote to one that exists; from `limit` on any number that large.
size_t distance_between(const std::string& word, const std::string& candidate, size_t limit) {
  const bool no_section = word.find('.') == std::string::npos;
  if (no_section && word == leaf(candidate)) return 1;
  const bool same_section = no_section || section(word) == section(candidate);
  if (same_section && abbreviates(leaf(word), leaf(candidate))) return word == candidate ? 0 : 1;
  const size_t apart =
      word.size() > candidate.size() ? word.size() - candidate.size() : candidate.size() - word.size();
  return apart >= limit ? apart : edit_distance(word, candidate);  // so much has to be put in or left out
}

}  // namespace

std::string printable(const std::string& text) {
  std::string out;
  size_t used = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (used >= kLongestQuote && (byte & 0xC0U) != 0x80U) return out + "...";
    ++used;
    if (byte >= 0x20 && byte != 0x7F) {
      out += c;
    } else {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\x%02x", static_cast<unsigned>(byte));
      out += escape;
    }
  }
  return out;
}

void Diagnostics::add(const Place& place, const std::string& key, const std::string& expected,
                      const std::string& got) {
  const std::string subject = key.empty() ? "" : printable(key) + ": ";
  faults_.push_back({place, to_text(place) + ": " + subject + "expected " + expected + ", got " + got});
}

void Diagnostics::add_new(const Diagnostics& other) {
  std::unordered_set<std::string> known;
  for (const Fault& fault : faults_) known.insert(fault.text);
  for (const Fault& fault : other.faults_) {
    if (known.insert(fault.text).second) faults_.push_back(fault);
  }
}

void Diagnostics::throw_if_any() const {
  if (faults_.empty()) return;
  std::vector<std::string> sources;
  for (const Fault& f : faults_) {
    if (std::find(sources.begin(), sources.end(), f.place.file) == sources.end())
      sources.push_back(f.place.file);
  }
  const auto rank = [&](const Fault& f) {
    return std::find(sources.begin(), sources.end(), f.place.file) - sources.begin();
  };
  std::vector<Fault> sorted = faults_;
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Fault& a, const Fault& b) {
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    if (a.place.line != b.place.line) return a.place.line < b.place.line;
    return a.place.column < b.place.column;
  });
  std::string message;
  for (const Fault& f : sorted) message += (message.empty() ? "" : "\n") + escape_controls(f.text);
  throw ErrorList(message);
}

std::string nearest(const std::string& word, const std::vector<std::string>& candidates) {
  std::string best;
  size_t best_distance = std::max<size_t>(1, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const size_t distance = distance_between(word, candidate, best_distance);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace fusesim
