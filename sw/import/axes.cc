#include "axes.h"

#include <algorithm>

namespace fusesim::importer {
namespace {

int64_t& size_of(Shape& shape, char axis) {
  return axis == 'C' ? shape.c : (axis == 'H' ? shape.h : shape.w);
}

int64_t size_of(const Shape& shape, char axis) {
  return axis == 'C' ? shape.c : (axis == 'H' ? shape.h : shape.w);
}

/// The axes of more than one element among these.
std::string present(const Shape& shape, const std::string& axes) {
  std::string kept;
  for (const char axis : axes) {
    if (has_axis(shape, axis)) kept += axis;
  }
  return kept;
}

}  // namespace

Axes channels_first(size_t rank) {
  if (rank == 4) return {"", "C", "H", "W"};
  if (rank == 3) return {"", "C", "W"};
  return {"", "C"};
}

Axes channels_last(size_t rank) {
  if (rank == 4) return {"", "H", "W", "C"};
  if (rank == 3) return {"", "H", "C"};
  return {"H", "C"};
}

std::optional<Arrangement> arrange(const Axes& pattern, const Dims& dims) {
  if (pattern.size() != dims.size()) return std::nullopt;
  Arrangement made;
  for (size_t i = 0; i < dims.size(); ++i) {
    made.axes.emplace_back();
    if (dims[i] == 1) continue;
    if (pattern[i].size() != 1 || has_axis(made.shape, pattern[i][0])) return std::nullopt;
    size_of(made.shape, pattern[i][0]) = dims[i];
    made.axes.back() = pattern[i];
  }
  return made;
}

std::optional<Axes> regrouped(const Axes& axes, const Shape& shape, const Dims& dims) {
  const std::string order = order_of(axes);
  size_t next = 0;
  Axes made;
  for (const int64_t size : dims) {
    made.emplace_back();
    for (int64_t taken = 1; taken < size;) {
      if (next == order.size()) return std::nullopt;
      taken *= size_of(shape, order[next]);
      if (size % taken != 0) return std::nullopt;
      made.back() += order[next++];
    }
  }
  if (next != order.size()) return std::nullopt;
  return made;
}

Axes permuted(const Axes& axes, const std::vector<size_t>& permutation) {
  Axes made;
  for (const size_t i : permutation) made.push_back(axes[i]);
  return made;
}

std::string order_of(const Axes& axes) {
  std::string order;
  for (const std::string& axis : axes) order += axis;
  return order;
}

bool has_axis(const Shape& shape, char axis) { return size_of(shape, axis) > 1; }

std::string axis_name(const Shape& shape, char axis) {
  return has_axis(shape, axis) ? std::string(1, axis) : std::string();
}

bool is_natural(const Axes& axes, const Shape& shape) {
  const std::string order = order_of(axes);
  return order == present(shape, "CHW") || order == present(shape, "HWC");
}

}  // namespace fusesim::importer
