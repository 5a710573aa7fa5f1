#include "raw_options.h"

namespace fusesim {
namespace {

std::string explainer_names() {
  std::string names;
  for (const ExplainerKind kind : explainer_kinds())
    names += (names.empty() ? "" : "|") + std::string(to_string(kind));
  return names;
}

void declare_explainer(CLI::App& app, RawOptions& raw, Program program) {
  const bool explains = program == Program::run_explain;
  const std::string automatic = to_string(default_explainer(program, Algorithm::automatic));
  std::string what =
      "where random, local, nsga2 and auto cut groups that do not fit; none cuts at random; default of "
      "auto " +
      automatic + ", else none";
  if (explains) what = "who ranks the edges and says where to split; default " + automatic;
  app.add_option("--explainer", raw.explainer, what)->type_name(explainer_names());
  app.add_option("--edges", raw.edges,
                 "edges of one explanation, the most important ones; default: as many as the explainer says")
      ->type_name("K");
  const std::string seeded = explains ? "the explainer" : "random, local, nsga2 and auto";
  app.add_option("--seed", raw.seed, "seed of " + seeded + "; default 0")->type_name("N");
}

void declare_search(CLI::App& app, RawOptions& raw, Program program) {
  auto* search = app.add_option("--search", raw.search,
                                "how the plan is found: exact (least traffic), contiguous (best cuts of the "
                                "topological order), unfused (every op alone), random, local, nsga2, or auto "
                                "(local proposes, exact certifies); default auto")
                     ->type_name("exact|contiguous|unfused|random|local|nsga2|auto");
  declare_explainer(app, raw, program);
  app.add_option("--budget", raw.budget,
                 "plans that random, local, nsga2 and auto propose; default of auto " +
                     std::to_string(default_budget(Algorithm::automatic)) + ", else " +
                     std::to_string(default_budget(Algorithm::local)))
      ->type_name("N");
  app.add_option("--threads", raw.threads,
                 "threads of random, local, nsga2 and auto; changes no result; default: processors")
      ->type_name("N");
  if (program == Program::run_search) {
    app.add_option("--curve", raw.curve,
                   "write the best plan so far against proposed plans here, as CSV; queries and CPU time "
                   "until the end of the step that found it")
        ->type_name("FILE");
    app.add_flag(
        "--paper-rules", raw.paper_rules,
        "search by the rules of the paper alone: edits of local and nsga2 move an op, merge two groups or "
        "cut one; no plan with random cuts beside the explainer's; groups are split by its Algorithm 1");
    app.add_option("--max-queries", raw.max_queries,
                   "end such a search once it has asked for the buffer need and traffic of so many groups")
        ->type_name("N");
    app.add_option("--max-cpu-seconds", raw.max_cpu_seconds,
                   "end such a search after so much CPU time; what it finds then depends on the machine")
        ->type_name("S");
    return;
  }
  app.add_option("--schedule", raw.schedule, "run this stored or edited schedule instead of searching")
      ->type_name("FILE")
      ->excludes(search);
}

void declare_group(CLI::App& app, RawOptions& raw) {
  app.add_option("--group", raw.group,
                 "ops by name or index: A..B (all ops on paths from A to B), or a list with commas")
      ->type_name("A..B");
}

void declare_output(CLI::App& app, RawOptions& raw, Program program) {
  std::string files = "write report.json, report.csv, schedule.json and config.yaml here";
  std::string formats = "table|json|csv";
  if (program == Program::run_search) {
    files = "write search.json, schedule.json and config.yaml here";
    formats = "table|json";
  } else if (program == Program::run_explain) {
    files = "write explanation.txt, .json and .dot here, with --format svg also .svg";
    formats = "text|dot|svg|json";
  }
  app.add_option("--out", raw.out, files)->type_name("DIR");
  const std::string first = formats.substr(0, formats.find('|'));
  app.add_option("--format", raw.format, "what to print; default " + first)->type_name(formats);
}

}  // namespace

void declare(CLI::App& app, RawOptions& raw, Program program) {
  app.add_option("--model", raw.model, "zoo name (see --list-models) or ONNX file")->type_name("NAME|FILE");
  app.add_option("--fusion", raw.fusion,
                 "fusion scheme: lbdf (line buffers, depth first) or brr (tiles and slices)")
      ->type_name("lbdf|brr");
  app.add_option("--buffer", raw.buffer, "on-chip buffer, e.g. 256KiB; overrides buffer.capacity")
      ->type_name("SIZE");
  app.add_option("--config", raw.config, "accelerator file (default: built-in machine with DDR4-2400)")
      ->type_name("FILE");
  app.add_option("--set", raw.overrides, "override one key of the configuration; repeatable")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  if (program == Program::run_explain) {
    declare_group(app, raw);
    declare_explainer(app, raw, program);
  } else {
    declare_search(app, raw, program);
  }
  app.add_option("--input-shape", raw.input_shapes,
                 "shape of a graph input with symbolic dimensions; repeatable")
      ->type_name("NAME=N,C,H,W")
      ->allow_extra_args(false);
  app.add_option("--import-limit", raw.import_limit,
                 "address space and CPU time that reading the model may take; one may be left out; default "
                 "4GiB,60s")
      ->type_name("SIZE,Ns");
  declare_output(app, raw, program);
  app.add_flag("--print-config", raw.print_config, "print the resolved configuration as YAML and stop");
  app.add_flag("--list-models", raw.list_models, "print the names of the models in the zoo and stop");
}

}  // namespace fusesim
