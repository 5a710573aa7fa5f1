#include <pybind11/stl.h>

#include <memory>
#include <string>

#include "bindings.h"
#include "pricer.h"

namespace py = pybind11;

namespace fusesim {
namespace {

void bind_breakdown(py::module_& module) {
  py::class_<BufferPart>(module, "BufferPart")
      .def_property_readonly("use", [](const BufferPart& part) { return to_string(part.use); })
      .def_readonly("op", &BufferPart::op)
      .def_readonly("tensor", &BufferPart::tensor)
      .def_readonly("rows", &BufferPart::rows)
      .def_readonly("row_bytes", &BufferPart::row_bytes)
      .def_readonly("channels", &BufferPart::channels)
      .def_readonly("bytes", &BufferPart::bytes);
  py::class_<BufferBreakdown>(module, "BufferBreakdown")
      .def_readonly("f_beta_bytes", &BufferBreakdown::f_beta_bytes)
      .def_readonly("illegal_reason", &BufferBreakdown::illegal_reason)
      .def_readonly("parts", &BufferBreakdown::parts);
}

auto traffic(int64_t Traffic::*field) {
  return [field](const GroupPrice& price) { return price.prediction.traffic.*field; };
}
auto time(int64_t PredictedTime::*field) {
  return [field](const GroupPrice& price) { return price.prediction.time.*field; };
}

void bind_group_price(py::module_& module) {
  py::class_<GroupPrice>(module, "GroupPrice")
      .def_readonly("ops", &GroupPrice::ops)
      .def_readonly("why_not", &GroupPrice::why_not)
      .def_property_readonly("mode", [](const GroupPrice& price) { return to_string(price.mode); })
      .def_property_readonly("scheme", [](const GroupPrice& price) { return to_string(price.scheme); })
      .def_readonly("strips", &GroupPrice::strips)
      .def_property_readonly("buffer_bytes",
                             [](const GroupPrice& price) { return price.prediction.buffer_bytes; })
      .def_property_readonly("f_beta_bytes",
                             [](const GroupPrice& price) { return price.prediction.f_beta_bytes; })
      .def_property_readonly("ifmap_bytes", traffic(&Traffic::ifmap_bytes))
      .def_property_readonly("ofmap_bytes", traffic(&Traffic::ofmap_bytes))
      .def_property_readonly("weight_bytes", traffic(&Traffic::weight_bytes))
      .def_property_readonly("cycles", time(&PredictedTime::cycles))
      .def_property_readonly("energy_pj", time(&PredictedTime::energy_pj))
      .def_property_readonly("array_cycles", time(&PredictedTime::array_cycles))
      .def_property_readonly("vector_cycles", time(&PredictedTime::vector_cycles))
      .def_property_readonly("dram_cycles", time(&PredictedTime::dram_cycles))
      .def_property_readonly("macs", time(&PredictedTime::macs));
}

}  // namespace

void bind_prices(py::module_& module) {
  bind_breakdown(module);
  bind_group_price(module);
  module.attr("NEVER_FITS") = kNeverFits;
  py::class_<Objective, std::shared_ptr<Objective>>(module, "Objective")
      .def_property_readonly("name", &Objective::name);
  using Release = py::call_guard<py::gil_scoped_release>;
  py::class_<Pricer, std::shared_ptr<Pricer>>(module, "Pricer")
      .def(py::init([](const std::shared_ptr<Network>& network, const std::vector<std::string>& arguments) {
             return std::make_shared<Pricer>(network, arguments);
           }),
           py::arg("network"), py::arg("arguments"), Release())
      .def_property_readonly("scheme", [](const Pricer& pricer) { return to_string(pricer.scheme()); })
      .def_property_readonly("buffer_bytes",
                             [](const Pricer& pricer) { return pricer.config().buffer.capacity_bytes; })
      .def_property_readonly("clock_khz", [](const Pricer& pricer) { return pricer.config().clock_khz; })
      .def_property_readonly("config_yaml", [](const Pricer& pricer) { return to_yaml(pricer.config()); })
      .def(
          "objective",
          [](const Pricer& pricer, const std::string& name) {
            return std::const_pointer_cast<Objective>(pricer.objective(name));
          },
          py::arg("name"))
      .def("price", &Pricer::price, py::arg("groups"), py::arg("objective"), Release())
      .def("breakdown", &Pricer::breakdown, py::arg("group"), Release())
      .def("no_plan_reason", &Pricer::no_plan_reason, py::arg("groups"), Release())
      .def("schedule_json", &Pricer::schedule_json, py::arg("groups"), py::arg("objective"), Release());
}

}  // namespace fusesim
