#include "fusesim/tools/shared_options.h"

#include <stdexcept>

#include "fusesim/base/error.h"
#include "fusesim/cost/scheme.h"

namespace fusesim {
const char* to_string(Format format) {
  switch (format) {
    case Format::table:
      return "table";
    case Format::text:
      return "text";
    case Format::json:
      return "json";
    case Format::csv:
      return "csv";
    case Format::dot:
      return "dot";
    case Format::svg:
      return "svg";
  }
  throw std::logic_error("no such format");
}

CLI::Option* declare_fusion(CommandLine& line, std::optional<Scheme>& scheme) {
  std::vector<std::string> described;
  for (const FusionScheme* known : fusion_schemes())
    described.push_back(std::string(known->name()) + " (" + known->summary() + ")");
  return line.choice("--fusion", scheme, named(all_schemes()), "fusion scheme: " + listed(described));
}

std::string fusion_names() {
  std::vector<std::string> names;
  for (const Scheme scheme : all_schemes()) names.emplace_back(to_string(scheme));
  return listed(names);
}

CLI::Option* declare_seed(CommandLine& line, uint64_t& seed, const std::string& of, uint64_t most) {
  const std::string what = "seed of " + of + "; default " + std::to_string(seed);
  return line.whole("--seed", seed, 0, most, what);
}

CLI::Option* declare_out(CommandLine& line, std::string& out, const std::string& what) {
  return line.text("--out", out, "a directory", what)->type_name("DIR");
}

CLI::Option* declare_format(CommandLine& line, Format& format, const std::vector<Format>& formats) {
  format = formats.front();
  return line.choice("--format", format, named(formats),
                     std::string("what to print; default ") + to_string(format));
}

void declare_dram_trace(CommandLine& line, std::string& path, TraceFormat& format) {
  line.text("--dram-trace", path, "a file",
            "write every burst that the DRAM is asked for here, gzip if the name ends in .gz")
      ->type_name("FILE");
  line.choice(
      "--dram-trace-format", format,
      named(std::vector<TraceFormat>{TraceFormat::dramsim3, TraceFormat::ramulator2}),
      "for which program; default " + std::string(to_string(format)) + ", which has the cycle of arrival");
}

void check_dram_trace(const CommandLine& line) {
  if (line.given("--dram-trace-format") && !line.given("--dram-trace"))
    throw Error("--dram-trace-format: expected --dram-trace with it, got nothing");
}

void declare_listings(CommandLine& line, Listings& wanted) {
  line.flag("--list-models", wanted.models, "print the names of the models in the zoo and stop");
  line.flag("--list-accelerators", wanted.accelerators, "print what --config knows by name and stop");
  line.flag("--list-ops", wanted.ops, "print the ops of --model with their indices and names and stop");
  line.flag("--explain-output", wanted.glossary, "print what the words of the output mean and stop");
  line.flag("--print-config", wanted.config, "print the resolved configuration as YAML and stop");
}

}  // namespace fusesim
