#include "fusesim/base/error.h"
#include "fusesim/timeline/window.h"
#include "fusesim/tools/command_line.h"
#include "fusesim/tools/shared_options.h"

namespace fusesim {
namespace {

void declare_timeline(CommandLine& line, TimelineOptions& timeline) {
  line.text("--timeline", timeline.path, "a file",
            "write what the machine does as trace events, which Perfetto and chrome://tracing show; as "
            "FILE.html: "
            "a page that shows them itself")
      ->type_name("FILE.json");
  line.text("--vcd", timeline.vcd_path, "a file",
            "write what the machine does as a value change dump, which GTKWave shows")
      ->type_name("FILE.vcd");
  line.text("--window", timeline.window, "a part of the run",
            "with --timeline or --vcd: this part alone, group:N, op:NAME or time:A..B (cycles)")
      ->type_name("PART");
}

}  // namespace

void declare_run_sim(CommandLine& line, Options& options) {
  declare_functional(line, options.functional);
  declare_timeline(line, options.timeline);
}

void check_run_sim(const CommandLine& line, const Options& options) {
  check_functional(line);
  if (line.given("--window") && !line.given("--timeline") && !line.given("--vcd"))
    throw Error("--window: expected --timeline or --vcd with it, got none");
  parse_window(options.timeline.window);
}

}  // namespace fusesim
