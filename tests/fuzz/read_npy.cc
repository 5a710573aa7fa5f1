#include "fusesim/values/npy.h"
#include "reader_folder.h"
#include "readers.h"

namespace fusesim::testing {
namespace {

void read_npy(const std::string& bytes) { (void)to_npy(npy_from_bytes(bytes, "input.npy")); }

}  // namespace

const FileReader kNpyReader = {"npy", read_npy};

}  // namespace fusesim::testing
