#include <string>
#include <utility>

#include "lower.h"

namespace fusesim::importer {
namespace {

/// The map's window that one row of the last dimension of the tensor covers; kernel 0 where it covers no
/// whole channels.
Window window_of(const std::string& last, const Shape& shape) {
  Window window;
  const bool channels = !has_axis(shape, 'C') || last.find('C') != std::string::npos;
  if (last.find('H') != std::string::npos) window.kernel_h = shape.h;
  if (last.find('W') != std::string::npos) window.kernel_w = shape.w;
  if (!channels) window.kernel_h = 0;
  return window;
}

struct Matrix {
  int64_t rows = 0, columns = 0;
};

Matrix matrix_of(const Lowering& node) {
  const Dims& dims = node.view().dims(1);
  const bool turned = node.view().type() == "Gemm" && node.view().integer("transB", 0) != 0;
  return turned ? Matrix{dims[1], dims[0]} : Matrix{dims[0], dims[1]};
}

/// A convolution whose window is what a row of the data covers: 1x1 where that is channels alone.
void multiply(Lowering& node, int map, const Arrangement& in, bool bias) {
  const Window window = window_of(in.axes.back(), in.shape);
  DraftOp draft = node.make_op(OpKind::conv, {});
  node.read(draft, 0, map);
  for (const NodeRef& ref : draft.nodes) draft.first = std::min(draft.first, ref.position);
  draft.op.window = window;
  draft.op.weights = node.elements(1);
  Arrangement out = in;
  out.shape.c = matrix_of(node).columns;
  if (window.kernel_h > 1) out.shape.h = 1;
  if (window.kernel_w > 1) out.shape.w = 1;
  out.axes.back() = axis_name(out.shape, 'C');
  draft.op.biases = bias ? out.shape.c : 0;
  node.work_on_maps(out);
  node.emit(std::move(draft));
}

}  // namespace

/// Transposed data are rows under another order.
bool lower_rows(Lowering& node) {
  const bool gemm = node.view().type() == "Gemm";
  const bool bias = gemm && node.view().has_input(2);
  const size_t rank = node.view().dims(0).size();
  if (!node.is_constant(1) || node.view().dims(1).size() != 2 || rank < 2) return false;
  if (bias && !node.is_constant(2)) return false;
  const bool turned = gemm && node.view().integer("transA", 0) != 0;
  auto in = node.arrangement(0);
  if (in && turned) std::swap(in->axes[0], in->axes[1]);
  const auto fits = [&] {
    if (!in) return false;
    const Window window = window_of(in->axes.back(), in->shape);
    return window.kernel_h > 0 && in->shape.c * window.kernel_h * window.kernel_w == matrix_of(node).rows;
  };
  int map = node.map_of(0);
  if (!fits()) {
    if (turned || (rank > 2 && node.view().dims(0)[0] != 1)) return false;
    in = arrange(channels_last(rank), node.view().dims(0));
    map = node.arranged(0, channels_last(rank));
    if (map < 0 || !fits()) return false;
  }
  multiply(node, map, *in, bias);
  return true;
}

}  // namespace fusesim::importer
