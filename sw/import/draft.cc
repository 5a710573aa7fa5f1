#include "draft.h"

#include <algorithm>

namespace fusesim::importer {

int Draft::add(DraftOp op) {
  const int id = static_cast<int>(ops.size());
  for (const int v : op.op.inputs) value(v).readers.push_back(id);
  for (const int v : op.op.outputs) value(v).producer = id;
  ops.push_back(std::move(op));
  return id;
}

int Draft::sole_reader(int v) const {
  const DraftValue& val = value(v);
  if (val.graph_output || val.readers.size() != 1) return -1;
  return val.readers.front();
}

void Draft::replace_input(int id, size_t operand, int v) {
  int& slot = op(id).op.inputs[operand];
  std::vector<int>& readers = value(slot).readers;
  readers.erase(std::find(readers.begin(), readers.end(), id));
  slot = v;
  value(v).readers.push_back(id);
}

void Draft::absorb(int id, int reader) {
  DraftOp& to = op(id);
  const DraftOp& from = op(reader);
  const DraftValue& between = value(to.op.output());
  to.nodes.insert(to.nodes.end(), from.nodes.begin(), from.nodes.end());
  to.nodes.insert(to.nodes.end(), between.dropped.begin(), between.dropped.end());
  to.first = std::min(to.first, from.first);
  if (to.op.bias_bits == 0) to.op.bias_bits = from.op.bias_bits;
  if (from.op.weights + from.op.biases > 0) {
    to.parameters.insert(to.parameters.end(), from.parameters.begin(), from.parameters.end());
    to.parameter_nodes.insert(to.parameter_nodes.end(), from.parameter_nodes.begin(),
                              from.parameter_nodes.end());
  }
  to.op.outputs = from.op.outputs;
  value(to.op.output()).producer = id;
  remove(reader);
}

void Draft::remove(int id) {
  for (const int v : op(id).op.inputs) {
    std::vector<int>& readers = value(v).readers;
    readers.erase(std::remove(readers.begin(), readers.end(), id), readers.end());
  }
  op(id).alive = false;
}

bool is_map(const Dims& dims) { return (dims.size() == 4 || dims.size() == 2) && dims[0] == 1; }

Shape shape_of_map(const Dims& dims) {
  if (!is_map(dims)) return {element_count(dims), 1, 1};
  if (dims.size() == 2) return {dims[1], 1, 1};
  return {dims[1], dims[2], dims[3]};
}

}  // namespace fusesim::importer
