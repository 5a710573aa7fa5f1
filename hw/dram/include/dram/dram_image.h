#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dram/segment.h"
#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"
#include "fusesim/values/network.h"

namespace fusesim::hw {

/// What the DRAM of one network holds: where every tensor and every op's weights lie, and the provenance hash
/// of each (row, channel) of the tensors. Layout of a tensor is (H, C, W), so a row and a channel range of a
/// row are contiguous. Graph inputs are present from the start (hw/ops/README.md gives their hashes).
///
/// A transfer is a begin_* when the command is given and a finish_* when the data has crossed the pins;
/// between the two a stored row is neither free nor readable. All four throw SimulationError: bad_schedule
/// (a segment outside its tensor or weights), incomplete_tensor (a read of what was not written),
/// double_transfer (a second write of a (row, channel), or a write to a graph input). A row may come in
/// pieces of columns, from left to right; hashes of pieces that disagree are mixed, so that it shows in the
/// result. Of a batch every image has tensors of its own, and all transfers are of one image at a time.
class DramImage {
 public:
  /// Throws Error if the network does not fit the part. `graph` must outlive the image, and so must `values`:
  /// with it, the elements of tensors are here as well, its inputs from the start.
  DramImage(const Graph& graph, const Datatypes& datatypes, const DramConfig& dram,
            const ValueNetwork* values = nullptr);

  /// Transfers are of this image from now on; the first at power-up.
  void select(int64_t image) { image_ = image; }

  /// First byte and length of a segment. Throws SimulationError(bad_schedule) if it is out of range.
  int64_t address(const Segment& segment) const;
  int64_t bytes(const Segment& segment) const;

  void begin_load(const Segment& segment) const;
  /// Copies the hashes to segment.hashes unless that is null, and the elements to segment.values.
  void finish_load(const Segment& segment) const;
  void begin_store(const Segment& segment);
  void finish_store(const Segment& segment);  ///< segment.hashes must not be null

  /// Every channel of every row is present.
  bool complete(TensorId tensor) const;
  /// Hashes of a tensor, index c * H + y. Throws SimulationError(incomplete_tensor) unless complete.
  std::vector<uint64_t> hashes(TensorId tensor) const;
  /// Elements of a complete tensor, index (c * H + y) * W + x; empty where there are no values.
  std::vector<Value> values(TensorId tensor) const;
  /// Bytes that the network occupies, alignment included.
  int64_t allocated_bytes() const { return allocated_bytes_; }
  /// Back to power-up: only the graph inputs are present.
  void reset();

 private:
  enum class State : uint8_t { absent, storing, present };
  /// Content of one tensor, index y * C + c; empty until the first store.
  struct Plane {
    int64_t address = 0;
    std::vector<uint64_t> hashes;
    std::vector<Value> values;  // index (y * C + c) * W + x
    std::vector<State> states;
    std::vector<int64_t> columns;  ///< that are there, from the left, of rows that come in pieces; else empty
    int64_t present = 0;
  };

  void check(const Segment& segment) const;
  bool holds(const Plane& plane, const Segment& segment, size_t i) const;
  void finish_piece(const Segment& segment, Plane& plane);
  int64_t reserve(int64_t bytes);
  size_t index(const Segment& segment, int64_t channel) const;
  void fill_input(TensorId tensor);
  void fill_values(size_t input);
  size_t first_value(const Segment& segment, int64_t channel) const;
  size_t plane_of(TensorId tensor) const {
    return static_cast<size_t>(image_) * graph_.tensors.size() + static_cast<size_t>(tensor);
  }
  Plane& plane(TensorId tensor) { return planes_[plane_of(tensor)]; }
  const Plane& plane(TensorId tensor) const { return planes_[plane_of(tensor)]; }
  std::string place(const Segment& segment, int64_t channel) const;

  const Graph& graph_;
  Datatypes datatypes_;
  int64_t alignment_bytes_ = 0;
  int64_t allocated_bytes_ = 0;
  int64_t image_ = 0;
  std::vector<Plane> planes_;              // per image and tensor
  std::vector<int64_t> weight_addresses_;  // per op
  const ValueNetwork* values_;
};

}  // namespace fusesim::hw
