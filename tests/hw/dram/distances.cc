#include "distances.h"

#include <algorithm>

namespace fusesim::hw {

std::vector<std::pair<std::string, int64_t>> named(const Distances& d) {
  return {
      {"length of an activate", d.activate_length},
      {"length of a burst command", d.burst_length},
      {"length of a precharge", d.precharge_length},
      {"length of a refresh", d.refresh_length},
      {"row pins", d.row_pins ? 1 : 0},
      {"activate to activate, same bank", d.activate_activate},
      {"activate to activate, same group", d.activate_activate_l},
      {"activate to activate", d.activate_activate_s},
      {"four activates", d.four_activates},
      {"activate to read", d.activate_read},
      {"activate to write", d.activate_write},
      {"activate to precharge", d.activate_precharge},
      {"activate to refresh", d.activate_refresh},
      {"read to precharge", d.read_precharge},
      {"write to precharge", d.write_precharge},
      {"precharge to activate", d.precharge_activate},
      {"precharge of all banks to activate", d.precharge_all_activate},
      {"precharge to refresh", d.precharge_refresh},
      {"precharge of all banks to refresh", d.precharge_all_refresh},
      {"precharge to precharge", d.precharge_precharge},
      {"read to read, same group", d.read_read_l},
      {"read to read", d.read_read_s},
      {"write to write, same group", d.write_write_l},
      {"write to write", d.write_write_s},
      {"write to read, same group", d.write_read_l},
      {"write to read", d.write_read_s},
      {"read to write", d.read_write},
      {"refresh to activate", d.refresh_activate},
      {"refresh of a bank to activate", d.bank_refresh_activate},
      {"activate to refresh of another bank, same group", d.activate_refresh_other_l},
      {"activate to refresh of another bank", d.activate_refresh_other_s},
      {"refresh to activate of another bank", d.refresh_activate_other},
      {"refresh to refresh of another bank", d.refresh_refresh_other},
      {"read to data", d.read_data},
      {"write to data", d.write_data},
      {"read to end of data", d.read_ends},
      {"write to end of data", d.write_ends},
      {"data", d.data},
      {"pause between ranks", d.pause},
  };
}

Distances distances_of(const DramConfig& p) {
  const int64_t a = p.activate_clocks;
  const int64_t b = p.burst_clocks;
  const int64_t c = p.precharge_clocks;
  const int64_t r = p.refresh_clocks;
  const int64_t data = (p.burst_length + p.beats_per_clock - 1) / p.beats_per_clock;
  const int64_t write_end = p.cwl + p.dqss + data;
  const int64_t ccd_l = std::max(p.ccd_l, data);
  const int64_t rp_ab = p.rp_ab == 0 ? p.rp : p.rp_ab;
  const bool whole = p.refresh == RefreshMode::all_bank;
  Distances d;
  d.activate_length = a, d.burst_length = b, d.precharge_length = c, d.refresh_length = r;
  d.row_pins = p.row_bus;
  d.activate_activate = p.rc, d.activate_activate_l = p.rrd_l, d.activate_activate_s = p.rrd_s;
  d.four_activates = p.faw;
  d.activate_read = p.rcd + a - b;
  d.activate_write = (p.rcd_write == 0 ? p.rcd : p.rcd_write) + a - b;
  d.activate_precharge = p.ras + a - c;
  d.activate_refresh = p.rc + a - r;
  d.read_precharge = p.rtp + b - c;
  d.write_precharge = write_end + p.wr + b - c;
  d.precharge_activate = p.rp + c - a, d.precharge_all_activate = rp_ab + c - a;
  d.precharge_refresh = p.rp + c - r, d.precharge_all_refresh = (whole ? rp_ab : p.rp) + c - r;
  d.precharge_precharge = p.ppd;
  d.read_read_l = ccd_l, d.read_read_s = std::max(p.ccd_s, data);
  d.write_write_l = std::max(p.ccd_l_write == 0 ? p.ccd_l : p.ccd_l_write, ccd_l);
  d.write_write_s = d.read_read_s;
  d.write_read_l = write_end + p.wtr_l, d.write_read_s = write_end + p.wtr_s;
  d.read_write = p.cl + p.dqsck + data + p.rtrs - p.cwl;
  d.refresh_activate = (whole ? p.rfc : p.rfc_bank) + r - a;
  d.bank_refresh_activate = p.rfc_bank == 0 ? 0 : p.rfc_bank + r - a;
  d.activate_refresh_other_l = p.rrd_l + a - r, d.activate_refresh_other_s = p.rrd_s + a - r;
  d.refresh_activate_other = p.refresh_activate + r - a;
  d.refresh_refresh_other = p.refresh_gap;
  d.read_data = b - 1 + p.cl, d.write_data = b - 1 + p.cwl;
  d.read_ends = d.read_data + p.dqsck + data, d.write_ends = d.write_data + p.dqss + data;
  d.data = data, d.pause = p.rtrs;
  return d;
}

}  // namespace fusesim::hw
