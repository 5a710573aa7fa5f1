#include "fusesim/schedule/schedule.h"

namespace fusesim {

const char* to_string(Scheme scheme) { return scheme == Scheme::lbdf ? "lbdf" : "brr"; }

const char* to_string(GroupMode mode) {
  switch (mode) {
    case GroupMode::lbdf:
      return "lbdf";
    case GroupMode::brr_tiles:
      return "brr_tiles";
    case GroupMode::brr_passes:
      return "brr_passes";
    case GroupMode::opaque:
      break;
  }
  return "opaque";
}

const char* to_string(Residency residency) { return residency == Residency::full ? "full" : "slice"; }
const char* to_string(BrrStart start) { return start == BrrStart::full ? "full" : "slice"; }
const char* to_string(BrrJoin join) { return join == BrrJoin::all ? "all" : "any"; }

}  // namespace fusesim
