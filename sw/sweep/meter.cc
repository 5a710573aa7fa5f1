#include "meter.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

namespace fusesim {
namespace {

constexpr std::chrono::seconds kBetweenLines{10};

std::string described(const SweepProgress& p, double seconds) {
  if (p.done == 0 || seconds <= 0.0) return "";
  const double rate = static_cast<double>(p.done) / seconds;
  std::string text =
      fmt::format("{:.2f} points/s, {:.0f} s left", rate, static_cast<double>(p.total - p.done) / rate);
  if (p.failed > 0) text += fmt::format(", {} failed", p.failed);
  return text;
}

}  // namespace

Meter::Meter()
    : terminal_(::isatty(STDERR_FILENO) != 0), started_(std::chrono::steady_clock::now()), shown_(started_) {}

void Meter::show(const SweepProgress& progress) {
  const auto now = std::chrono::steady_clock::now();
  const std::string note = described(progress, std::chrono::duration<double>(now - started_).count());
  if (terminal_) {
    line_.update("sweep", static_cast<int64_t>(progress.done), static_cast<int64_t>(progress.total), note);
    return;
  }
  if (now - shown_ < kBetweenLines) return;
  shown_ = now;
  std::cerr << "run_sweep: " << progress.done << " of " << progress.total << " points"
            << (note.empty() ? "" : ", " + note) << std::endl;
}

}  // namespace fusesim
