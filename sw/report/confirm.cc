#include "fusesim/report/confirm.h"

#include <algorithm>
#include <numeric>

#include "fusesim/cost/widths.h"
namespace fusesim {
namespace {

/// Predicted or moved rows of one tensor, seen alike.
struct TensorRows {
  TensorId tensor = -1;
  const std::vector<int64_t>* rows = nullptr;
};

template <typename T>
std::vector<TensorRows> tensor_rows(const std::vector<T>& tensors) {
  std::vector<TensorRows> result;
  result.reserve(tensors.size());
  for (const T& t : tensors) result.push_back({t.tensor, &t.row_bytes});
  std::sort(result.begin(), result.end(),
            [](const TensorRows& a, const TensorRows& b) { return a.tensor < b.tensor; });
  return result;
}

int64_t sum(const std::vector<int64_t>& values) {
  return std::accumulate(values.begin(), values.end(), int64_t{0});
}

/// First index at which the two differ, a missing entry counting as 0; -1 if none.
int64_t first_difference(const std::vector<int64_t>& a, const std::vector<int64_t>& b) {
  const size_t n = std::max(a.size(), b.size());
  for (size_t i = 0; i < n; ++i) {
    const int64_t left = i < a.size() ? a[i] : 0;
    const int64_t right = i < b.size() ? b[i] : 0;
    if (left != right) return static_cast<int64_t>(i);
  }
  return -1;
}

/// Compares one group; appends what differs.
class GroupCheck {
 public:
  GroupCheck(const Schedule& schedule, size_t group, std::vector<Mismatch>& out)
      : graph_(*schedule.graph),
        datatypes_(schedule.datatypes),
        group_(schedule.groups[group]),
        index_(group),
        out_(out) {}

  /// Tensor by tensor, row by row; then the sum, if no tensor explains it.
  void maps(MismatchKind kind, std::vector<TensorRows> expected, std::vector<TensorRows> actual,
            int64_t expected_total, int64_t actual_total) {
    static const std::vector<int64_t> nothing;
    const size_t before = out_.size();
    int64_t moved = 0;
    for (const TensorRows& t : actual) moved += sum(*t.rows);
    size_t e = 0;
    size_t a = 0;
    while (e < expected.size() || a < actual.size()) {
      const bool has_expected =
          e < expected.size() && (a == actual.size() || expected[e].tensor <= actual[a].tensor);
      const bool has_actual =
          a < actual.size() && (e == expected.size() || actual[a].tensor <= expected[e].tensor);
      const TensorId tensor = has_expected ? expected[e].tensor : actual[a].tensor;
      const std::vector<int64_t>& want = has_expected ? *expected[e++].rows : nothing;
      const std::vector<int64_t>& got = has_actual ? *actual[a++].rows : nothing;
      const int64_t row = first_difference(want, got);
      if (row >= 0) add(kind, graph_.tensor(tensor).name, sum(want), sum(got), row);
    }
    if (out_.size() != before) return;
    if (expected_total != actual_total) add(kind, "", expected_total, actual_total);
    if (expected_total != moved) add(kind, "", expected_total, moved);
  }

  /// Each op's weights come once, with the first op that reads them, or once per tile for every op where they
  /// are not resident; in every image and strip anew where they do not stay.
  void weights(const std::vector<int64_t>& actual, int64_t expected_total, int64_t actual_total) {
    const bool streamed = group_.mode == GroupMode::brr_tiles && !group_.brr.weights_resident;
    const int64_t again = weights_stay(group_) ? 1 : graph_.batch * group_.strips;
    const int64_t times = again * (streamed ? group_.brr.tiles : 1);
    const size_t before = out_.size();
    for (size_t i = 0; i < group_.ops.size(); ++i) {
      const Op& op = graph_.op(group_.ops[i]);
      const bool here = !streamed && is_here_before(i);
      const int64_t expected = here ? 0 : times * weight_bytes(op, datatypes_);
      const int64_t got = i < actual.size() ? actual[i] : 0;
      if (expected != got) add(MismatchKind::weight, op.name, expected, got);
    }
    if (out_.size() == before && expected_total != actual_total) {
      add(MismatchKind::weight, "", expected_total, actual_total);
    }
  }

