#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fusesim {

/// Bytes per element (YAML gives bits, multiples of 8).
struct Datatypes {
  int64_t activation_bytes = 1;   ///< e_a
  int64_t weight_bytes = 1;       ///< e_w
  int64_t bias_bytes = 4;         ///< e_b
  int64_t partial_sum_bytes = 4;  ///< e_p
  bool from_file = false;         ///< the widths that the model's file stores come before these
  bool operator==(const Datatypes& o) const {
    return activation_bytes == o.activation_bytes && weight_bytes == o.weight_bytes &&
           bias_bytes == o.bias_bytes && partial_sum_bytes == o.partial_sum_bytes && from_file == o.from_file;
  }
};

/// What stays in the PE array.
enum class Dataflow : uint8_t { output_stationary, weight_stationary, input_stationary };
/// Every dataflow under the name that a configuration gives it, in the order of the enumeration.
inline constexpr std::array kDataflows = {
    std::pair{"output_stationary", Dataflow::output_stationary},
    std::pair{"weight_stationary", Dataflow::weight_stationary},
    std::pair{"input_stationary", Dataflow::input_stationary},
};

/// What stays in the array; what it comes to in cycles and accesses is worked out by hw/ and sw/cost each.
struct DataflowFacts {
  bool weights_stay;  ///< for a stripe of positions; else every step brings its own
  bool inputs_stay;   ///< for all output channels; else every column step reads them again
};
constexpr DataflowFacts dataflow_facts(Dataflow dataflow) {
  switch (dataflow) {
    case Dataflow::output_stationary:
      return {false, false};
    case Dataflow::weight_stationary:
      return {true, false};
    case Dataflow::input_stationary:
      return {true, true};
  }
  return {};
}

struct PeArrayConfig {
  int64_t rows = 32;     ///< input channels in parallel
  int64_t columns = 32;  ///< output channels in parallel
  Dataflow dataflow = Dataflow::weight_stationary;
  int64_t fill_cycles = 0;             ///< pipeline fill per run of blocks; 0: rows + columns
  bool fold_taps = true;               ///< rows that input channels leave free take further taps
  bool depthwise_positions = true;     ///< depthwise: rows that taps leave free take further positions
  int64_t stripe = 32;                 ///< positions that a column has accumulators for; 0: without limit
  int64_t weight_bytes_per_cycle = 0;  ///< 0: see weight_port_bytes()
  bool shadow_weights = true;          ///< the next step's weights come while this one works

  /// F: pipeline fill in cycles.
  int64_t pipeline_fill() const { return fill_cycles > 0 ? fill_cycles : rows + columns; }
  /// Bytes of weights that enter the array per cycle: as configured, else one row of the array;
  /// output-stationary, which takes new weights in every step, the whole array.
  int64_t weight_port_bytes(const Datatypes& types) const;
  /// L: cycles in which a whole array of weights enters.
  int64_t weight_load_cycles(const Datatypes& types) const;
};

struct VectorUnitConfig {
  int64_t lanes = 32;  ///< elements per cycle
};

struct BufferConfig {
  int64_t capacity_bytes = int64_t{256} * 1024;  ///< beta
  int64_t read_bytes_per_cycle = 0;              ///< 0: see Config::buffer_read_port_bytes()
  int64_t write_bytes_per_cycle = 0;             ///< 0: see Config::buffer_write_port_bytes()
  int64_t banks = 2;                             ///< 1: a cycle reads or writes; more: it does both
};

struct LbdfConfig {
  int64_t prefetch_rows = 0;  ///< extra ring rows per external input
};

/// What a BRR group has room for twice, so that the next comes while this one is worked on.
enum class DoubleBuffer : uint8_t {
  none,     ///< nothing: loads and computation follow one another
  weights,  ///< weights: sub-groups, or blocks of weight passes
  all,      ///< weights, and external tensors: the rows that the next tile adds, or the next slice
};
/// Every one of them under the name that configurations and schedules give it.
inline const std::vector<std::pair<const char*, DoubleBuffer>>& double_buffer_names() {
  static const std::vector<std::pair<const char*, DoubleBuffer>> names = {
      {"none", DoubleBuffer::none},
      {"weights", DoubleBuffer::weights},
      {"all", DoubleBuffer::all},
  };
  return names;
}
inline const char* to_string(DoubleBuffer double_buffer) {
  for (const auto& [name, value] : double_buffer_names()) {
    if (value == double_buffer) return name;
  }
  return "?";
}

struct BrrConfig {
  std::vector<int64_t> slice_channels;  ///< candidates for g, descending; default columns, /2, /4
  DoubleBuffer double_buffer = DoubleBuffer::none;
};

struct DmaConfig {
  int64_t max_outstanding_bursts = 64;
  int64_t setup_cycles = 8;  ///< per transfer, accelerator clock
};

/// pJ per event. Defaults: 45 nm, Horowitz, ISSCC 2014 (configs/README.md says how each was obtained).
struct EnergyConfig {
  double mac_pj = 0.3;
  double vector_op_pj = 0.1;
  std::optional<double> buffer_read_byte_pj;   ///< nothing: "auto", see Config::buffer_read_byte_pj()
  std::optional<double> buffer_write_byte_pj;  ///< likewise
  double dram_activate_pj = 8106.0;  ///< one row of one rank; the dram_ figures come with the DRAM part
  double dram_read_burst_pj = 4496.0;
  double dram_write_burst_pj = 3992.0;
  double dram_refresh_pj = 248640.0;
  double dram_background_mw = 422.4;  ///< one rank, powered up
  double static_mw = 0.0;
};

