#include <dlfcn.h>

#include <filesystem>

#include "fusesim/base/error.h"
#include "fusesim/tools/functional.h"

namespace fusesim {
namespace {

using Entry = void (*)(const ReferenceRequest*, ReferenceRun*, std::string*);

constexpr const char* kModule = "libfusesim_reference.so";

/// Never closed: LibTorch does not survive it.
void* open_module() {
  const std::filesystem::path programs = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  for (const char* folder : {"../lib/fusesim/modules", FUSESIM_LIBRARIES_FROM_PROGRAMS}) {
    const std::filesystem::path path = programs / folder / kModule;
    if (!std::filesystem::exists(path)) continue;
    if (void* module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) return module;
    throw Error("--functional: cannot load " + path.lexically_normal().string() + ": " + dlerror());
  }
  throw Error(std::string("--functional: expected ") + kModule + " (LibTorch) to be installed, got nothing");
}

}  // namespace

ReferenceRun load_and_run_reference(const ReferenceRequest& request) {
  static void* const module = open_module();
  const auto entry = reinterpret_cast<Entry>(dlsym(module, "fusesim_run_reference"));
  if (entry == nullptr) throw Error(std::string("--functional: ") + kModule + " is of another version");
  ReferenceRun run;
  std::string error;
  entry(&request, &run, &error);
  if (!error.empty()) throw Error("--functional: " + error);
  return run;
}

}  // namespace fusesim
