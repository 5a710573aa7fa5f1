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
  double dram_activate_pj = 3352.0;  ///< one row of one rank; the dram_ figures come with the DRAM part
  double dram_read_burst_pj = 2944.0;
  double dram_write_burst_pj = 2560.0;
  double dram_refresh_pj = 695520.0;
  double dram_background_mw = 412.8;                 ///< one rank with an open row
  std::optional<double> dram_precharged_mw = 326.4;  ///< one without; nothing: as with one
  std::optional<double> dram_power_down_mw =
      355.2;  ///< powered down with an open row; nothing: as powered up
  std::optional<double> dram_power_down_precharged_mw = 240.0;  ///< and without; nothing: as powered up
  double static_mw = 0.0;
};

/// Silicon; nothing stands for "auto", what area_of() works out.
struct AreaConfig {
  std::optional<double> buffer_mm2;
  std::optional<double> pe_mm2;  ///< one processing element with its registers
  double other_mm2 = 0.0;        ///< whatever else is to be counted
};

/// What one refresh command covers.
enum class RefreshMode : uint8_t {
  all_bank,   ///< a rank
  per_bank,   ///< one bank
  same_bank,  ///< the bank of one number in every bank group
};
inline constexpr std::array kRefreshModes = {
    std::pair{"all_bank", RefreshMode::all_bank},
    std::pair{"per_bank", RefreshMode::per_bank},
    std::pair{"same_bank", RefreshMode::same_bank},
};
/// Which burst goes first.
enum class Scheduling : uint8_t {
  fr_fcfs,  ///< row hits, then the oldest
  fcfs,     ///< in the order of their arrival
};
inline constexpr std::array kSchedulings = {
    std::pair{"fr_fcfs", Scheduling::fr_fcfs},
    std::pair{"fcfs", Scheduling::fcfs},
};
/// When writes go.
enum class WriteDrain : uint8_t {
  none,       ///< like reads
  watermark,  ///< once they fill most of the queue, until few are left, or while no read waits
};
inline constexpr std::array kWriteDrains = {
    std::pair{"none", WriteDrain::none},
    std::pair{"watermark", WriteDrain::watermark},
};
/// How the row number turns the number of the bank within its group.
enum class BankHash : uint8_t {
  none,
  rotate,  ///< by its lowest digit, in digits to the base of the banks of a group
  fold,    ///< by the sum of its digits
};
inline constexpr std::array kBankHashes = {
    std::pair{"none", BankHash::none},
    std::pair{"rotate", BankHash::rotate},
    std::pair{"fold", BankHash::fold},
};
/// Parts of an address.
enum class AddressField : uint8_t { channel, group, column, bank, rank, row };
inline constexpr std::array kAddressFields = {
    std::pair{"channel", AddressField::channel}, std::pair{"group", AddressField::group},
    std::pair{"column", AddressField::column},   std::pair{"bank", AddressField::bank},
    std::pair{"rank", AddressField::rank},       std::pair{"row", AddressField::row},
};
/// Each field once, the highest digit of a burst's number first.
using AddressOrder = std::array<AddressField, kAddressFields.size()>;

/// A DRAM part and its controller; defaults: configs/dram/ddr4_2400.yaml. Timings in DRAM clock cycles (nCK)
/// unless the name says otherwise. They count from the last clock of one command to the last of the next.
struct DramPart {
  int64_t channels = 1;
  int64_t ranks = 1;
  int64_t bank_groups = 4;
  int64_t banks_per_group = 4;
  int64_t rows = 65536;
  int64_t columns = 1024;       ///< column addresses per row
  int64_t bus_bits = 64;        ///< data bus of one channel
  int64_t burst_length = 8;     ///< beats
  int64_t clock_khz = 1200000;  ///< command clock
  int64_t cl = 16, cwl = 12, rcd = 16, rp = 16, ras = 39, rc = 55;
  int64_t rrd_s = 4, rrd_l = 6, faw = 26, ccd_s = 4, ccd_l = 6;
  int64_t wtr_s = 3, wtr_l = 9, rtp = 9, wr = 18, rtrs = 2;
  int64_t rfc = 420, refi = 9360;
  int64_t queue_depth = 32;  ///< bursts the scheduler looks at, per channel
  bool open_page = true;     ///< leave rows open after an access

  int64_t beats_per_clock = 2;
  int64_t dqsck = 0;        ///< read data come so much after cl
  int64_t dqss = 0;         ///< write data may come so much after cwl
  int64_t rcd_write = 0;    ///< 0: rcd
  int64_t ccd_l_write = 0;  ///< write to write of one group; 0: ccd_l
  int64_t rp_ab = 0;        ///< after a precharge of all banks; 0: rp
  int64_t ppd = 0;          ///< precharge to precharge of a rank
  int64_t activate_clocks = 1, burst_clocks = 1, precharge_clocks = 1, refresh_clocks = 1;  ///< on the pins
  bool row_bus = false;  ///< activates, precharges and refreshes have command pins of their own
  RefreshMode refresh = RefreshMode::all_bank;
  int64_t rfc_bank = 0;          ///< rfc of a refresh of less than a rank
  int64_t refresh_gap = 0;       ///< between two of those in a rank
  int64_t refresh_activate = 0;  ///< from one of those to an activate of another bank of the rank
  Scheduling scheduling = Scheduling::fr_fcfs;
  int64_t hit_cap = 0;  ///< row hits of a bank that may overtake its oldest burst; 0: any number
  WriteDrain write_drain = WriteDrain::none;
  AddressOrder address_map = {AddressField::row,    AddressField::rank,  AddressField::bank,
                              AddressField::column, AddressField::group, AddressField::channel};
  BankHash bank_hash = BankHash::rotate;
  int64_t power_down_after = 0;  ///< clocks without a burst after which a channel powers down; 0: never
  int64_t xp = 8;                ///< from the end of power-down to a command

  int64_t burst_bytes() const { return bus_bits / 8 * burst_length; }
  int64_t row_bytes() const { return bus_bits / 8 * columns; }
  int64_t capacity_bytes() const {
    return channels * ranks * bank_groups * banks_per_group * rows * row_bytes();
  }
  /// Clocks that a burst occupies the data bus.
  int64_t data_clocks() const { return (burst_length + beats_per_clock - 1) / beats_per_clock; }
  int64_t activate_to_write() const { return rcd_write > 0 ? rcd_write : rcd; }
  int64_t write_to_write_l() const { return ccd_l_write > 0 ? ccd_l_write : ccd_l; }
  int64_t precharge_all_time() const { return rp_ab > 0 ? rp_ab : rp; }
  /// Refresh commands per refi and rank.
  int64_t refreshes_per_rank() const;
  /// Least refi with which what waits is served between two refreshes.
  int64_t least_refi() const;
};

struct DramConfig : DramPart {
  std::string name = "ddr4_2400";
  std::string standard = "DDR4";
};

struct GraphConfig {
  bool fold_epilogues = true;
  /// Memory that a run may take for the rows, columns and channels of a network, as estimated from its
  /// shapes.
  int64_t memory_limit_bytes = int64_t{8} << 30;
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

/// Reads an accelerator file (empty path: the built-in defaults with DDR4-2400; a name of accelerators()
/// stands for its file), applies "key=value"
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
/// running program or Python module is installed in; else the source tree that the library was built from.
std::string data_directory();

}  // namespace fusesim
