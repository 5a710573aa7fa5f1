#include "lbdf/scheme.h"

#include "fusesim/base/checked.h"
#include "fusesim/graph/op_facts.h"
#include "lbdf/fit_bound.h"
#include "lbdf/model.h"
#include "lbdf/storage_floor.h"
#include "summable.h"
#include "time/op_floor.h"
#include "time/op_time.h"

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
  std::vector<StorageFloor> storage_floors(const Graph& graph, const CostParams& params,
                                           int64_t buffer_bytes) const override {
    return {lbdf_storage_floor(graph, params, buffer_bytes)};
  }
  TrafficFloor traffic_floor(const Graph& graph, const Datatypes& datatypes) const override {
    return whole_tensor_floor(graph, datatypes);
  }
  /// Rows are blocks here; an op that fits no group runs in whatever blocks.
  WorkFloor work_floor(const Graph& graph, const CostParams& params, int64_t buffer_bytes) const override {
    WorkFloor floor = machine_floor(params.machine);
    const std::vector<int64_t> rows = certain_rows_from_top(graph);
    LbdfModel model(graph, params);
    for (size_t o = 0; o < graph.ops.size(); ++o) {
      const Op& op = graph.ops[o];
      const int64_t made = rows[static_cast<size_t>(op.output())];
      floor.ops.push_back(least_work(graph, op, made, params));
      if (is_opaque(op) || model.f_beta_bytes({static_cast<OpId>(o)}) >= buffer_bytes) continue;
      if (op_facts(op).unit != Unit::pe_array) continue;
      const int64_t row_cycles =
          ArrayTime(params.machine, params.datatypes).block(array_block(graph, op, 1)).cycles;
      named([&op] { return "op '" + op.name + "'"; },
            [&] {
              OpWork& work = floor.ops.back();
              work.array_cycles = checked_mul(checked_mul(graph.batch, made, "cycles"), row_cycles, "cycles");
              require_summable(graph, work);
            });
    }
    return floor;
  }
};

}  // namespace

const FusionScheme& lbdf_scheme() {
  static const LbdfScheme scheme;
  return scheme;
}

}  // namespace fusesim
