#include "lbdf/scheme.h"

#include "lbdf/fit_bound.h"
#include "lbdf/model.h"

namespace fusesim {
namespace {

class LbdfScheme : public FusionScheme {
 public:
  Scheme id() const override { return Scheme::lbdf; }
  const char* title() const override { return "LBDF"; }
  const char* summary() const override { return "line buffers, depth first"; }
  const FusionScheme* fallback() const override { return &fusion_scheme(Scheme::brr); }
  bool traffic_depends_on_buffer() const override { return false; }
  std::unique_ptr<GroupModel> model(const Graph& graph, const CostParams& params) const override {
    return std::make_unique<LbdfModel>(graph, params);
  }
  std::unique_ptr<FitBound> fit_bound(const Graph& graph, const CostParams& params,
                                      int64_t buffer_bytes) const override {
    return make_lbdf_fit_bound(graph, params, buffer_bytes);
  }
  TrafficFloor traffic_floor(const Graph& graph, const Datatypes& datatypes) const override {
    return whole_tensor_floor(graph, datatypes);
  }
};

}  // namespace

const FusionScheme& lbdf_scheme() {
  static const LbdfScheme scheme;
  return scheme;
}

}  // namespace fusesim
