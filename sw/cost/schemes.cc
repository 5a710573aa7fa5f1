#include <algorithm>
#include <stdexcept>

#include "brr/model.h"
#include "brr/scheme.h"
#include "complete_group.h"
#include "fusesim/base/error.h"
#include "fusesim/graph/op_facts.h"
#include "lbdf/model.h"
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

void complete_group(const Graph& graph, const CostParams& params, const FusionScheme& scheme,
                    GroupSchedule& group) {
  if (group.mode == GroupMode::opaque || is_opaque(graph.op(group.ops.front()))) return;
  switch (running_scheme(group.mode, scheme).id()) {
    case Scheme::lbdf:
      return LbdfModel(graph, params).complete(group);
    case Scheme::brr:
      return BrrModel(graph, params).complete(group);
  }
  throw std::logic_error("no such scheme");
}

}  // namespace fusesim
