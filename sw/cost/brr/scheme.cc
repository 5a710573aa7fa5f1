#include "brr/scheme.h"

#include <algorithm>

#include "brr/certain_rows.h"
#include "brr/fit_bound.h"
#include "brr/model.h"
#include "brr/storage_floor.h"
#include "time/op_floor.h"

namespace fusesim {
namespace {

/// Every weight once, and of every tensor the rows that no tiling can skip.
TrafficFloor streamed_floor(const Graph& graph, const Datatypes& datatypes) {
  TrafficFloor floor = whole_tensor_floor(graph, datatypes);
  const CertainRows certain(graph);
  for (size_t o = 0; o < graph.ops.size(); ++o) {
    for (const RowRead& read : row_reads(graph, graph.ops[o])) {
      for (TrafficFloor::Fetch& fetch : floor.fetches[o]) {
        if (fetch.tensor != read.tensor) continue;
        fetch.bytes = fetch.bytes / read.rows * certain.streamed_rows(read, graph.ops[o].output());
        int64_t& least = floor.least_fetch_bytes[static_cast<size_t>(fetch.tensor)];
        least = std::min(least, fetch.bytes);
      }
    }
  }
  return floor;
}

class BrrScheme : public FusionScheme {
 public:
  Scheme id() const override { return Scheme::brr; }
  const char* title() const override { return "BRR"; }
  const char* summary() const override { return "tiles and slices"; }
  bool traffic_depends_on_buffer() const override { return true; }
  std::unique_ptr<GroupModel> model(const Graph& graph, const CostParams& params) const override {
    return std::make_unique<BrrModel>(graph, params);
  }
  std::unique_ptr<FitBound> fit_bound(const Graph& graph, const CostParams& params,
                                      int64_t buffer_bytes) const override {
    return make_brr_fit_bound(graph, params, buffer_bytes);
  }
  std::vector<StorageFloor> storage_floors(const Graph& graph, const CostParams& params,
                                           int64_t) const override {
    return brr_storage_floors(graph, params);
  }
  TrafficFloor traffic_floor(const Graph& graph, const Datatypes& datatypes) const override {
    return streamed_floor(graph, datatypes);
  }
  WorkFloor work_floor(const Graph& graph, const CostParams& params, int64_t) const override {
    WorkFloor floor = machine_floor(params.machine);
    floor.units_in_turn = true;
    const CertainRows certain(graph);
    for (const Op& op : graph.ops)
      floor.ops.push_back(least_work(graph, op, certain.count(op.output()), params));
    return floor;
  }
};

}  // namespace

const FusionScheme& brr_scheme() {
  static const BrrScheme scheme;
  return scheme;
}

}  // namespace fusesim
