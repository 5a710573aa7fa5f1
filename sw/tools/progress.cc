#include "fusesim/tools/progress.h"

#include <unistd.h>

#include <iostream>

namespace fusesim {

TerminalProgress::TerminalProgress() : terminal_(::isatty(STDERR_FILENO) != 0) {}

void TerminalProgress::update(const char* stage, int64_t done, int64_t total, const std::string& note) {
  if (!terminal_) return;
  const auto now = std::chrono::steady_clock::now();
  if (shown_ && stage == stage_ && now - last_ < std::chrono::milliseconds(100)) return;
  last_ = now;
  stage_ = stage;
  shown_ = true;
  std::cerr << "\r\033[K" << stage;
  if (total > 0) std::cerr << ' ' << done << '/' << total;
  if (!note.empty()) std::cerr << ", " << note;
  std::cerr << std::flush;
}

void TerminalProgress::clear() {
  if (shown_) std::cerr << "\r\033[K" << std::flush;
  shown_ = false;
}

}  // namespace fusesim
