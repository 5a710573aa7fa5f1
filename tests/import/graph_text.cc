#include <gtest/gtest.h>

#include <sstream>

#include "fusesim/base/error.h"
#include "fusesim/graph/op_facts.h"
#include "onnx_builder.h"

namespace fusesim {
namespace {

std::string shape_text(const Shape& s) {
  return std::to_string(s.c) + "x" + std::to_string(s.h) + "x" + std::to_string(s.w);
}

std::string names(const Graph& graph, const std::vector<TensorId>& tensors) {
  std::string text;
  for (const TensorId t : tensors) text += (text.empty() ? "" : ",") + graph.tensor(t).name;
  return text;
}

}  // namespace

ImportedModel import_model(const OnnxBuilder& model, const ImportOptions& options) {
  const ScratchFile file(model.bytes());
  return import_onnx(file.path(), options);
}

Graph import_graph(const OnnxBuilder& model, bool fold_epilogues) {
  ImportOptions options;
  options.fold_epilogues = fold_epilogues;
  return *import_model(model, options).graph;
}

std::string refusal(const std::string& bytes, const ImportOptions& options) {
  const ScratchFile file(bytes);
  try {
    import_onnx(file.path(), options);
  } catch (const Error& e) {
    const std::string message = e.what();
    EXPECT_EQ(message.rfind(file.path() + ": ", 0), 0U) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    return message.substr(std::min(message.size(), file.path().size() + 2));
  }
  ADD_FAILURE() << "the file was accepted";
  return "";
}

std::string refusal(const OnnxBuilder& model, const ImportOptions& options) {
  return refusal(model.bytes(), options);
}

std::vector<std::string> summary(const Graph& graph) {
  std::vector<std::string> lines;
  for (const Op& op : graph.ops) {
    lines.push_back(std::string(to_string(op.kind)) + "(" + names(graph, op.inputs) + ")->" +
                    names(graph, op.outputs));
  }
  return lines;
}

const Op& find_op(const Graph& graph, const std::string& name) {
  for (const Op& op : graph.ops) {
    if (op.name == name) return op;
  }
  throw Error("no op is named " + name);
}

const Shape& output_shape(const Graph& graph, const std::string& op_name) {
  return graph.out_shape(find_op(graph, op_name));
}

int64_t conv_macs(const Graph& graph) {
  int64_t macs = 0;
  for (const Op& op : graph.ops) {
    if (is_convolution(op)) macs += mac_count(graph, op);
  }
  return macs;
}

int64_t parameter_count(const Graph& graph) {
  int64_t count = 0;
  for (const Op& op : graph.ops) count += op.weights + op.biases;
  return count;
}

std::vector<std::string> full_text(const Graph& graph) {
  std::vector<std::string> lines = summary(graph);
  for (const Op& op : graph.ops) {
    std::ostringstream line;
    const Window& w = op.window;
    line << op.name << " " << op.onnx_type << " nodes";
    for (const std::string& node : op.nodes) line << " " << node;
    line << " window";
    for (const int64_t v :
         {w.kernel_h, w.kernel_w, w.stride_h, w.stride_w, w.dilation_h, w.dilation_w, w.pad_top, w.pad_left,
          w.pad_bottom, w.pad_right, w.output_pad_h, w.output_pad_w}) {
      line << " " << v;
    }
    line << " groups " << op.groups << " include " << op.count_include_pad << " " << to_string(op.eltwise)
         << " begin " << op.channel_begin << " resize " << static_cast<int>(op.resize.mode)
         << static_cast<int>(op.resize.coordinates) << static_cast<int>(op.resize.rounding);
    for (const ActivationFn& fn : op.activations)
      line << " " << fn.type << "(" << fn.alpha << "," << fn.beta << ")";
    line << " weights " << op.weights << " biases " << op.biases;
    lines.push_back(line.str());
  }
  for (const Tensor& t : graph.tensors) lines.push_back(t.name + " " + shape_text(t.shape));
  lines.push_back("inputs " + names(graph, graph.inputs));
  lines.push_back("outputs " + names(graph, graph.outputs));
  return lines;
}

}  // namespace fusesim
