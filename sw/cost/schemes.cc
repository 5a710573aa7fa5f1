#include <algorithm>
#include <stdexcept>

#include "brr/scheme.h"
#include "fusesim/base/error.h"
#include "lbdf/scheme.h"

namespace fusesim {

const std::vector<const FusionScheme*>& fusion_schemes() {
  static const std::vector<const FusionScheme*> schemes = {&lbdf_scheme(), &brr_scheme()};
  return schemes;
}

const FusionScheme& fusion_scheme(Scheme id) {
  for (const FusionScheme* scheme : fusion_schemes()) {
    if (scheme->id() == id) return *scheme;
  }
  throw std::logic_error(std::string("no fusion scheme ") + to_string(id));
}

const FusionScheme& running_scheme(GroupMode mode, const FusionScheme& scheme) {
  for (const FusionScheme* s = &scheme; s != nullptr; s = s->fallback()) {
    const std::vector<GroupMode>& modes = modes_of(s->id(), false);
    if (std::find(modes.begin(), modes.end(), mode) != modes.end()) return *s;
  }
  return scheme;
}

}  // namespace fusesim
