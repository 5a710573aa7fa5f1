#include "bindings.h"
#include "fusesim/base/error.h"

namespace py = pybind11;

namespace {

/// As the programs tell their faults apart by exit codes: fusesim.errors.Error(text, kind).
void raise(const char* kind, const std::exception& error) {
  try {
    const py::module_ errors = py::module_::import("fusesim.errors");
    const py::object exception = errors.attr("Error")(error.what(), errors.attr("ErrorKind").attr(kind));
    PyErr_SetObject(errors.attr("Error").ptr(), exception.ptr());
  } catch (py::error_already_set& other) {
    other.restore();
  }
}

void translate(std::exception_ptr thrown) {
  try {
    if (thrown) std::rethrow_exception(thrown);
  } catch (const fusesim::Error& error) {
    raise("BAD_INPUT", error);
  } catch (const std::logic_error& error) {
    raise("INTERNAL", error);
  }
}

}  // namespace

PYBIND11_MODULE(_core, module) {
  module.doc() = "FuseSim's libraries: networks, prices of fusion groups, searches. Use the package fusesim.";
  py::register_local_exception_translator(translate);
  fusesim::bind_graph(module);
  fusesim::bind_prices(module);
  fusesim::bind_search(module);
}
