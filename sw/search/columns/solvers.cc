#include "columns/solvers.h"

#include <dlfcn.h>

#include <cstdlib>
#include <string>

#include "fusesim/base/error.h"

namespace fusesim {
namespace {

/// A shared library by its name in Debian; never closed.
class Library {
 public:
  Library(const char* file, const char* package) : file_(file) {
    // One thread: matrices are small, and more threads take memory. A BLAS that is there stays as it is.
    setenv("OPENBLAS_NUM_THREADS", "1", 0);
    handle_ = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (handle_ == nullptr)
      throw Error(std::string("search over columns: expected ") + file + " (" + package +
                  ") to be installed, got nothing: " + dlerror());
  }

  template <class Function>
  void find(const char* name, Function& function) const {
    function = reinterpret_cast<Function>(dlsym(handle_, name));
    if (function == nullptr)
      throw Error(std::string("search over columns: ") + file_ + " is of another version: no " + name);
  }

 private:
  const char* file_;
  void* handle_ = nullptr;
};

ClpApi load_clp() {
  const Library library("libClp.so.1", "coinor-libclp1");
  ClpApi api = {};
  library.find("Clp_newModel", api.new_model);
  library.find("Clp_deleteModel", api.delete_model);
  library.find("Clp_setLogLevel", api.set_log_level);
  library.find("Clp_resize", api.resize);
  library.find("Clp_chgRowLower", api.change_row_lower);
  library.find("Clp_chgRowUpper", api.change_row_upper);
  library.find("Clp_addColumns", api.add_columns);
  library.find("Clp_deleteColumns", api.delete_columns);
  library.find("Clp_primal", api.primal);
  library.find("Clp_objectiveValue", api.objective_value);
  library.find("Clp_dualRowSolution", api.dual_row_solution);
  library.find("Clp_primalColumnSolution", api.primal_column_solution);
  return api;
}

CbcApi load_cbc() {
  const Library library("libCbcSolver.so.3", "coinor-libcbc3");
  CbcApi api = {};
  library.find("Cbc_newModel", api.new_model);
  library.find("Cbc_deleteModel", api.delete_model);
  library.find("Cbc_loadProblem", api.load_problem);
  library.find("Cbc_setInteger", api.set_integer);
  library.find("Cbc_addRow", api.add_row);
  library.find("Cbc_setParameter", api.set_parameter);
  library.find("Cbc_setCutoff", api.set_cutoff);
  library.find("Cbc_setMaximumNodes", api.set_maximum_nodes);
  library.find("Cbc_setMaximumSeconds", api.set_maximum_seconds);
  library.find("Cbc_solve", api.solve);
  library.find("Cbc_bestSolution", api.best_solution);
  return api;
}

}  // namespace

const ClpApi& clp() {
  static const ClpApi api = load_clp();
  return api;
}

const CbcApi& cbc() {
  static const CbcApi api = load_cbc();
  return api;
}

}  // namespace fusesim
