#include <exception>
#include <string>

#include "fusesim/reference/reference.h"

/// The one entry of the module (sw/tools/load_reference.cc). `error` stays empty if `run` was filled.
extern "C" __attribute__((visibility("default"))) void fusesim_run_reference(
    const fusesim::ReferenceRequest* request, fusesim::ReferenceRun* run, std::string* error) {
  try {
    *run = fusesim::run_reference(*request);
  } catch (const std::exception& e) {
    *error = e.what();
  }
}
