#pragma once

#include <optional>

#include "fusesim/schedule/schedule.h"
#include "fusesim/tools/command_line.h"
#include "fusesim/tools/dram_trace.h"
#include "fusesim/tools/format.h"
#include "fusesim/tools/options.h"

namespace fusesim {

// Options that several programs have, each declared once.

CLI::Option* declare_fusion(CommandLine& line, std::optional<Scheme>& scheme);
/// "lbdf or brr"
std::string fusion_names();
template <typename Target, typename Kind>
CLI::Option* declare_explainer(CommandLine& line, Target& explainer, const Choices<Kind>& kinds,
                               const std::string& what) {
  return line.choice("--explainer", explainer, kinds, what);
}
/// `of`: what the seed decides. It is at most `most`.
CLI::Option* declare_seed(CommandLine& line, uint64_t& seed, const std::string& of,
                          uint64_t most = UINT64_MAX);
CLI::Option* declare_out(CommandLine& line, std::string& out, const std::string& what);
/// The first of `formats` is the default, whose value `format` gets.
CLI::Option* declare_format(CommandLine& line, Format& format, const std::vector<Format>& formats);
/// run_sim alone: a file for every burst that the DRAM is asked for; its format is not asked for without.
void declare_dram_trace(CommandLine& line, std::string& path, TraceFormat& format);
void check_dram_trace(const CommandLine& line);

/// What run_sim alone takes: its functional mode and what it writes while it runs; and what of it belongs
/// together.
void declare_run_sim(CommandLine& line, Options& options);
void check_run_sim(const CommandLine& line, const Options& options);

/// What run_sim's functional mode takes, and that nothing of it is asked for without.
void declare_functional(CommandLine& line, FunctionalOptions& functional);
/// Throws Error.
void check_functional(const CommandLine& line);
/// --list-models, --list-ops and the like.
void declare_listings(CommandLine& line, Listings& wanted);

}  // namespace fusesim
