#include <algorithm>

#include "fusesim/base/sha256.h"
#include "fusesim/gnn/checkpoint.h"
#include "reader_folder.h"
#include "readers.h"

namespace fusesim::testing {
namespace {

/// With a hash that agrees, or no change would come further.
void read_weights(const std::string& bytes) {
  constexpr size_t kHashBytes = 64;
  constexpr const char* kKind = "fusesim.gnn/1";
  const std::string content = bytes.substr(0, bytes.size() - std::min(bytes.size(), kHashBytes));
  const gnn::WeightFile file =
      gnn::weight_file_from_bytes(content + sha256_hex(content), kKind, "net.weights");
  (void)gnn::checkpoint_from(file, "net.weights");
}

}  // namespace

const FileReader kWeightsReader = {"weights", read_weights};

}  // namespace fusesim::testing
