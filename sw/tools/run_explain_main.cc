#include <optional>
#include <stdexcept>

#include "fusesim/graphviz/graphviz.h"
#include "fusesim/report/explanation.h"
#include "fusesim/tools/earlier_results.h"
#include "fusesim/tools/group_selection.h"
#include "fusesim/tools/options.h"
#include "fusesim/tools/output_directory.h"
#include "fusesim/tools/pipeline.h"
#include "fusesim/tools/program.h"

namespace {

using namespace fusesim;

std::string rendered(const ExplanationReport& report, Format format) {
  switch (format) {
    case Format::text:
      return explanation_text(report);
    case Format::json:
      return explanation_json(report);
    case Format::dot:
      return explanation_dot(report);
    case Format::svg:
      return run_graphviz(explanation_dot(report), "svg");
    case Format::table:
    case Format::csv:
      break;
  }
  throw std::logic_error(std::string("run_explain prints no ") + to_string(format));
}

int run(const Options& options, TerminalProgress& progress) {
  std::vector<std::string> names = {"explanation.txt", "explanation.json", "explanation.dot"};
  if (options.format == Format::svg) names.emplace_back("explanation.svg");
  std::optional<OutputDirectory> out;
  if (!options.out.empty()) out.emplace(options.out, names);
  const Config config = resolve_config(options);
  const ImportedModel model = import_model(options, config, progress);
  if (out && !options.overwrite)
    refuse_other_explanations(options.out, {model.name, model.sha256, config, *options.scheme});
  const Group group = select_group(*model.graph, options.group);
  progress.update("explain", 0, 0);
  const GroupAnalysis analysis =
      analyse_group(*model.graph, group, *options.scheme, config, options.explainer, data_directory(),
                    {options.seed, options.edges});
  progress.clear();
  const ExplanationReport report{*model.graph, model.name, model.sha256, options.seed, analysis};
  const std::string shown = rendered(report, options.format);
  std::vector<OutputFile> files;
  if (out) {
    files = {{names[0], explanation_text(report)},
             {names[1], explanation_json(report)},
             {names[2], explanation_dot(report)}};
    if (options.format == Format::svg) files.push_back({names[3], shown});
    out->write(files);
  }
  print(shown);
  if (out) note_written({{&*out, files}});
  return kSuccess;
}

}  // namespace

int main(int argc, char** argv) {
  return fusesim::run_program(argc, argv, fusesim::Program::run_explain, run);
}
