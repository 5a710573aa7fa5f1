#include "fusesim/testing/confirm.h"

#include <algorithm>
#include <map>

#include "fusesim/testing/reference_evaluation.h"

namespace fusesim::testing {
namespace {

class Comparison {
 public:
  Comparison(const ScheduledNetwork& network, const RunResult& run) : network_(network), run_(run) {}

  std::vector<Mismatch> all() {
    const size_t groups = network_.schedule.groups.size();
    expect(Check::byte_count, "number of groups", static_cast<int64_t>(groups),
           static_cast<int64_t>(run_.groups.size()));
    for (size_t i = 0; i < std::min(groups, run_.groups.size()); ++i) compare_group(i);
    compare_causes();
    compare_outputs();
    return std::move(found_);
  }

 private:
  void expect(Check check, const std::string& what, int64_t expected, int64_t actual) {
    if (expected == actual) return;
    found_.push_back(
        {check, what + ": expected " + std::to_string(expected) + ", got " + std::to_string(actual)});
  }

  void compare_group(size_t i) {
    const GroupPrediction& p = network_.prediction.groups[i];
    const GroupResult& r = run_.groups[i];
    const std::string where = "group " + std::to_string(i) + " ";
    expect(Check::byte_count, where + "ifmap bytes", p.traffic.ifmap_bytes, r.payload.ifmap_bytes);
    expect(Check::byte_count, where + "ofmap bytes", p.traffic.ofmap_bytes, r.payload.ofmap_bytes);
    expect(Check::byte_count, where + "weight bytes", p.traffic.weight_bytes, r.payload.weight_bytes);
    int64_t weights = 0;
    for (int64_t bytes : r.weight_bytes) weights += bytes;
    expect(Check::byte_count, where + "weight bytes over ops", p.traffic.weight_bytes, weights);
    compare_rows(where + "ifmap ", p.ifmaps, r.ifmaps);
    compare_rows(where + "ofmap ", p.ofmaps, r.ofmaps);
    expect(Check::allocation, where + "allocated bytes", p.buffer_bytes, r.allocated_bytes);
    const int64_t capacity = network_.schedule.buffer_bytes;
    if (r.allocated_bytes >= capacity) {
      found_.push_back({Check::allocation, where + "allocated " + std::to_string(r.allocated_bytes) + " of " +
                                               std::to_string(capacity) + " bytes"});
    }
    if (r.peak_buffer_bytes > r.allocated_bytes) {
      found_.push_back({Check::allocation, where + "peak " + std::to_string(r.peak_buffer_bytes) +
                                               " above the " + std::to_string(r.allocated_bytes) +
                                               " allocated bytes"});
    }
  }

  /// Every cycle has one cause and one op; what the units' own meters say bounds their causes.
  void compare_causes() {
    CauseCycles over_groups;
    for (size_t i = 0; i < run_.groups.size(); ++i) {
      const GroupResult& r = run_.groups[i];
      const std::string where = "group " + std::to_string(i) + " ";
      CauseCycles over_ops;
      OpResult work;
      for (const OpResult& op : r.ops) {
        over_ops += op.cycles;
        work.macs += op.macs;
        work.vector_ops += op.vector_ops;
        work.payload += op.payload;
      }
      expect(Check::causes, where + "cycles with a cause", r.cycles.total, r.causes.total());
      expect(Check::causes, where + "cycles that wait", r.cycles.stall, r.causes.waits());
      for (const Cause cause : kAllCauses)
        expect(Check::causes, where + to_string(cause) + " over ops", r.causes[cause], over_ops[cause]);
      expect(Check::causes, where + "MACs over ops", r.macs, work.macs);
      expect(Check::causes, where + "vector operations over ops", r.vector_ops, work.vector_ops);
      expect(Check::causes, where + "bytes over ops", r.payload.total_bytes(), work.payload.total_bytes());
      at_most(where + "array and fill", r.cycles.pe_busy, r.causes[Cause::array] + r.causes[Cause::fill]);
      at_most(where + "vector unit", r.cycles.vector_busy, r.causes[Cause::vector_unit]);
      at_most(where + "buffer port", r.cycles.port_bound, r.causes[Cause::port]);
      over_groups += r.causes;
    }
    for (const Cause cause : kAllCauses)
      expect(Check::causes, to_string(cause), over_groups[cause], run_.causes[cause]);
    expect(Check::causes, "cycles with a cause", run_.cycles.total, run_.causes.total());
  }

