#include "evaluate.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <unordered_map>

#include "fusesim/base/error.h"
#include "operands.h"

namespace fusesim::importer {
namespace {

Dims strides_of(const Dims& dims) {
  Dims strides(dims.size(), 1);
  for (size_t i = dims.size(); i-- > 1;) strides[i - 1] = strides[i] * dims[i];
  return strides;
}

/// Calls visit(index) for every index of a tensor, last dimension fastest.
void for_each_index(const Dims& dims, const std::function<void(const Dims&)>& visit) {
  const int64_t count = element_count(dims);
  Dims index(dims.size(), 0);
  for (int64_t n = 0; n < count; ++n) {
    visit(index);
    for (size_t i = dims.size(); i-- > 0;) {
      if (++index[i] < dims[i]) break;
      index[i] = 0;
    }
  }
}

int64_t dot(const Dims& index, const Dims& strides) {
  int64_t sum = 0;
  for (size_t i = 0; i < index.size(); ++i) sum += index[i] * strides[i];
  return sum;
}

void copy_element(const Constant& from, int64_t i, Constant& to) {
  if (i < 0 || static_cast<size_t>(i) >= from.size())
    throw Error("index " + std::to_string(i) + " is out of range");
  if (from.floats.empty()) to.ints.push_back(from.ints[static_cast<size_t>(i)]);
  if (!from.floats.empty()) to.floats.push_back(from.floats[static_cast<size_t>(i)]);
}

/// Offset of the element that output index reads from an operand broadcast to the output's shape.
int64_t broadcast_offset(const Dims& index, const Dims& dims) {
  const Dims strides = strides_of(dims);
  const size_t skip = index.size() - dims.size();
  int64_t sum = 0;
  for (size_t i = 0; i < dims.size(); ++i) sum += dims[i] == 1 ? 0 : index[i + skip] * strides[i];
  return sum;
}

Constant broadcast_to(const Value& value, const Dims& dims) {
  Constant out;
  for_each_index(dims, [&](const Dims& index) {
    copy_element(*value.data, broadcast_offset(index, value.dims()), out);
  });
  return out;
}

Constant strided(const Constant& in, const Dims& dims, int64_t offset, const Dims& strides) {
  Constant out;
  for_each_index(dims, [&](const Dims& index) { copy_element(in, offset + dot(index, strides), out); });
  return out;
}

Constant slice(const NodeView& node) {
  const SliceOperands operands = slice_operands(node);
  Dims strides = strides_of(node.dims());
  const int64_t offset = dot(operands.start, strides);
  for (size_t i = 0; i < strides.size(); ++i) strides[i] *= operands.step[i];
  return strided(*node.data(0), operands.count, offset, strides);
}

std::vector<Constant> split(const NodeView& node) {
  const SplitOperands operands = split_operands(node);
  const Dims strides = strides_of(node.dims());
  std::vector<Constant> parts;
  int64_t begin = 0;
  for (const int64_t size : operands.sizes) {
    Dims dims = node.dims();
    dims[operands.axis] = size;
    parts.push_back(strided(*node.data(0), dims, begin * strides[operands.axis], strides));
    begin += size;
  }
  return parts;
}

Constant transpose(const NodeView& node, const Dims& out) {
  const Dims strides = strides_of(node.dims());
  const Dims permutation = node.integer_list("perm");
  Dims turned(strides.size());
  for (size_t i = 0; i < turned.size(); ++i) {
    turned[i] =
        strides[permutation.empty() ? turned.size() - 1 - i : normalized_axis(permutation[i], turned.size())];
  }
  return strided(*node.data(0), out, 0, turned);
}

Constant concat(const NodeView& node, const Dims& dims) {
  const size_t axis = normalized_axis(node.integer("axis", 1), dims.size());
  Constant out;
  for_each_index(dims, [&](const Dims& index) {
    Dims inner = index;
    size_t input = 0;
    while (inner[axis] >= node.dims(input)[axis]) inner[axis] -= node.dims(input++)[axis];
    copy_element(*node.data(input), dot(inner, strides_of(node.dims(input))), out);
  });
  return out;
}

Constant gather(const NodeView& node, const Dims& dims) {
  const Dims& in = node.dims();
  const size_t axis = normalized_axis(node.integer("axis", 0), in.size());
  const size_t index_rank = node.dims(1).size();
  const Dims in_strides = strides_of(in);
  const Dims index_strides = strides_of(node.dims(1));
  const std::vector<int64_t>& indices = node.integers(1);
  Constant out;
  for_each_index(dims, [&](const Dims& at) {
    const auto middle = at.begin() + static_cast<std::ptrdiff_t>(axis);
    const auto tail = middle + static_cast<std::ptrdiff_t>(index_rank);
    const int64_t picked = indices[static_cast<size_t>(dot(Dims(middle, tail), index_strides))];
    Dims source(at.begin(), middle);
    source.push_back(static_cast<int64_t>(picked < 0 ? picked + in[axis] : picked));
    if (source.back() < 0 || source.back() >= in[axis]) {
      throw Error("index " + std::to_string(picked) + " is outside a dimension of " +
                  std::to_string(in[axis]));
    }
    source.insert(source.end(), tail, at.end());
    copy_element(*node.data(0), dot(source, in_strides), out);
  });
  return out;
}

Constant cast(const Constant& in, int32_t type) {
  Constant out;
  for (size_t i = 0; i < in.size(); ++i) {
    if (is_float_type(type)) {
      out.floats.push_back(in.number(i));
    } else if (in.floats.empty()) {
      out.ints.push_back(type == onnx::TensorProto::BOOL ? static_cast<int64_t>(in.ints[i] != 0)
                                                         : in.ints[i]);
    } else {
      if (!(std::abs(in.floats[i]) < 9e18)) throw Error("cannot cast a value beyond 64 bits to an integer");
      out.ints.push_back(type == onnx::TensorProto::BOOL ? static_cast<int64_t>(in.floats[i] != 0)
                                                         : static_cast<int64_t>(in.floats[i]));
    }
  }
  return out;
}

int64_t integer_result(const std::string& type, int64_t a, int64_t b) {
  int64_t r = 0;
  bool overflow = false;
  if (type == "Add" || type == "Sum") overflow = __builtin_add_overflow(a, b, &r);
  if (type == "Sub") overflow = __builtin_sub_overflow(a, b, &r);
  if (type == "Mul") overflow = __builtin_mul_overflow(a, b, &r);
  if (type == "Max") r = std::max(a, b);
  if (type == "Min") r = std::min(a, b);
  if (type == "Div" || type == "Mod") {
    if (b == 0) throw Error("division by 0 in the arithmetic on shapes");
    if (b == -1) {
      overflow = type == "Div" && __builtin_sub_overflow(int64_t{0}, a, &r);
    } else if (type == "Div") {
      r = a / b;
    } else {
      r = a % b;
      if (r != 0 && (r < 0) != (b < 0)) r += b;
    }
  }
  if (type == "Equal") r = a == b ? 1 : 0;
  if (type == "Greater") r = a > b ? 1 : 0;
  if (type == "Less") r = a < b ? 1 : 0;
  if (overflow) throw Error("the arithmetic on shapes overflows 64 bits");
  return r;
}

std::optional<double> float_result(const std::string& type, double a, double b) {
  if (type == "Add" || type == "Sum") return a + b;
  if (type == "Sub") return a - b;
  if (type == "Mul") return a * b;
  if (type == "Div") return a / b;
  if (type == "Pow") return std::pow(a, b);
  if (type == "Max") return std::max(a, b);
  if (type == "Min") return std::min(a, b);
  return std::nullopt;
}

std::optional<Constant> binary(const NodeView& node, const Dims& dims) {
  const std::string type = node.type();
  Constant left = broadcast_to(node.input(0), dims);
  for (size_t k = 1; k < node.input_count(); ++k) {
    const Constant right = broadcast_to(node.input(k), dims);
    const bool integer = left.floats.empty() && right.floats.empty();
    if (integer && type == "Pow") return std::nullopt;
    Constant out;
    for (size_t i = 0; i < left.size(); ++i) {
      if (integer) {
        out.ints.push_back(integer_result(type, left.ints[i], right.ints[i]));
        continue;
      }
      const auto result = float_result(type, left.number(i), right.number(i));
      if (!result) return std::nullopt;
      out.floats.push_back(*result);
    }
    left = std::move(out);
  }
  return left;
}

std::optional<Constant> unary(const NodeView& node) {
  const std::string type = node.type();
  Constant out = *node.data(0);
  for (int64_t& v : out.ints) {
    if (type == "Neg" || (type == "Abs" && v < 0)) v = integer_result("Sub", 0, v);
    if (type == "Not") v = v == 0 ? 1 : 0;
  }
  for (double& v : out.floats) {
    if (type == "Neg") v = -v;
    if (type == "Abs") v = std::abs(v);
    if (type == "Floor") v = std::floor(v);
    if (type == "Ceil") v = std::ceil(v);
    if (type == "Round") v = std::nearbyint(v);
    if (type == "Sqrt") v = std::sqrt(v);
  }
  return out;
}

Constant where(const NodeView& node, const Dims& dims) {
  const Constant condition = broadcast_to(node.input(0), dims);
  const Constant yes = broadcast_to(node.input(1), dims);
  const Constant no = broadcast_to(node.input(2), dims);
  Constant out;
  for (size_t i = 0; i < condition.ints.size(); ++i) {
    copy_element(condition.ints[i] != 0 ? yes : no, static_cast<int64_t>(i), out);
  }
  return out;
}

std::optional<Constant> reduce_all(const NodeView& node) {
  if (node.dims().size() != 1 || node.data(0)->size() == 0) return std::nullopt;
  const std::string type = node.type().substr(6);
  const std::string pairwise = type == "Prod" ? "Mul" : type;
  const Constant& in = *node.data(0);
  Constant out;
  copy_element(in, 0, out);
  for (size_t i = 1; i < in.size(); ++i) {
    if (in.floats.empty()) out.ints[0] = integer_result(pairwise, out.ints[0], in.ints[i]);
    if (!in.floats.empty()) out.floats[0] = float_result(pairwise, out.floats[0], in.floats[i]).value_or(0.0);
  }
  return out;
}

/// Operands of several types give elements of one, that of the result: an integer to the power of 2.0 is an
/// integer. False where the elements are too many, too few, or no numbers of that type.
bool fit(Constant& result, const TensorType& type) {
  if (is_integer_type(type.elem_type) && result.ints.empty()) {
    const auto whole = [](double v) { return std::abs(v) < 9e18; };
    if (!std::all_of(result.floats.begin(), result.floats.end(), whole)) return false;
    result.ints.assign(result.floats.begin(), result.floats.end());
    result.floats.clear();
  } else if (is_float_type(type.elem_type) && result.floats.empty()) {
    result.floats.assign(result.ints.begin(), result.ints.end());
    result.ints.clear();
  }
  return holds(type, result);
}

using Evaluator = std::function<std::optional<Constant>(const NodeView&, const TensorType&)>;

const std::unordered_map<std::string, Evaluator>& evaluators() {
  static const std::unordered_map<std::string, Evaluator> table = [] {
    std::unordered_map<std::string, Evaluator> t;
    for (const char* type : {"Identity", "Squeeze", "Unsqueeze", "Reshape", "Flatten", "Dropout"}) {
      t[type] = [](const NodeView& n, const TensorType&) { return *n.data(0); };
    }
    for (const char* type :
         {"Add", "Sub", "Mul", "Div", "Mod", "Pow", "Max", "Min", "Sum", "Equal", "Greater", "Less"}) {
      t[type] = [](const NodeView& n, const TensorType& out) { return binary(n, out.dims); };
    }
    for (const char* type : {"Neg", "Abs", "Floor", "Ceil", "Round", "Sqrt", "Not"}) {
      t[type] = [](const NodeView& n, const TensorType&) { return unary(n); };
    }
    for (const char* type : {"ReduceProd", "ReduceSum", "ReduceMax", "ReduceMin"}) {
      t[type] = [](const NodeView& n, const TensorType&) { return reduce_all(n); };
    }
    t["Slice"] = [](const NodeView& n, const TensorType&) { return slice(n); };
    t["Transpose"] = [](const NodeView& n, const TensorType& out) { return transpose(n, out.dims); };
    t["Concat"] = [](const NodeView& n, const TensorType& out) { return concat(n, out.dims); };
    t["Gather"] = [](const NodeView& n, const TensorType& out) { return gather(n, out.dims); };
    t["Expand"] = [](const NodeView& n, const TensorType& out) { return broadcast_to(n.input(0), out.dims); };
    t["Cast"] = [](const NodeView& n, const TensorType& out) { return cast(*n.data(0), out.elem_type); };
    t["Where"] = [](const NodeView& n, const TensorType& out) { return where(n, out.dims); };
    return t;
  }();
  return table;
}

}  // namespace

std::optional<std::vector<Constant>> evaluate(const NodeView& node, const std::vector<TensorType>& types) {
  for (size_t i = 0; i < node.input_count(); ++i) {
    if (node.has_input(i) && node.data(i) == nullptr) return std::nullopt;
  }
  for (const TensorType& type : types) {
    if (element_count(type.dims) > kMaxKnownElements) return std::nullopt;
  }
  if (types.empty()) return std::nullopt;
  std::optional<std::vector<Constant>> results;
  if (node.type() == "Split") {
    results = split(node);
  } else {
    const auto evaluator = evaluators().find(node.type());
    if (evaluator == evaluators().end()) return std::nullopt;
    auto result = evaluator->second(node, types[0]);
    if (!result) return std::nullopt;
    results = std::vector<Constant>{std::move(*result)};
  }
  if (results->size() > types.size()) return std::nullopt;
  for (size_t i = 0; i < results->size(); ++i) {
    if (!fit((*results)[i], types[i])) return std::nullopt;
  }
  return results;
}

}  // namespace fusesim::importer
