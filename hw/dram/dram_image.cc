#include "dram/dram_image.h"

#include <algorithm>

#include "fusesim/base/error.h"
#include "fusesim/hw/simulation_error.h"
#include "ops/labels.h"
#include "ops/provenance.h"
#include "ops/weight_bytes.h"

namespace fusesim::hw {
namespace {

using Guard = SimulationError::Guard;

std::string range(int64_t begin, int64_t end) {
  return "[" + std::to_string(begin) + ", " + std::to_string(end) + ")";
}

}  // namespace

DramImage::DramImage(const Graph& graph, const Datatypes& datatypes, const DramConfig& dram,
                     const ValueNetwork* values)
    : graph_(graph),
      datatypes_(datatypes),
      alignment_bytes_(dram.burst_bytes() * dram.channels * dram.bank_groups),
      planes_(static_cast<size_t>(graph.batch) * graph.tensors.size()),
      values_(values) {
  for (size_t i = 0; i < planes_.size(); ++i) {
    const Tensor& tensor = graph.tensors[i % graph.tensors.size()];
    planes_[i].address =
        reserve(tensor.shape.c * tensor.shape.h * channel_row_bytes(tensor, tensor.shape.w, datatypes));
  }
  for (const Op& op : graph.ops) {
    weight_addresses_.push_back(op.parameters_of < 0
                                    ? reserve(op_weight_bytes(op, datatypes))
                                    : weight_addresses_[static_cast<size_t>(op.parameters_of)]);
  }
  if (allocated_bytes_ > dram.capacity_bytes()) {
    throw Error("dram: expected a network of at most " + std::to_string(dram.capacity_bytes()) +
                " bytes (capacity of " + dram.name + "), got " + std::to_string(allocated_bytes_) + " (" +
                graph.name + ")");
  }
  reset();
}

int64_t DramImage::reserve(int64_t bytes) {
  const int64_t address = allocated_bytes_;
  allocated_bytes_ += (bytes + alignment_bytes_ - 1) / alignment_bytes_ * alignment_bytes_;
  return address;
}

void DramImage::reset() {
  for (Plane& p : planes_) {
    p.hashes = {};
    p.values = {};
    p.states = {};
    p.columns = {};
    p.present = 0;
  }
  for (int64_t image = graph_.batch; image-- > 0;) {
    select(image);
    for (TensorId t : graph_.inputs) fill_input(t);
    for (size_t i = 0; values_ != nullptr && i < graph_.inputs.size(); ++i) fill_values(i);
  }
}

void DramImage::fill_input(TensorId tensor) {
  const Shape& shape = graph_.tensor(tensor).shape;
  Plane& p = plane(tensor);
  p.present = shape.c * shape.h;
  p.states.assign(static_cast<size_t>(p.present), State::present);
  p.hashes.clear();
  p.hashes.reserve(static_cast<size_t>(p.present));
  for (int64_t y = 0; y < shape.h; ++y) {
    for (int64_t c = 0; c < shape.c; ++c) p.hashes.push_back(input_hash(tensor, c, y));
  }
}

void DramImage::fill_values(size_t input) {
  const Shape& shape = graph_.tensor(graph_.inputs[input]).shape;
  const std::vector<Value>& from = values_->inputs[input];
  Plane& p = plane(graph_.inputs[input]);
  p.values.resize(from.size());
  for (int64_t c = 0; c < shape.c; ++c) {
    for (int64_t y = 0; y < shape.h; ++y)
      std::copy_n(from.begin() + (c * shape.h + y) * shape.w, shape.w,
                  p.values.begin() + (y * shape.c + c) * shape.w);
  }
}

std::string DramImage::place(const Segment& s, int64_t channel) const {
  return tensor_label(graph_, s.tensor) + ": row " + std::to_string(s.row) + ", channel " +
         std::to_string(channel);
}

void DramImage::check(const Segment& s) const {
  if (s.kind == TransferKind::weight) {
    const bool known = s.op >= 0 && static_cast<size_t>(s.op) < graph_.ops.size();
    const int64_t total = known ? op_weight_bytes(graph_.op(s.op), datatypes_) : 0;
    if (known && s.offset_bytes >= 0 && s.bytes > 0 && s.bytes <= total - s.offset_bytes) return;
    throw SimulationError(Guard::bad_schedule, "op " + std::to_string(s.op) +
                                                   ": expected a transfer within its " +
                                                   std::to_string(total) + " bytes of weights, got " +
                                                   range(s.offset_bytes, s.offset_bytes + s.bytes));
  }
  const bool known = s.tensor >= 0 && static_cast<size_t>(s.tensor) < graph_.tensors.size();
  const Shape shape = known ? graph_.tensor(s.tensor).shape : Shape{0, 0, 0};
  const bool columns =
      s.x1 == 0 ? s.x0 == 0 : s.x0 >= 0 && s.x0 < s.x1 && s.x1 <= shape.w && s.c1 == s.c0 + 1;
  if (columns && s.row >= 0 && s.row < shape.h && s.c0 >= 0 && s.c0 < s.c1 && s.c1 <= shape.c) return;
  throw SimulationError(Guard::bad_schedule,
                        "tensor " + std::to_string(s.tensor) + ": expected a transfer within its " +
                            std::to_string(shape.h) + " rows and " + std::to_string(shape.c) +
                            " channels, got row " + std::to_string(s.row) + ", channels " +
                            range(s.c0, s.c1) + (s.x1 == 0 ? "" : ", columns " + range(s.x0, s.x1)));
}

int64_t DramImage::address(const Segment& s) const {
  check(s);
  if (s.kind == TransferKind::weight) return weight_addresses_[static_cast<size_t>(s.op)] + s.offset_bytes;
  const Tensor& tensor = graph_.tensor(s.tensor);
  const int64_t channel_bytes = channel_row_bytes(tensor, tensor.shape.w, datatypes_);
  const int64_t first_bit = s.x0 * bits_in_use(tensor.bits, datatypes_.activation_bytes, datatypes_);
  return plane(s.tensor).address + (s.row * tensor.shape.c + s.c0) * channel_bytes + first_bit / kBitsOfByte;
}

int64_t DramImage::bytes(const Segment& s) const {
  if (s.kind == TransferKind::weight) return s.bytes;
  const Tensor& tensor = graph_.tensor(s.tensor);
  const int64_t columns = s.x1 == 0 ? tensor.shape.w : s.x1 - s.x0;
  return (s.c1 - s.c0) * channel_row_bytes(tensor, columns, datatypes_);
}

size_t DramImage::index(const Segment& s, int64_t channel) const {
  return static_cast<size_t>(s.row * graph_.tensor(s.tensor).shape.c + channel);
}

size_t DramImage::first_value(const Segment& s, int64_t channel) const {
  return index(s, channel) * static_cast<size_t>(graph_.tensor(s.tensor).shape.w) + static_cast<size_t>(s.x0);
}

/// Place `i` has what the segment reads of it.
bool DramImage::holds(const Plane& p, const Segment& s, size_t i) const {
  if (p.states.empty()) return false;
  if (p.states[i] == State::present) return true;
  return s.x1 != 0 && !p.columns.empty() && p.columns[i] >= s.x1;
}

void DramImage::begin_load(const Segment& s) const {
  check(s);
  const Plane& p = plane(s.tensor);
  for (int64_t c = s.c0; c < s.c1; ++c) {
    if (holds(p, s, index(s, c))) continue;
    throw SimulationError(Guard::incomplete_tensor, place(s, c) + " is read from DRAM before it was written");
  }
}

void DramImage::finish_load(const Segment& s) const {
  if (s.hashes == nullptr) return;
  const uint64_t* first = plane(s.tensor).hashes.data() + index(s, s.c0);
  std::copy(first, first + (s.c1 - s.c0), s.hashes);
  if (s.values == nullptr) return;
  const int64_t columns = s.x1 == 0 ? graph_.tensor(s.tensor).shape.w : s.x1 - s.x0;
  std::copy_n(plane(s.tensor).values.begin() + static_cast<int64_t>(first_value(s, s.c0)),
              (s.c1 - s.c0) * columns, s.values);
}

void DramImage::begin_store(const Segment& s) {
  check(s);
  Plane& p = plane(s.tensor);
  if (p.states.empty()) {
    const Shape& shape = graph_.tensor(s.tensor).shape;
    p.states.assign(static_cast<size_t>(shape.c * shape.h), State::absent);
    p.hashes.assign(static_cast<size_t>(shape.c * shape.h), 0);
    if (values_ != nullptr) p.values.assign(static_cast<size_t>(shape.elements()), 0);
  }
  if (s.x1 != 0 && p.columns.empty()) p.columns.assign(p.states.size(), 0);
  for (int64_t c = s.c0; c < s.c1; ++c) {
    const int64_t there = p.columns.empty() ? 0 : p.columns[index(s, c)];
    if (s.x0 > there) {
      throw SimulationError(Guard::incomplete_tensor, place(s, c) + ": columns from " + std::to_string(s.x0) +
                                                          " are written before those from " +
                                                          std::to_string(there));
    }
    State& state = p.states[index(s, c)];
    if (state != State::absent || s.x0 < there) {
      throw SimulationError(Guard::double_transfer, place(s, c) + " is written to DRAM a second time");
    }
    state = State::storing;
  }
}

void DramImage::finish_piece(const Segment& s, Plane& p) {
  const size_t i = index(s, s.c0);
  if (s.x0 == 0) {
    p.hashes[i] = *s.hashes;
  } else if (p.hashes[i] != *s.hashes) {
    p.hashes[i] = hash2(p.hashes[i], *s.hashes);
  }
  p.columns[i] = s.x1;
  const bool whole = s.x1 == graph_.tensor(s.tensor).shape.w;
  p.states[i] = whole ? State::present : State::absent;
  if (whole) ++p.present;
}

void DramImage::finish_store(const Segment& s) {
  Plane& p = plane(s.tensor);
  if (s.values != nullptr) {
    const int64_t columns = s.x1 == 0 ? graph_.tensor(s.tensor).shape.w : s.x1 - s.x0;
    std::copy_n(s.values, (s.c1 - s.c0) * columns,
                p.values.begin() + static_cast<int64_t>(first_value(s, s.c0)));
  }
  if (s.x1 != 0) return finish_piece(s, p);
  std::copy(s.hashes, s.hashes + (s.c1 - s.c0), p.hashes.begin() + static_cast<int64_t>(index(s, s.c0)));
  std::fill_n(p.states.begin() + static_cast<int64_t>(index(s, s.c0)), s.c1 - s.c0, State::present);
  p.present += s.c1 - s.c0;
}

bool DramImage::complete(TensorId tensor) const {
  const Shape& shape = graph_.tensor(tensor).shape;
  return plane(tensor).present == shape.c * shape.h;
}

std::vector<uint64_t> DramImage::hashes(TensorId tensor) const {
  const Tensor& t = graph_.tensor(tensor);
  if (!complete(tensor)) {
    throw SimulationError(Guard::incomplete_tensor, tensor_label(graph_, tensor) + ": expected " +
                                                        std::to_string(t.shape.c * t.shape.h) +
                                                        " channel rows in DRAM, got " +
                                                        std::to_string(plane(tensor).present));
  }
  std::vector<uint64_t> result;
  result.reserve(plane(tensor).hashes.size());
  for (int64_t c = 0; c < t.shape.c; ++c) {
    for (int64_t y = 0; y < t.shape.h; ++y) {
      result.push_back(plane(tensor).hashes[static_cast<size_t>(y * t.shape.c + c)]);
    }
  }
  return result;
}

std::vector<Value> DramImage::values(TensorId tensor) const {
  const Shape& shape = graph_.tensor(tensor).shape;
  const std::vector<Value>& from = plane(tensor).values;
  std::vector<Value> result(from.size());
  for (int64_t c = 0; !from.empty() && c < shape.c; ++c) {
    for (int64_t y = 0; y < shape.h; ++y)
      std::copy_n(from.begin() + (y * shape.c + c) * shape.w, shape.w,
                  result.begin() + (c * shape.h + y) * shape.w);
  }
  return result;
}

}  // namespace fusesim::hw
