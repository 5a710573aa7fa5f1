#include <pybind11/stl.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bindings.h"
#include "fusesim/config/config.h"
#include "fusesim/graph/op_facts.h"
#include "fusesim/graphviz/graphviz.h"
#include "fusesim/tools/group_selection.h"
#include "pricer.h"

namespace py = pybind11;

namespace fusesim {
namespace {

using InputShapes = std::map<std::string, std::vector<int64_t>>;

std::shared_ptr<Network> read_network(const std::string& model, const InputShapes& input_shapes,
                                      std::optional<int64_t> batch, bool fold_epilogues) {
  ImportOptions options;
  options.fold_epilogues = fold_epilogues;
  options.input_shapes = input_shapes;
  options.batch = batch;
  return std::make_shared<Network>(
      Network{import_onnx(resolve_model(model, data_directory()), options), fold_epilogues});
}

void bind_ops(py::module_& module) {
  py::class_<Shape>(module, "Shape")
      .def_readonly("c", &Shape::c)
      .def_readonly("h", &Shape::h)
      .def_readonly("w", &Shape::w)
      .def("elements", &Shape::elements)
      .def("__repr__", [](const Shape& s) {
        return "Shape(c=" + std::to_string(s.c) + ", h=" + std::to_string(s.h) +
               ", w=" + std::to_string(s.w) + ")";
      });
  py::class_<Op>(module, "Op")
      .def_readonly("name", &Op::name)
      .def_readonly("nodes", &Op::nodes)
      .def_readonly("onnx_type", &Op::onnx_type)
      .def_property_readonly("kind", [](const Op& op) { return to_string(op.kind); })
      .def_readonly("inputs", &Op::inputs)
      .def_readonly("outputs", &Op::outputs)
      .def_readonly("groups", &Op::groups)
      .def_readonly("weights", &Op::weights)
      .def_readonly("biases", &Op::biases)
      .def_property_readonly(
          "kernel", [](const Op& op) { return py::make_tuple(op.window.kernel_h, op.window.kernel_w); })
      .def_property_readonly(
          "stride", [](const Op& op) { return py::make_tuple(op.window.stride_h, op.window.stride_w); })
      .def_property_readonly("is_opaque", [](const Op& op) { return is_opaque(op); })
      .def("__repr__",
           [](const Op& op) { return std::string("Op(") + to_string(op.kind) + " '" + op.name + "')"; });
  py::class_<Tensor>(module, "Tensor")
      .def_readonly("name", &Tensor::name)
      .def_readonly("shape", &Tensor::shape)
      .def_readonly("producer", &Tensor::producer)
      .def_readonly("consumers", &Tensor::consumers)
      .def_readonly("graph_output", &Tensor::graph_output)
      .def("__repr__", [](const Tensor& tensor) { return "Tensor('" + tensor.name + "')"; });
}

}  // namespace

void bind_graph(py::module_& module) {
  bind_ops(module);
  py::class_<Graph, std::shared_ptr<Graph>>(module, "Graph")
      .def_readonly("ops", &Graph::ops)
      .def_readonly("tensors", &Graph::tensors)
      .def_readonly("inputs", &Graph::inputs)
      .def_readonly("outputs", &Graph::outputs)
      .def_readonly("batch", &Graph::batch)
      .def(
          "macs", [](const Graph& graph, const Op& op) { return model_macs(graph, op); }, py::arg("op"))
      .def("illegal_reason", &group_fault, py::arg("group"))
      .def("select_group", &select_group, py::arg("text"));
  py::class_<Network, std::shared_ptr<Network>>(module, "Network")
      .def(py::init(&read_network), py::arg("model"), py::kw_only(), py::arg("input_shapes") = InputShapes(),
           py::arg("batch") = py::none(), py::arg("fold_epilogues") = true,
           py::call_guard<py::gil_scoped_release>())
      .def_property_readonly("graph",
                             [](const Network& n) { return std::const_pointer_cast<Graph>(n.model.graph); })
      .def_property_readonly("name", [](const Network& n) { return n.model.name; })
      .def_property_readonly("path", [](const Network& n) { return n.model.path; })
      .def_property_readonly("sha256", [](const Network& n) { return n.model.sha256; })
      .def_property_readonly("notes", [](const Network& n) { return n.model.notes; });
  module.def("data_directory", &data_directory);
  module.def("zoo_models", [] { return zoo_models(data_directory()); });
  module.def("parse_bytes", &parse_bytes, py::arg("text"), py::arg("what"));
  module.def("run_graphviz", &run_graphviz, py::arg("dot"), py::arg("format"),
             py::call_guard<py::gil_scoped_release>());
}

}  // namespace fusesim
