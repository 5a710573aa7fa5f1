#include <pybind11/stl.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bindings.h"
#include "pricer.h"

namespace py = pybind11;

namespace fusesim {
namespace {

/// Between two looks at whether the user has pressed Ctrl-C, and two reports of how far a search is.
constexpr std::chrono::milliseconds kPatience{50};

/// How far a search is, from its thread to the one that waits for it.
class Messages : public Progress {
 public:
  struct Message {
    std::string stage;
    int64_t done = 0;
    int64_t total = 0;
    std::string note;
  };

  void update(const char* stage, int64_t done, int64_t total, const std::string& note) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    latest_ = {stage, done, total, note};
  }
  /// The latest one, if there is one that was not taken.
  std::optional<Message> take() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return std::exchange(latest_, std::nullopt);
  }

 private:
  std::mutex mutex_;
  std::optional<Message> latest_;
};

/// Tells a Python function the latest message; runs the handlers of signals that have come. Throws what they
/// raise.
void tell(Messages& messages, const py::object& told) {
  if (PyErr_CheckSignals() != 0) throw py::error_already_set();
  const std::optional<Messages::Message> message = messages.take();
  if (message && !told.is_none()) told(message->stage, message->done, message->total, message->note);
}

/// The search has a thread of its own, so that this one, which alone may run handlers of signals, never waits
/// long; what they raise (KeyboardInterrupt), or `told` does, abandons the search.
FoundPlan searched(const Pricer& pricer, const py::object& told) {
  Messages messages;
  std::atomic<bool> abandoned{false};
  std::future<FoundPlan> found = std::async(
      std::launch::async, [&] { return pricer.search(messages, [&abandoned] { return abandoned.load(); }); });
  const auto is_done = [&found] {
    const py::gil_scoped_release unlocked;
    return found.wait_for(kPatience) == std::future_status::ready;
  };
  try {
    while (!is_done()) tell(messages, told);
    tell(messages, told);
  } catch (...) {
    abandoned = true;
    const py::gil_scoped_release unlocked;
    found.wait();
    throw;
  }
  return found.get();
}

/// What Python sees of a search.
struct FoundPlanView {
  SearchResult best;
  std::shared_ptr<const Objective> objective;
  std::vector<SearchResult> front;
  bool bounds_bytes = false;  ///< the lower bound is proven, and one of bytes
};

FoundPlanView search(const Pricer& pricer, const py::object& told) {
  FoundPlan found = searched(pricer, told);
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
