#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "fusesim/config/config.h"

namespace fusesim::hw {

/// Least distances between the first clocks of two commands of one channel, and what else a checker has to
/// know of a part. "other": another bank of the rank.
struct Distances {
  int64_t activate_length = 1, burst_length = 1, precharge_length = 1, refresh_length = 1;  ///< on the pins
  bool row_pins = false;          ///< activates, precharges and refreshes do not share the pins of bursts
  int64_t activate_activate = 0;  ///< same bank
  int64_t activate_activate_l = 0, activate_activate_s = 0;
  int64_t four_activates = 0;
  int64_t activate_read = 0, activate_write = 0, activate_precharge = 0, activate_refresh = 0;
  int64_t read_precharge = 0, write_precharge = 0;
  int64_t precharge_activate = 0, precharge_all_activate = 0;
  int64_t precharge_refresh = 0, precharge_all_refresh = 0;
  int64_t precharge_precharge = 0;  ///< any banks of the rank
  int64_t read_read_l = 0, read_read_s = 0, write_write_l = 0, write_write_s = 0;
  int64_t write_read_l = 0, write_read_s = 0, read_write = 0;
  int64_t refresh_activate = 0;
  int64_t bank_refresh_activate = 0;  ///< same bank, after a refresh of less than the rank; 0: there is none
  int64_t activate_refresh_other_l = 0, activate_refresh_other_s = 0;  ///< of less than the rank
  int64_t refresh_activate_other = 0, refresh_refresh_other = 0;
  int64_t read_data = 0, write_data = 0;  ///< first clock of the data, nominal
  int64_t read_ends = 0, write_ends = 0;  ///< clock after the last of the data, at the latest
  int64_t data = 0, pause = 0;            ///< length, and between data of two ranks
};

/// Every distance with its name.
std::vector<std::pair<std::string, int64_t>> named(const Distances& d);

/// Of any part, from its keys: they count from the last clock of a command to the last of the next.
Distances distances_of(const DramConfig& part);

/// Of a part of configs/dram, from the nanoseconds, least clocks and formulas of its standard and its
/// datasheet, not from its file. Throws std::out_of_range for a part that nobody has looked up.
Distances published_distances(const std::string& name);
/// Parts that published_distances knows.
std::vector<std::string> published_parts();

}  // namespace fusesim::hw
