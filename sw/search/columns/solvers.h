#pragma once

#include <Cbc_C_Interface.h>
#include <Clp_C_Interface.h>

namespace fusesim {

/// What is used of Clp (coinor-libclp1).
struct ClpApi {
  decltype(&Clp_newModel) new_model;
  decltype(&Clp_deleteModel) delete_model;
  decltype(&Clp_setLogLevel) set_log_level;
  decltype(&Clp_resize) resize;
  decltype(&Clp_chgRowLower) change_row_lower;
  decltype(&Clp_chgRowUpper) change_row_upper;
  decltype(&Clp_addColumns) add_columns;
  decltype(&Clp_deleteColumns) delete_columns;
  decltype(&Clp_primal) primal;
  decltype(&Clp_objectiveValue) objective_value;
  decltype(&Clp_dualRowSolution) dual_row_solution;
  decltype(&Clp_primalColumnSolution) primal_column_solution;
};

/// What is used of Cbc (coinor-libcbc3).
struct CbcApi {
  decltype(&Cbc_newModel) new_model;
  decltype(&Cbc_deleteModel) delete_model;
  decltype(&Cbc_loadProblem) load_problem;
  decltype(&Cbc_setInteger) set_integer;
  decltype(&Cbc_addRow) add_row;
  decltype(&Cbc_setParameter) set_parameter;
  decltype(&Cbc_setCutoff) set_cutoff;
  decltype(&Cbc_setMaximumNodes) set_maximum_nodes;
  decltype(&Cbc_setMaximumSeconds) set_maximum_seconds;
  decltype(&Cbc_solve) solve;
  decltype(&Cbc_bestSolution) best_solution;
};

/// The solvers, loaded when they are first asked for: with them comes a BLAS, whose threads take memory in
/// every program that is linked with it. Throw Error naming the library that is missing.
const ClpApi& clp();
const CbcApi& cbc();

}  // namespace fusesim
