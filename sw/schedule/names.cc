#include "fusesim/schedule/schedule.h"

namespace fusesim {

const std::vector<Scheme>& all_schemes() {
  static const std::vector<Scheme> all = {Scheme::lbdf, Scheme::brr};
  return all;
}

const std::vector<GroupMode>& all_group_modes() {
  static const std::vector<GroupMode> all = {GroupMode::lbdf, GroupMode::brr_tiles, GroupMode::brr_passes,
                                             GroupMode::opaque};
  return all;
}

std::optional<Scheme> scheme_named(const std::string& name) {
  for (const Scheme scheme : all_schemes()) {
    if (name == to_string(scheme)) return scheme;
  }
  return std::nullopt;
}

const char* to_string(Scheme scheme) {
  switch (scheme) {
    case Scheme::lbdf:
      return "lbdf";
    case Scheme::brr:
      return "brr";
  }
  return "?";
}

const std::vector<GroupMode>& modes_of(Scheme scheme, bool one_op) {
  static const std::vector<GroupMode> line_buffers = {GroupMode::lbdf};
  static const std::vector<GroupMode> tiles = {GroupMode::brr_tiles, GroupMode::brr_passes};
  static const std::vector<GroupMode> any = {GroupMode::lbdf, GroupMode::brr_tiles, GroupMode::brr_passes};
  switch (scheme) {
    case Scheme::lbdf:
      return one_op ? any : line_buffers;
    case Scheme::brr:
      break;
  }
  return tiles;
}

const char* to_string(GroupMode mode) {
  switch (mode) {
    case GroupMode::lbdf:
      return "lbdf";
    case GroupMode::brr_tiles:
      return "brr_tiles";
    case GroupMode::brr_passes:
      return "brr_passes";
    case GroupMode::opaque:
      return "opaque";
  }
  return "?";
}

const char* to_string(Residency residency) {
  switch (residency) {
    case Residency::full:
      return "full";
    case Residency::slice:
      return "slice";
  }
  return "?";
}

const char* to_string(BrrStart start) {
  switch (start) {
    case BrrStart::full:
      return "full";
    case BrrStart::slice:
      return "slice";
  }
  return "?";
}

const char* to_string(BrrJoin join) {
  switch (join) {
    case BrrJoin::all:
      return "all";
    case BrrJoin::any:
      return "any";
  }
  return "?";
}

bool weights_stay(const GroupSchedule& group) {
  switch (group.mode) {
    case GroupMode::lbdf:
      return true;
    case GroupMode::brr_tiles:
      return group.brr.weights_resident;
    case GroupMode::brr_passes:
      return group.brr.passes == 1;
    case GroupMode::opaque:
      break;
  }
  return false;
}

}  // namespace fusesim