  void at_most(const std::string& what, int64_t most, int64_t actual) {
    if (actual <= most) return;
    found_.push_back({Check::causes, what + ": expected at most " + std::to_string(most) + ", got " +
                                         std::to_string(actual)});
  }

  /// A tensor that is not listed moved nothing.
  void compare_rows(const std::string& where, const std::vector<TensorTraffic>& predicted,
                    const std::vector<MovedTensor>& moved) {
    std::map<TensorId, std::vector<int64_t>> expected;
    std::map<TensorId, std::vector<int64_t>> actual;
    for (const TensorTraffic& t : predicted) expected[t.tensor] = t.row_bytes;
    for (const MovedTensor& t : moved) actual[t.tensor] = t.row_bytes;
    expect(Check::byte_count, where + "tensors listed twice", 0,
           static_cast<int64_t>(predicted.size() + moved.size() - expected.size() - actual.size()));
    for (const auto& [t, rows] : expected) actual[t].resize(std::max(actual[t].size(), rows.size()), 0);
    for (const auto& [t, rows] : actual) {
      expected[t].resize(rows.size(), 0);
      for (size_t y = 0; y < rows.size(); ++y) {
        if (expected[t][y] == rows[y]) continue;
        expect(Check::byte_count, where + "t" + std::to_string(t) + " row " + std::to_string(y),
               expected[t][y], rows[y]);
        break;
      }
    }
  }

  void compare_outputs() {
    const Graph& graph = network_.graph();
    const std::vector<ProvenanceMap> expected = reference_evaluation(graph);
    expect(Check::provenance, "outputs", static_cast<int64_t>(expected.size()),
           static_cast<int64_t>(run_.outputs.size()));
    for (size_t i = 0; i < std::min(expected.size(), run_.outputs.size()); ++i) {
      compare_output(graph.outputs[i], expected[i], run_.outputs[i]);
    }
    const std::vector<std::vector<uint64_t>> columns = reference_columns(graph);
    for (size_t i = 0; i < std::min(columns.size(), run_.outputs.size()); ++i) {
      if (columns[i] == run_.outputs[i].column_hashes) continue;
      found_.push_back({Check::provenance,
                        "output t" + std::to_string(graph.outputs[i]) + ": provenance of columns differs"});
    }
  }

  void compare_output(TensorId t, const ProvenanceMap& expected, const OutputProvenance& actual) {
    const std::string where = "output t" + std::to_string(t);
    expect(Check::provenance, where + " id", t, actual.tensor);
    expect(Check::provenance, where + " hashes", static_cast<int64_t>(expected.size()),
           static_cast<int64_t>(actual.hashes.size()));
    for (size_t j = 0; j < std::min(expected.size(), actual.hashes.size()); ++j) {
      if (expected[j] == actual.hashes[j]) continue;
      const int64_t height = network_.graph().tensor(t).shape.h;
      found_.push_back({Check::provenance, where + " channel " + std::to_string(int64_t(j) / height) +
                                               " row " + std::to_string(int64_t(j) % height) +
                                               ": provenance differs"});
      return;
    }
  }

  const ScheduledNetwork& network_;
  const RunResult& run_;
  std::vector<Mismatch> found_;
};

}  // namespace

const char* to_string(Check check) {
  switch (check) {
    case Check::byte_count:
      return "byte count";
    case Check::allocation:
      return "allocation";
    case Check::provenance:
      return "provenance";
    case Check::causes:
      return "causes";
  }
  return "unknown";
}

std::vector<Mismatch> mismatches(const ScheduledNetwork& network, const RunResult& run) {
  return Comparison(network, run).all();
}

}  // namespace fusesim::testing
