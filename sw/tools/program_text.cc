#include "program_text.h"

#include <stdexcept>

namespace fusesim {
namespace {

constexpr const char* kExamples =
    "examples:\n"
    "  run_sim --model resnet152 --fusion brr\n"
    "  run_sim --model mobilenet_v2 --fusion lbdf --buffer 512KiB --out results\n"
    "  run_sim --model net.onnx --fusion brr --input-shape input=1,3,224,224 --format json\n"
    "  run_sim --model resnet18 --fusion lbdf --set pe.rows=16 --set dram=lpddr4_3200\n"
    "  run_sim --model resnet18 --schedule results/schedule.json\n"
    "  run_sim --model resnet18 --schedule results/schedule.json --edit split:2@9 --edit merge:0+1 --out "
    "edited\n"
    "  run_sim --compare results/a results/b\n"
    "  run_sim --model efficientnet_b3 --fusion lbdf --search nsga2 --budget 5000 --seed 1\n"
    "\n"
    "exit code: 0 every group confirmed; 1 prediction and machine disagree, or the machine stopped;\n"
    "           2 bad input (reason on standard error, nothing written); 3 internal error;\n"
    "           4 standard output took no more, files are written and whole; 130 stopped\n"
    "\n"
    "signals:\n"
    "  Ctrl-C while a plan is searched ends the search and goes on with the best plan so far, not "
    "certified,\n"
    "  exit code as above; a second one stops the program.\n";

constexpr const char* kSearchExamples =
    "examples:\n"
    "  run_search --model efficientnet_b3 --fusion lbdf --buffer 256KiB --search nsga2 --budget 5000\n"
    "  run_search --model mobilenet_v2 --fusion lbdf --search local --explainer all_edges --curve curve.csv\n"
    "  run_search --model net.onnx --fusion brr --search auto --out results\n"
    "\n"
    "exit code: 0 a plan was found; 2 bad input (reason on standard error, nothing written); 3 internal "
    "error;\n"
    "           4 standard output took no more, files are written and whole; 130 stopped\n"
    "\n"
    "signals:\n"
    "  Ctrl-C while a plan is searched ends the search with the best plan so far, not certified,\n"
    "  exit code 0; a second one stops the program.\n";

constexpr const char* kExplainExamples =
    "examples:\n"
    "  run_explain --model efficientnet_b0 --fusion lbdf --buffer 256KiB --group 20..40\n"
    "  run_explain --model resnet18 --fusion brr --group /layer1/layer1.0/conv1/Conv../layer1/layer1.1/Add\n"
    "  run_explain --model mobilenet_v2 --fusion lbdf --group 3,4,5 --explainer none --format json\n"
    "  run_explain --model squeezenet1_1 --fusion lbdf --group 0..20 --format svg > group.svg\n"
    "\n"
    "exit code: 0 explained, also where the group fits; 2 bad input (reason on standard error, nothing "
    "written);\n"
    "           3 internal error; 4 standard output took no more, files are written and whole\n";

constexpr const char* kAbout =
    "Fuses the operators of a CNN for an accelerator, runs the schedule on a SystemC model of it, and "
    "checks that\n"
    "the DRAM traffic predicted for every fusion group is the traffic that the machine moved.";
constexpr const char* kExplainAbout =
    "Says why a fusion group does not fit the buffer: what needs the bytes, which edges matter, where to "
    "split "
    "it, and\n"
    "what that moves.";
constexpr const char* kSearchAbout =
    "Searches which operators of a CNN to fuse for an accelerator, and says what the plan moves and how far "
    "the search came.";

}  // namespace

ProgramText text_of(Program program) {
  switch (program) {
    case Program::run_sim:
      return {"run_sim", kAbout, kExamples};
    case Program::run_search:
      return {"run_search", kSearchAbout, kSearchExamples};
    case Program::run_explain:
      return {"run_explain", kExplainAbout, kExplainExamples};
  }
  throw std::logic_error("no such program");
}

std::vector<std::string> heuristic_names() {
  std::vector<std::string> names;
  for (const Algorithm algorithm : algorithms()) {
    if (is_heuristic(algorithm)) names.emplace_back(to_string(algorithm));
  }
  return names;
}

std::string described_algorithms() {
  std::vector<std::string> texts;
  for (const Algorithm algorithm : algorithms()) {
    const AlgorithmFacts facts = facts_of(algorithm);
    texts.push_back(facts.name);
    if (*facts.summary != '\0') texts.back() += std::string(" (") + facts.summary + ")";
  }
  return listed(texts);
}

}  // namespace fusesim
