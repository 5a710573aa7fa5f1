#include "validate.h"

#include <string>
#include <utility>
#include <vector>

namespace fusesim {
namespace {

class Rules {
 public:
  Rules(std::string source, ReadState& state) : source_(std::move(source)), state_(state) {}

  /// Reports where the last word on `keys` was written: by an override, else by the configuration, else by a
  /// DRAM file; of two of one kind the earlier key. The message names keys[0].
  void require(bool holds, const std::vector<std::string>& keys, const std::string& expected,
               const std::string& got) {
    if (holds) return;
    Place place{source_, 0, 0};
    Layer highest = Layer::none;
    for (const std::string& key : keys) {
      if (state_.failed.count(key) != 0) return;
      const Layer layer = layer_of(key);
      if (layer <= highest) continue;
      highest = layer;
      place = state_.places.at(key);
    }
    state_.diagnostics.add(place, keys[0], expected, got);
  }

  void at_least(const std::string& key, int64_t value, const std::string& other, int64_t bound) {
    require(value >= bound, {"dram." + key, "dram." + other},
            "at least dram." + other + " (" + std::to_string(bound) + ")", std::to_string(value));
  }

 private:
  enum class Layer : uint8_t { none, dram_file, configuration, override };

  Layer layer_of(const std::string& key) const {
    const auto written = state_.places.find(key);
    if (written == state_.places.end()) return Layer::none;
    if (state_.inherited.count(key) != 0) return Layer::dram_file;
    return written->second.file == source_ ? Layer::configuration : Layer::override;
  }

  std::string source_;
  ReadState& state_;
};

/// Between two refreshes of a rank its rows are closed, one is opened, a burst crosses the pins and the row
/// recovers: with less time than that no burst would ever be served.
void check_refresh(const DramConfig& d, Rules& rules) {
  const bool whole = d.refresh == RefreshMode::all_bank;
  const std::string key = whole ? "rfc" : "rfc_bank";
  const int64_t blocked = whole ? d.rfc : d.rfc_bank;
  if (d.refi <= blocked) {
    return rules.require(false, {"dram.refi", "dram." + key},
                         "more than dram." + key + " (" + std::to_string(blocked) + ")",
                         std::to_string(d.refi));
  }
  const int64_t least = d.least_refi();
  rules.require(d.refi >= least,
                {"dram.refi", "dram." + key, "dram.rc", "dram.cl", "dram.cwl", "dram.wr", "dram.burst_length",
                 "dram.dqsck", "dram.dqss", "dram.rp_ab", "dram.ppd", "dram.refresh_gap", "dram.refresh"},
                "at least " + std::to_string(least) + " (dram." + key +
                    " and the time that a burst needs between two refreshes)",
                std::to_string(d.refi));
}

void check_dram(const DramConfig& d, Rules& rules) {
  rules.at_least("columns", d.columns, "burst_length", d.burst_length);
  rules.at_least("ras", d.ras, "rcd", d.rcd);
  rules.at_least("rrd_l", d.rrd_l, "rrd_s", d.rrd_s);
  rules.at_least("ccd_l", d.ccd_l, "ccd_s", d.ccd_s);
  rules.at_least("wtr_l", d.wtr_l, "wtr_s", d.wtr_s);
  rules.at_least("faw", d.faw, "rrd_s", d.rrd_s);
  rules.require(d.rc >= d.ras + d.rp, {"dram.rc", "dram.ras", "dram.rp"},
                "at least dram.ras + dram.rp (" + std::to_string(d.ras + d.rp) + ")", std::to_string(d.rc));
  rules.require(d.ccd_s >= d.data_clocks(), {"dram.ccd_s", "dram.burst_length", "dram.beats_per_clock"},
                "at least the clocks of dram.burst_length (" + std::to_string(d.data_clocks()) + ")",
                std::to_string(d.ccd_s));
  rules.require(d.ras >= d.activate_to_write(), {"dram.ras", "dram.rcd_write"},
                "at least dram.rcd_write (" + std::to_string(d.rcd_write) + ")", std::to_string(d.ras));
  rules.require(d.write_to_write_l() >= d.ccd_l, {"dram.ccd_l_write", "dram.ccd_l"},
                "0 or at least dram.ccd_l (" + std::to_string(d.ccd_l) + ")", std::to_string(d.ccd_l_write));
  rules.require(d.refresh == RefreshMode::all_bank || d.rfc_bank > 0, {"dram.rfc_bank", "dram.refresh"},
                "at least 1 with this dram.refresh", std::to_string(d.rfc_bank));
  check_refresh(d, rules);

  int64_t capacity = 1;
  bool fits = true;
  for (const int64_t factor :
       {d.channels, d.ranks, d.bank_groups, d.banks_per_group, d.rows, d.columns, d.bus_bits / 8}) {
    fits = fits && !__builtin_mul_overflow(capacity, factor, &capacity);
  }
  constexpr int64_t kLargestDramBytes = int64_t{1} << 48;
  rules.require(fits && capacity <= kLargestDramBytes,
                {"dram.rows", "dram.columns", "dram.channels", "dram.ranks"}, "a DRAM of at most 256 TiB",
                "more");
}

}  // namespace

void check_rules(const Config& config, const std::string& source, ReadState& state) {
  Rules rules(source, state);
  const Datatypes& types = config.datatypes;
  rules.require(types.partial_sum_bytes >= types.activation_bytes,
                {"datatypes.partial_sum_bits", "datatypes.activation_bits"},
                "at least datatypes.activation_bits (" + std::to_string(types.activation_bytes * 8) + ")",
                std::to_string(types.partial_sum_bytes * 8));
  check_dram(config.dram, rules);
}

}  // namespace fusesim