/// Silicon; nothing stands for "auto", what area_of() works out.
struct AreaConfig {
  std::optional<double> buffer_mm2;
  std::optional<double> pe_mm2;  ///< one processing element with its registers
  double other_mm2 = 0.0;        ///< whatever else is to be counted
};

/// A DRAM part and its controller; defaults: configs/dram/ddr4_2400.yaml. Timings in DRAM clock cycles (nCK)
/// unless the name says otherwise.
struct DramPart {
  int64_t channels = 1;
  int64_t ranks = 1;
  int64_t bank_groups = 4;
  int64_t banks_per_group = 4;
  int64_t rows = 65536;
  int64_t columns = 1024;       ///< column addresses per row
  int64_t bus_bits = 64;        ///< data bus of one channel
  int64_t burst_length = 8;     ///< beats
  int64_t clock_khz = 1200000;  ///< command clock; data at twice that
  int64_t cl = 16, cwl = 12, rcd = 16, rp = 16, ras = 39, rc = 55;
  int64_t rrd_s = 4, rrd_l = 6, faw = 26, ccd_s = 4, ccd_l = 6;
  int64_t wtr_s = 3, wtr_l = 9, rtp = 9, wr = 18, rtrs = 2;
  int64_t rfc = 420, refi = 9360;
  int64_t queue_depth = 32;  ///< bursts the scheduler looks at, per channel
  bool open_page = true;     ///< leave rows open after an access

  int64_t burst_bytes() const { return bus_bits / 8 * burst_length; }
  int64_t row_bytes() const { return bus_bits / 8 * columns; }
  int64_t capacity_bytes() const {
    return channels * ranks * bank_groups * banks_per_group * rows * row_bytes();
  }
};

struct DramConfig : DramPart {
  std::string name = "ddr4_2400";
  std::string standard = "DDR4";
};

struct GraphConfig {
  bool fold_epilogues = true;
};

struct SearchConfig {
  /// Exact search: (down-set, group) pairs looked at before it gives up optimality.
  int64_t state_limit = 4'000'000;
  /// Under least traffic: a group takes the fastest of its schedules that move no more than this part more.
  double traffic_slack = 0.0;
};

struct ConfirmConfig {
  /// A run's cycles may lie so much of themselves away from the predicted ones.
  double cycles_tolerance = 0.08;
};

/// The whole validated configuration. Immutable once loaded; modules get the slice that they need.
struct Config {
  std::string name = "default";
  Datatypes datatypes;
  BufferConfig buffer;
  PeArrayConfig pe;
  VectorUnitConfig vector_unit;
  int64_t clock_khz = 1'000'000;  ///< accelerator clock
  LbdfConfig lbdf;
  BrrConfig brr;
  /// Weights of the next group come while a group runs, as far as the buffer that it leaves holds them.
  bool prefetch_next_group = false;
  DmaConfig dma;
  EnergyConfig energy;
  AreaConfig area;
  DramConfig dram;
  GraphConfig graph;
  SearchConfig search;
  ConfirmConfig confirm;

  /// Bytes per cycle between the buffer and a compute unit: as configured, else what the array takes at its
  /// full rate, partial sums included: inputs, weights and the sums that come back (rows * e_a + its weight
  /// port + columns * e_p), and the sums that all its columns leave (columns * e_p); no less than the vector
  /// unit's two operands and one result per lane.
  int64_t buffer_read_port_bytes() const;
  int64_t buffer_write_port_bytes() const;
  /// pJ of a byte that is read from or written to the buffer: as configured, else sram_byte_pj of its
  /// capacity.
  double buffer_read_byte_pj() const;
  double buffer_write_byte_pj() const;
};
/// pJ of a byte of a 64-bit access to an on-chip buffer of this many bytes, 45 nm: the power law through the
/// three caches of Horowitz, ISSCC 2014 (configs/README.md has the arithmetic). Precondition:
/// capacity_bytes > 0.
double sram_byte_pj(int64_t capacity_bytes);

/// mm2 of silicon. The array is its processing elements and the accumulators of its columns.
struct AreaEstimate {
  double buffer_mm2 = 0.0;
  double array_mm2 = 0.0;
  double other_mm2 = 0.0;
  double total_mm2() const { return buffer_mm2 + array_mm2 + other_mm2; }
};
/// Area of a machine: as configured, else 45 nm from capacity, array and element widths (configs/README.md
/// has sources and arithmetic).
AreaEstimate area_of(const Config& config);

/// Equal in every field.
bool operator==(const Config& a, const Config& b);

/// Reads an accelerator file (empty path: the built-in defaults with DDR4-2400), applies "key=value"
/// overrides in order, validates everything and throws Error listing every fault, one line each, in the form
/// "file:line:column: key: expected X, got Y" (overrides: "--set: key: ..."). `dram` names a file in
/// configs/dram (without .yaml), a path relative to the accelerator file (--set: to the working directory),
/// or a map of `preset` and keys laid over it. Derived: brr.slice_channels, if not given.
Config load_config(const std::string& path, const std::vector<std::string>& overrides = {});
/// The resolved configuration as YAML that load_config accepts and maps to an equal Config.
std::string to_yaml(const Config& config);
/// "256KiB", "1MiB", "131072", "64KB" (KB = 1000 bytes), decimals only if whole bytes result.
/// Throws Error: "<what>: expected a size ..., got ...".
int64_t parse_bytes(const std::string& text, const std::string& what);
/// Directory that holds configs/ and models/: $FUSESIM_DATA_DIR if set; share/fusesim of the prefix that the
/// running program is installed in; else the source tree that the library was built from.
std::string data_directory();

}  // namespace fusesim
