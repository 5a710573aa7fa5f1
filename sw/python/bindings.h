#pragma once

#include <pybind11/pybind11.h>

namespace fusesim {

// What the module fusesim._core holds, one function a file. The names are those of the C++ classes.

/// Network, Graph, Op, Tensor, Shape; reading and drawing networks.
void bind_graph(pybind11::module_& module);
/// Pricer, GroupPrice, BufferBreakdown, BufferPart, Objective.
void bind_prices(pybind11::module_& module);
/// FoundPlan, SearchResult, search().
void bind_search(pybind11::module_& module);

}  // namespace fusesim
