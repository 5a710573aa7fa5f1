#include "fusesim/config/config.h"
#include "reader_folder.h"
#include "readers.h"

namespace fusesim::testing {
namespace {

void read_config(const std::string& bytes) {
  const Config config = load_config(reader_folder().write("config.yaml", bytes));
  (void)load_config(reader_folder().write("again.yaml", to_yaml(config)));
}

/// As --set.
void read_override(const std::string& bytes) {
  reader_folder();
  (void)load_config("", {bytes});
}

}  // namespace

const FileReader kConfigReader = {"config", read_config};
const FileReader kOverrideReader = {"override", read_override};

}  // namespace fusesim::testing
