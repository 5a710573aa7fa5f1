#include "fusesim/base/error.h"
#include "fusesim/tools/command_line.h"
#include "fusesim/tools/shared_options.h"

namespace fusesim {

void declare_functional(CommandLine& line, FunctionalOptions& functional) {
  line.flag("--functional", functional.on,
            "compute values as well, from parameters and inputs drawn from --seed, and compare them with "
            "LibTorch's");
  line.text("--input", functional.input_path, "a file",
            "with --functional: the elements of the network's one input, as NumPy saves them")
      ->type_name("FILE.npy");
  line.text("--save-outputs", functional.outputs_path, "a directory",
            "with --functional: write every output of the network here, as NumPy loads it")
      ->type_name("DIR");
}

void check_functional(const CommandLine& line) {
  for (const char* option : {"--input", "--save-outputs"}) {
    if (line.given(option) && !line.given("--functional"))
      throw Error(std::string(option) + ": expected --functional with it, got none");
  }
}

}  // namespace fusesim
