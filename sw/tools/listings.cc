#include "fusesim/tools/listings.h"

#include <fmt/format.h>

#include <algorithm>

#include "fusesim/config/accelerators.h"
#include "fusesim/graph/op_label.h"
#include "fusesim/report/glossary.h"
#include "fusesim/tools/pipeline.h"

namespace fusesim {
namespace {

std::string model_list() {
  std::string names;
  for (const std::string& name : zoo_models(data_directory())) names += name + '\n';
  return names;
}

const char* dataflow_name(Dataflow dataflow) {
  for (const auto& [name, value] : kDataflows) {
    if (value == dataflow) return name;
  }
  return "";
}

std::string accelerator_list() {
  std::string text = fmt::format("{:<16} {:>9} {:>5} {:>10}  {:<18} {}\n", "name", "PEs", "MHz", "buffer",
                                 "dataflow", "DRAM");
  for (const std::string& name : accelerators()) {
    const Config c = load_config(name);
    text += fmt::format("{:<16} {:>9} {:>5} {:>6} KiB  {:<18} {} x {}\n", name,
                        fmt::format("{}x{}", c.pe.rows, c.pe.columns), c.clock_khz / 1000,
                        c.buffer.capacity_bytes / 1024, dataflow_name(c.pe.dataflow), c.dram.channels,
                        c.dram.name);
  }
  return text;
}

std::string shape_text(const Shape& shape) { return fmt::format("{}x{}x{}", shape.c, shape.h, shape.w); }

std::string op_list(const Graph& graph) {
  size_t columns = 4;
  for (OpId o = 0; o < static_cast<OpId>(graph.ops.size()); ++o)
    columns = std::max(columns, op_label(graph, o).size());
  std::string text = fmt::format("{:>5}  {:<{}}  {:<16} {:>14} {:>14} {:>14} {:>11}  {}\n", "index", "name",
                                 columns, "kind", "input", "output", "MACs", "weights", "ONNX name");
  for (OpId o = 0; o < static_cast<OpId>(graph.ops.size()); ++o) {
    const Op& op = graph.op(o);
    const std::string input = op.inputs.empty() ? "" : shape_text(graph.in_shape(op));
    text += fmt::format("{:>5}  {:<{}}  {:<16} {:>14} {:>14} {:>14} {:>11}  {}\n", o, op_label(graph, o),
                        columns, to_string(op.kind), input, shape_text(graph.out_shape(op)),
                        model_macs(graph, op), op.weights + op.biases, op.name);
  }
  return text;
}

}  // namespace

std::optional<std::string> listing(const Options& options, Progress& progress) {
  const Listings& wanted = options.listings;
  if (wanted.glossary) return glossary_text();
  if (wanted.models) return model_list();
  if (wanted.accelerators) return accelerator_list();
  if (wanted.config) return to_yaml(resolve_config(options));
  if (!wanted.ops) return std::nullopt;
  const ImportedModel model = import_model(options, resolve_config(options), progress);
  progress.clear();
  return op_list(*model.graph);
}

}  // namespace fusesim
