#include "fusesim/graph/op_label.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <vector>

#include "fusesim/graph/op_facts.h"

namespace fusesim {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

bool starts_with(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

/// "Conv" and "Conv_12" of a Conv.
bool names_type(const std::string& part, const std::string& type) {
  if (type.empty() || !starts_with(lower(part), lower(type))) return false;
  const std::string rest = part.substr(type.size());
  return std::all_of(rest.begin(), rest.end(),
                     [](unsigned char c) { return c == '_' || std::isdigit(c) != 0; });
}

/// "/features/features.3/features.3.2/conv/Conv" -> "features.3.2.conv": every part once, without the
/// operator's own name. Empty if there is nothing else.
std::string module_of(const Op& op) {
  std::vector<std::string> parts;
  std::istringstream path(op.name);
  for (std::string part; std::getline(path, part, '/');) {
    if (part.empty()) continue;
    if (!parts.empty() && starts_with(part, parts.back() + ".")) parts.pop_back();
    parts.push_back(part);
  }
  const bool file_names_ops_by_type = parts.size() == 1;
  if (!parts.empty() && !file_names_ops_by_type && names_type(parts.back(), op.onnx_type)) parts.pop_back();
  std::string module;
  for (const std::string& part : parts) module += (module.empty() ? "" : ".") + part;
  return module;
}

std::string window_text(const Window& w) {
  return "_" + std::to_string(w.kernel_h) + "x" + std::to_string(w.kernel_w);
}

/// What the operator does, in a word: "conv", "add".
std::string word_for(const Op& op) {
  if (is_convolution(op)) return op.kind == OpKind::conv ? "conv" : "deconv";
  return op.onnx_type.empty() ? to_string(op.kind) : lower(op.onnx_type);
}

std::string size_text(const Graph& graph, const Op& op) {
  if (op.kind == OpKind::max_pool || op.kind == OpKind::avg_pool) return window_text(op.window);
  if (!is_convolution(op)) return "";
  return (is_depthwise(graph, op) ? "_dw" : "") + window_text(op.window) + "_" +
         std::to_string(graph.out_shape(op).c);
}

}  // namespace

std::string op_label(const Graph& graph, OpId id) {
  const Op& op = graph.op(id);
  const std::string module = module_of(op);
  const std::string word = word_for(op);
  const std::string last = lower(module.substr(module.rfind('.') + 1));
  const bool says_so =
      last.find(word) != std::string::npos || (is_convolution(op) && starts_with(last, "fc"));
  std::string label = module;
  if (!says_so) label += (module.empty() ? "" : ".") + word;
  return label + size_text(graph, op);
}

std::string op_title(const Graph& graph, OpId op) { return std::to_string(op) + " " + op_label(graph, op); }

}  // namespace fusesim