  void buffer(int64_t predicted, int64_t allocated, int64_t peak, int64_t capacity) {
    if (allocated != predicted) add(MismatchKind::allocated, "", predicted, allocated);
    if (peak > allocated) add(MismatchKind::peak, "", allocated, peak);
    if (allocated >= capacity) add(MismatchKind::capacity, "", capacity, allocated);
  }

 private:
  /// An op before op i of the group has the same weights and biases.
  bool is_here_before(size_t i) const {
    const auto owner = [this](OpId op) { return parameter_owner(graph_, op); };
    const auto end = group_.ops.begin() + static_cast<std::ptrdiff_t>(i);
    return std::any_of(group_.ops.begin(), end, [&](OpId op) { return owner(op) == owner(group_.ops[i]); });
  }

  void add(MismatchKind kind, const std::string& subject, int64_t expected, int64_t actual,
           int64_t row = -1) {
    out_.push_back({index_, kind, subject, expected, actual, row});
  }

  const Graph& graph_;
  const Datatypes& datatypes_;
  const GroupSchedule& group_;
  size_t index_;
  std::vector<Mismatch>& out_;
};

}  // namespace

const char* to_string(MismatchKind kind) {
  switch (kind) {
    case MismatchKind::ifmap:
      return "ifmap";
    case MismatchKind::ofmap:
      return "ofmap";
    case MismatchKind::weight:
      return "weight";
    case MismatchKind::allocated:
      return "allocated";
    case MismatchKind::peak:
      return "peak";
    case MismatchKind::capacity:
      return "capacity";
  }
  return "?";
}

std::string describe(const Mismatch& m) {
  std::string text = "group " + std::to_string(m.group) + ": " + to_string(m.kind);
  if (!m.subject.empty()) {
    text += std::string(m.kind == MismatchKind::weight ? " of op '" : " of tensor '") + m.subject + "'";
  }
  const char* bound = m.kind == MismatchKind::peak       ? "at most "
                      : m.kind == MismatchKind::capacity ? "less than "
                                                         : "";
  text += std::string(": expected ") + bound + std::to_string(m.expected_bytes) + " bytes, got " +
          std::to_string(m.actual_bytes);
  if (m.first_row >= 0) text += ", first at row " + std::to_string(m.first_row);
  return text;
}

std::vector<Mismatch> confirm(const Schedule& schedule, const Prediction& prediction, const RunResult& run) {
  const size_t groups = schedule.groups.size();
  if (prediction.groups.size() != groups || run.groups.size() != groups) {
    throw Error("confirm: expected " + std::to_string(groups) + " groups, got " +
                std::to_string(prediction.groups.size()) + " predicted and " +
                std::to_string(run.groups.size()) + " simulated");
  }
  std::vector<Mismatch> result;
  for (size_t i = 0; i < groups; ++i) {
    const GroupPrediction& want = prediction.groups[i];
    const GroupResult& got = run.groups[i];
    GroupCheck check(schedule, i, result);
    check.maps(MismatchKind::ifmap, tensor_rows(want.ifmaps), tensor_rows(got.ifmaps),
               want.traffic.ifmap_bytes, got.payload.ifmap_bytes);
    check.maps(MismatchKind::ofmap, tensor_rows(want.ofmaps), tensor_rows(got.ofmaps),
               want.traffic.ofmap_bytes, got.payload.ofmap_bytes);
    check.weights(got.weight_bytes, want.traffic.weight_bytes, got.payload.weight_bytes);
    check.buffer(want.buffer_bytes, got.allocated_bytes, got.peak_buffer_bytes, schedule.buffer_bytes);
  }
  return result;
}

}  // namespace fusesim
