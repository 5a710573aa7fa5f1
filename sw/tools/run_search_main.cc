#include <filesystem>
#include <optional>
#include <stdexcept>

#include "fusesim/tools/options.h"
#include "fusesim/tools/output_directory.h"
#include "fusesim/tools/pipeline.h"
#include "fusesim/tools/program.h"
#include "fusesim/tools/search_report.h"

namespace {

using namespace fusesim;

/// A file that is written beside its place and moved there.
class OutputPlace {
 public:
  explicit OutputPlace(const std::filesystem::path& path)
      : name_(path.filename().string()), directory_(make_directory(path, name_)) {}
  Output holding(const std::string& content) const { return {&directory_, {{name_, content}}}; }

 private:
  static OutputDirectory make_directory(const std::filesystem::path& path, const std::string& name) {
    if (name.empty()) throw Error("--curve: expected a file, got '" + path.string() + "'");
    try {
      return {path.has_parent_path() ? path.parent_path().string() : ".", {name}};
    } catch (const Error&) {
      throw Error("--curve: cannot write '" + path.string() + "'");
    }
  }

  std::string name_;
  OutputDirectory directory_;
};

std::string rendered(const Options& options, const Planned& planned) {
  switch (options.format) {
    case Format::table:
      return search_table(options, planned);
    case Format::json:
      return search_json(options, planned);
    case Format::text:
    case Format::csv:
    case Format::dot:
    case Format::svg:
      break;
  }
  throw std::logic_error(std::string("run_search prints no ") + to_string(options.format));
}

int run(const Options& options, TerminalProgress& progress) {
  std::optional<OutputDirectory> out;
  if (!options.out.empty())
    out.emplace(options.out, std::vector<std::string>{"search.json", "schedule.json", "config.yaml"});
  std::optional<OutputPlace> curve;
  if (!options.curve_path.empty()) curve.emplace(options.curve_path);
  const Planned planned = make_plan(options, progress);
  progress.clear();
  std::vector<Output> outputs;
  if (out) {
    outputs.push_back({&*out,
                       {{"search.json", search_json(options, planned)},
                        {"schedule.json", to_json(planned.schedule, &planned.prediction)},
                        {"config.yaml", to_yaml(planned.config)}}});
  }
  if (curve)
    outputs.push_back(curve->holding(curve_csv(planned.found.heuristic.value_or(HeuristicResult()))));
  OutputDirectory::write_together(outputs);
  print(rendered(options, planned));
  note_written(outputs);
  return kSuccess;
}

}  // namespace

int main(int argc, char** argv) {
  return fusesim::run_program(argc, argv, fusesim::Program::run_search, run);
}
