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

void declare_edits(CommandLine& line, std::vector<PlanEdit>& edits) {
  line.each_parsed<PlanEdit>(
          "--edit", parse_edit, kEditForms, [&edits](const PlanEdit& edit) { edits.push_back(edit); },
          "with --schedule: split:12@5 cuts group 12 before op 5, merge:3+4 makes groups 3 and 4 one, "
          "move:5>4 "
          "moves op 5 to group 4, move:5>new to one of its own; ops as --group of run_explain takes them; "
          "repeatable, each on what the one before left, with --out stored")
      ->type_name("EDIT");
}

void declare_comparison(CommandLine& line, std::vector<std::string>& reports) {
  line.texts("--compare", reports,
             "what differs between two runs, each a report.json or a directory that has one; nothing is run")
      ->type_name("A B")
      ->expected(1, 2)
      ->allow_extra_args(true);
}

/// Two reports, and at most a format.
void check_comparison(const CommandLine& line, const Options& options) {
  if (!line.given("--compare")) return;
  if (options.compare.size() != 2)
    throw Error("--compare: expected two reports, got " + std::to_string(options.compare.size()));
  for (const std::string& option : line.all_given()) {
    if (option != "--compare" && option != "--format")
      throw Error("--compare: expected no other option but --format, got " + option);
  }
  if (options.format == Format::csv)
    throw Error("--format: expected table or json with --compare, got 'csv'");
}

}  // namespace

void declare_run_sim(CommandLine& line, Options& options) {
  declare_functional(line, options.functional);
  declare_timeline(line, options.timeline);
  declare_edits(line, options.edits);
  declare_comparison(line, options.compare);
}

void check_run_sim(const CommandLine& line, const Options& options) {
  check_comparison(line, options);
  if (line.given("--edit") && !line.given("--schedule"))
    throw Error("--edit: expected --schedule with it, got none");
  check_functional(line);
  if (line.given("--window") && !line.given("--timeline") && !line.given("--vcd"))
    throw Error("--window: expected --timeline or --vcd with it, got none");
  parse_window(options.timeline.window);
}

}  // namespace fusesim
