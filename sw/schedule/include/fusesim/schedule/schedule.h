#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"

namespace fusesim {

/// A fusion scheme, as schedules name it. What it means for groups: sw/cost.
enum class Scheme : uint8_t { lbdf, brr };

/// How one group runs.
enum class GroupMode : uint8_t {
  lbdf,        ///< line-buffer depth-first
  brr_tiles,   ///< horizontal tiles, slices
  brr_passes,  ///< one convolution, weight passes
  opaque,      ///< one opaque op, streamed
};

/// All of them, in the order in which they are listed.
const std::vector<Scheme>& all_schemes();
const std::vector<GroupMode>& all_group_modes();
std::optional<Scheme> scheme_named(const std::string& name);

/// Modes of groups in a schedule of this scheme, by whether a group is one op; opaque ops aside, which are
/// opaque everywhere. A plan may hold ops that fit no group of its scheme: they run alone under another one.
const std::vector<GroupMode>& modes_of(Scheme scheme, bool one_op);

enum class Residency : uint8_t { full, slice };
/// Residency of a shared external input (start), and rule by which channel-local ops inherit it (join).
enum class BrrStart : uint8_t { full, slice };
enum class BrrJoin : uint8_t { all, any };

/// Ring of a line-buffered tensor. Tensors that work in place own no ring and are absent.
struct Ring {
  TensorId tensor = -1;
  int64_t rows = 0;  ///< without prefetch rows
};

struct TensorResidency {
  TensorId tensor = -1;
  Residency residency = Residency::full;
};

/// Parameters of a brr_tiles group (residency, start, join, tile_rows, tiles, weights_resident) or of a
/// brr_passes group (slice_channels, block_channels, passes); of both, what has room twice.
struct BrrSchedule {
  BrrStart start = BrrStart::full;
  BrrJoin join = BrrJoin::all;
  int64_t slice_channels = 0;  ///< g
  int64_t tile_rows = 0;       ///< h: tile i holds rows [i*s_v*h, (i+1)*s_v*h) of sink v
  int64_t tiles = 0;           ///< n(h); of weight passes: the passes
  bool weights_resident = false;
  std::vector<TensorResidency> residency;  ///< every tensor of the group, externals included, ascending
  int64_t block_channels = 0;              ///< k: output channels per weight pass
  int64_t passes = 0;                      ///< ceil(C_out / k)
  DoubleBuffer double_buffer = DoubleBuffer::none;
};

struct GroupSchedule {
  GroupMode mode = GroupMode::lbdf;
  Group ops;
  std::vector<TensorId> outgoing;  ///< ascending
  std::vector<Ring> rings;         ///< lbdf only, ascending tensor ids, externals included
  int64_t prefetch_rows = 0;       ///< lbdf only: extra ring rows of every external input
  int64_t strips = 1;              ///< vertical strips of columns, one after another; opaque: 1
  BrrSchedule brr;                 ///< brr_tiles and brr_passes only
};

/// All weights of a group in strips are on chip when its first strip ends, and stay for the others.
bool weights_stay(const GroupSchedule& group);

/// Everything the machine needs to know to run a network, and nothing that predicts its traffic.
struct Schedule {
  std::shared_ptr<const Graph> graph;
  std::string model_name;
  std::string model_sha256;  ///< of the ONNX file, lower-case hex
  Datatypes datatypes;
  int64_t buffer_bytes = 0;  ///< beta
  Scheme scheme{};
  std::vector<GroupSchedule> groups;  ///< in execution order
};
/// Every tensor that leaves its group, ascending.
std::vector<TensorId> stored_tensors(const Schedule& schedule);

/// DRAM payload bytes by kind.
struct Traffic {
  int64_t ifmap_bytes = 0;
  int64_t ofmap_bytes = 0;
  int64_t weight_bytes = 0;  ///< weights and biases

  int64_t total_bytes() const { return ifmap_bytes + ofmap_bytes + weight_bytes; }
  Traffic& operator+=(const Traffic& o) {
    ifmap_bytes += o.ifmap_bytes;
    ofmap_bytes += o.ofmap_bytes;
    weight_bytes += o.weight_bytes;
    return *this;
  }
  bool operator==(const Traffic& o) const {
    return ifmap_bytes == o.ifmap_bytes && ofmap_bytes == o.ofmap_bytes && weight_bytes == o.weight_bytes;
  }
};

/// Predicted payload bytes of every row of one tensor (index = row), summed over the group's run.
struct TensorTraffic {
  TensorId tensor = -1;
  std::vector<int64_t> row_bytes;
};

/// Predicted time and energy of a group, and what bounds it.
struct PredictedTime {
  int64_t cycles = 0;         ///< F_T, accelerator clock
  int64_t energy_pj = 0;      ///< F_E
  int64_t array_cycles = 0;   ///< the PE array works
  int64_t vector_cycles = 0;  ///< the vector unit works
  int64_t port_cycles = 0;    ///< a unit waits for a port of the on-chip buffer
  int64_t dram_cycles = 0;    ///< the data bus is taken
  int64_t macs = 0;           ///< rows made again included
};

struct GroupPrediction {
  Traffic traffic;
  int64_t buffer_bytes = 0;           ///< footprint of the scheduled variant
  int64_t f_beta_bytes = 0;           ///< least buffer that any variant needs
  std::vector<TensorTraffic> ifmaps;  ///< one per external input, ascending
  std::vector<TensorTraffic> ofmaps;  ///< one per outgoing tensor, ascending
  PredictedTime time = {};
};

/// What the cost model says of a schedule. Kept apart from Schedule: simulate() never gets it.
struct Prediction {
  std::vector<GroupPrediction> groups;
};

/// A stored schedule as read back. `has_hash` is false for a file written by hand.
struct StoredSchedule {
  Schedule schedule;
  bool has_hash = false;
  bool has_prediction = false;
  Prediction prediction;
};

/// JSON `fusesim.schedule/1` with a SHA-256 of its own content; ops and tensors by ONNX name and index.
std::string to_json(const Schedule& schedule, const Prediction* prediction);
/// Parses and checks version, content hash, model hash, datatypes, legality of every group and of the plan,
/// and every index and range. Throws Error("path: place: reason"). `graph` is the network the caller
/// imported; the schedule refers to it, or, where an op of it runs as an opaque transfer, to a copy in which
/// that op is opaque.
StoredSchedule schedule_from_json(const std::string& text, const std::string& path,
                                  std::shared_ptr<const Graph> graph, const std::string& model_sha256);
/// Checks that a schedule is complete and consistent (not that it fits). Empty string, or the reason.
std::string invalid_reason(const Schedule& schedule);

const char* to_string(Scheme scheme);
const char* to_string(GroupMode mode);
const char* to_string(Residency residency);
const char* to_string(BrrStart start);
const char* to_string(BrrJoin join);

}  // namespace fusesim
