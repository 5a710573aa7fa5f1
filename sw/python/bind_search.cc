#include <pybind11/stl.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "bindings.h"
#include "pricer.h"

namespace py = pybind11;

namespace fusesim {
namespace {

using Clock = std::chrono::steady_clock;

/// Between two looks at whether the user has pressed Ctrl-C.
constexpr std::chrono::milliseconds kPatience{50};

/// Tells a Python function how far a search is, and ends the search with what that throws or with what a
/// signal's handler does (KeyboardInterrupt). Called without the interpreter's lock.
class PythonProgress : public Progress {
 public:
  explicit PythonProgress(const py::object& told) : told_(told) {}

  void update(const char* stage, int64_t done, int64_t total, const std::string& note) override {
    const Clock::time_point now = Clock::now();
    if (now - last_ < kPatience) return;
    last_ = now;
    const py::gil_scoped_acquire lock;
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
    if (!told_.is_none()) told_(stage, done, total, note);
  }

 private:
  const py::object& told_;
  Clock::time_point last_;
};

/// What Python sees of a search.
struct FoundPlanView {
  SearchResult best;
  std::shared_ptr<const Objective> objective;
  std::vector<SearchResult> front;
  bool bounds_bytes = false;  ///< the lower bound is proven, and one of bytes
};

FoundPlanView search(const Pricer& pricer, const py::object& told) {
  PythonProgress progress(told);
  FoundPlan found;
  {
    const py::gil_scoped_release unlocked;
    found = pricer.search(progress);
  }
  FoundPlanView view;
  view.bounds_bytes = found.best.lower_bound > 0 && pricer.bounds_bytes();
  view.best = std::move(found.best);
  view.objective = std::move(found.objective);
  view.front = std::move(found.front);
  if (!view.objective) view.objective = pricer.objective("dram");
  if (found.heuristic) {
    for (const FrontPoint& point : found.heuristic->front) {
      SearchResult& result = view.front.emplace_back();
      result.plan = point.plan;
      result.cost = point.cost;
    }
  }
  return view;
}

auto cost(int64_t PlanCost::*figure) {
  return [figure](const SearchResult& result) { return result.cost.*figure; };
}

}  // namespace

void bind_search(py::module_& module) {
  py::class_<SearchResult>(module, "SearchResult")
      .def_readonly("plan", &SearchResult::plan)
      .def_readonly("value", &SearchResult::value)
      .def_readonly("lower_bound", &SearchResult::lower_bound)
      .def_readonly("optimal", &SearchResult::optimal)
      .def_readonly("evaluated", &SearchResult::evaluated)
      .def_readonly("seconds", &SearchResult::seconds)
      .def_property_readonly("dram_bytes", cost(&PlanCost::dram_bytes))
      .def_property_readonly("cycles", cost(&PlanCost::cycles))
      .def_property_readonly("energy_pj", cost(&PlanCost::energy_pj))
      .def_property_readonly("peak_buffer_bytes", cost(&PlanCost::peak_buffer_bytes));
  py::class_<FoundPlanView>(module, "FoundPlan")
      .def_readonly("best", &FoundPlanView::best)
      .def_property_readonly(
          "objective",
          [](const FoundPlanView& found) { return std::const_pointer_cast<Objective>(found.objective); })
      .def_readonly("front", &FoundPlanView::front)
      .def_readonly("bounds_bytes", &FoundPlanView::bounds_bytes);
  module.def("search", &search, py::arg("pricer"), py::arg("progress") = py::none());
}

}  // namespace fusesim
