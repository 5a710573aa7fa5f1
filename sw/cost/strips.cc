#include "strips.h"

#include <algorithm>
#include <string>
#include <utility>

#include "fusesim/base/checked.h"
#include "fusesim/cost/widths.h"
#include "rows/row_window.h"
#include "summable.h"

namespace fusesim {
namespace {

/// Columns [begin, end) that output columns [out.begin, out.end) read; empty if they see padding alone.
Rows columns_read(const RowWindow& window, const Rows& out) {
  Rows read;
  for (int64_t x = out.begin; x < out.end; ++x) {
    if (window.rule == RowRule::whole || window.rule == RowRule::stream) return {0, window.rows};
    read.cover({window.first(x), window.end(x)});
  }
  return read;
}

/// Columns [j * w / n, (j + 1) * w / n) of an outgoing tensor.
Rows own_columns(int64_t width, int64_t strip, int64_t strips) {
  return {strip * width / strips, (strip + 1) * width / strips};
}

/// Beyond, halo columns cost more than fewer passes or tiles save.
constexpr int64_t kMostTimesFewest = 4;

CostParams on_strips(CostParams params, const Graph& whole, bool weights_here) {
  params.strip.whole = &whole;
  params.strip.weights_here = weights_here;
  return params;
}

void add(const std::vector<TensorTraffic>& more, std::vector<TensorTraffic>& sum) {
  for (size_t t = 0; t < sum.size(); ++t) {
    for (size_t y = 0; y < sum[t].row_bytes.size(); ++y)
      sum[t].row_bytes[y] = checked_add(sum[t].row_bytes[y], more[t].row_bytes[y], "bytes moved");
  }
}

/// One strip, or image, after another.
void add(const GroupPrediction& strip, GroupPrediction& sum) {
  const auto add_up = [](int64_t& to, int64_t more, const char* what) { to = checked_add(to, more, what); };
  add_up(sum.traffic.ifmap_bytes, strip.traffic.ifmap_bytes, "bytes of input maps");
  add_up(sum.traffic.ofmap_bytes, strip.traffic.ofmap_bytes, "bytes of output maps");
  add_up(sum.traffic.weight_bytes, strip.traffic.weight_bytes, "bytes of weights");
  sum.buffer_bytes = std::max(sum.buffer_bytes, strip.buffer_bytes);
  sum.f_beta_bytes = std::max(sum.f_beta_bytes, strip.f_beta_bytes);
  add(strip.ifmaps, sum.ifmaps);
  add(strip.ofmaps, sum.ofmaps);
  add_up(sum.time.cycles, strip.time.cycles, "cycles");
  add_up(sum.time.energy_pj, strip.time.energy_pj, "picojoules");
  add_up(sum.time.array_cycles, strip.time.array_cycles, "cycles of the array");
  add_up(sum.time.vector_cycles, strip.time.vector_cycles, "cycles of the vector unit");
  add_up(sum.time.port_cycles, strip.time.port_cycles, "cycles that wait for the buffer's ports");
  add_up(sum.time.dram_cycles, strip.time.dram_cycles, "cycles of the DRAM");
  add_up(sum.time.macs, strip.time.macs, "multiply-accumulates");
}

}  // namespace

StripColumns::StripColumns(const Graph& graph, const Group& group, int64_t strips) : strips_(strips) {
  const GroupBoundary edge = boundary(graph, group);
  outgoing_ = edge.outgoing;
  tensors_ = edge.external_inputs;
  for (const OpId o : group) tensors_.push_back(graph.op(o).output());
  std::sort(tensors_.begin(), tensors_.end());
  for (int64_t j = 0; j < strips; ++j) columns_.push_back(columns_of(graph, group, j));
  for (const TensorId t : edge.external_inputs) fetch_all(graph, t);
}

/// Columns of an external tensor that no strip needs come with the strip to their right, or with the last
/// one.
void StripColumns::fetch_all(const Graph& graph, TensorId external) {
  int64_t fetched = 0;
  for (std::vector<Rows>& strip : columns_) {
    Rows& columns = strip[place(external)];
    if (columns.count() == 0) continue;
    columns.begin = std::min(columns.begin, fetched);
    if (&strip == &columns_.back()) columns.end = graph.tensor(external).shape.w;
    fetched = columns.end;
  }
}

size_t StripColumns::place(TensorId tensor) const {
  return static_cast<size_t>(std::lower_bound(tensors_.begin(), tensors_.end(), tensor) - tensors_.begin());
}

std::vector<Rows> StripColumns::columns_of(const Graph& graph, const Group& group, int64_t strip) const {
  std::vector<Rows> columns(tensors_.size());
  for (const TensorId t : outgoing_) columns[place(t)] = own_columns(graph.tensor(t).shape.w, strip, strips_);
  for (auto o = group.rbegin(); o != group.rend(); ++o) {
    const Op& op = graph.op(*o);
    const Rows out = columns[place(op.output())];
    for (size_t i = 0; i < op.inputs.size(); ++i)
      columns[place(op.inputs[i])].cover(columns_read(column_window(graph, op, i), out));
  }
  return columns;
}

std::vector<int64_t> StripColumns::widest() const {
  std::vector<int64_t> most(tensors_.size(), 0);
  for (const std::vector<Rows>& strip : columns_) {
    for (size_t t = 0; t < most.size(); ++t) most[t] = std::max(most[t], strip[t].count());
  }
  return most;
}

int64_t StripColumns::count(TensorId tensor, int64_t strip) const {
  return columns_[static_cast<size_t>(strip)][place(tensor)].count();
}

bool StripColumns::complete() const {
  return std::all_of(columns_.begin(), columns_.end(), [](const std::vector<Rows>& strip) {
    return std::all_of(strip.begin(), strip.end(), [](const Rows& columns) { return columns.count() > 0; });
  });
}

void StripGraph::set_width(TensorId tensor, int64_t width) {
  graph_.tensors[static_cast<size_t>(tensor)].shape.w = width;
}

void StripGraph::reset(const Group& group, const StripColumns& columns) {
  for (const TensorId t : columns.tensors()) set_width(t, whole_.tensor(t).shape.w);
  for (const OpId o : group) graph_.ops[static_cast<size_t>(o)].window = whole_.op(o).window;
}

void StripGraph::set_widest(const Group& group, const StripColumns& columns) {
  reset(group, columns);
  const std::vector<int64_t> widths = columns.widest();
  for (size_t t = 0; t < widths.size(); ++t) set_width(columns.tensors()[t], widths[t]);
}

void StripGraph::set(const Group& group, const StripColumns& columns, int64_t strip) {
  reset(group, columns);
  const std::vector<Rows>& of = columns.of(strip);
  const auto begin = [&](TensorId t) {
    const std::vector<TensorId>& all = columns.tensors();
    return of[static_cast<size_t>(std::lower_bound(all.begin(), all.end(), t) - all.begin())].begin;
  };
  for (size_t t = 0; t < of.size(); ++t) set_width(columns.tensors()[t], of[t].count());
  // Where the first output column lies over the first input column of the strip.
  for (const OpId o : group) {
    Op& op = graph_.ops[static_cast<size_t>(o)];
    const int64_t out = begin(op.output());
    const int64_t in = begin(op.inputs.front());
    Window& w = op.window;
    const bool transposed = column_window(whole_, op, 0).rule == RowRule::transpose;
    w.pad_left += transposed ? out - in * w.stride_w : in - out * w.stride_w;
  }
}

GroupCost StripPlan::cost() const {
  return {prediction.traffic, prediction.buffer_bytes, prediction.time.cycles, prediction.time.energy_pj};
}

StripModel::StripModel(const Graph& graph, const FusionScheme& scheme, const CostParams& params,
                       int64_t buffer_bytes)
    : datatypes_(params.datatypes),
      buffer_bytes_(buffer_bytes),
      strips_(graph),
      first_(scheme.model(strips_.graph(), on_strips(params, graph, false))),
      later_(scheme.model(strips_.graph(), on_strips(params, graph, true))) {}

int64_t StripModel::most_strips(const Group& group) const {
  int64_t most = kNeverFits;
  for (const TensorId t : boundary(strips_.whole(), group).outgoing)
    most = std::min(most, strips_.whole().tensor(t).shape.w);
  return most;
}

int64_t StripModel::widest_bytes(const Group& group, int64_t strips) {
  const StripColumns columns(strips_.whole(), group, strips);
  if (!columns.complete()) return kNeverFits;
  strips_.set_widest(group, columns);
  return first_->f_beta_bytes(group);
}

int64_t StripModel::least_bytes(const Group& group) {
  const int64_t most = most_strips(group);
  return most < 2 ? kNeverFits : widest_bytes(group, most);
}

std::optional<StripPlan> StripModel::plan(const Group& group) {
  const int64_t most = most_strips(group);
  if (least_bytes(group) >= buffer_bytes_) return std::nullopt;
  std::optional<StripPlan> best;
  for (int64_t n = 2, last = most; n <= last; ++n) {
    if (widest_bytes(group, n) >= buffer_bytes_) continue;
    std::optional<StripPlan> found = plan_with(group, n);
    if (!found) continue;
    if (!best) last = std::min(most, kMostTimesFewest * n);
    const bool once = moves_once(*found);
    if (!best || found->cost().traffic.total_bytes() < best->cost().traffic.total_bytes())
      best = std::move(found);
    if (once) break;
  }
  return best;
}

/// Every strip moves the columns that it reads once, and weights come once: more strips move more.
bool StripModel::moves_once(const StripPlan& plan) const {
  const Graph& graph = strips_.whole();
  const StripColumns columns(graph, plan.schedule.ops, plan.schedule.strips);
  int64_t bytes = 0;
  for (const TensorTraffic& t : plan.prediction.ifmaps) {
    const Shape& shape = graph.tensor(t.tensor).shape;
    int64_t row = 0;
    for (int64_t j = 0; j < columns.strips(); ++j)
      row += piece_bytes(graph.tensor(t.tensor), columns.count(t.tensor, j), datatypes_);
    bytes += graph.batch * shape.c * shape.h * row;
  }
  return plan.prediction.traffic.ifmap_bytes <= bytes && weights_stay(plan.schedule);
}

/// The schedule that the group has on maps as wide as the widest strips.
std::optional<StripPlan> StripModel::plan_with(const Group& group, int64_t strips) {
  strips_.set_widest(group, StripColumns(strips_.whole(), group, strips));
  std::optional<GroupSchedule> schedule = first_->schedule(group, buffer_bytes_);
  if (!schedule) return std::nullopt;
  schedule->strips = strips;
  GroupPrediction prediction = predict(*schedule);
  if (prediction.buffer_bytes >= buffer_bytes_) return std::nullopt;
  return StripPlan{std::move(*schedule), std::move(prediction)};
}

/// Of an outgoing tensor that readers inside need wider than it leaves, the strip stores its own columns.
void StripModel::store_own_columns(const GroupSchedule& group, int64_t strip,
                                   GroupPrediction& prediction) const {
  prediction.traffic.ofmap_bytes = 0;
  for (TensorTraffic& t : prediction.ofmaps) {
    const Tensor& tensor = strips_.whole().tensor(t.tensor);
    const Shape& shape = tensor.shape;
    const int64_t row =
        shape.c * piece_bytes(tensor, own_columns(shape.w, strip, group.strips).count(), datatypes_);
    std::fill(t.row_bytes.begin(), t.row_bytes.end(), row);
    prediction.traffic.ofmap_bytes += row * shape.h;
  }
}

GroupPrediction StripModel::predict(const GroupSchedule& group) {
  return summable(strips_.whole(), group.ops, [&] { return predict_images(group); });
}

GroupPrediction StripModel::predict_images(const GroupSchedule& group) {
  const StripColumns columns(strips_.whole(), group.ops, group.strips);
  if (!columns.complete()) {
    throw Error("strips: expected so many that each has columns of every tensor, got " +
                std::to_string(group.strips));
  }
  GroupPrediction sum = predict_image(group, columns, false);
  if (strips_.whole().batch == 1) return sum;
  const GroupPrediction later = predict_image(group, columns, weights_stay(group));
  for (int64_t image = 1; image < strips_.whole().batch; ++image) add(later, sum);
  return sum;
}

GroupPrediction StripModel::predict_image(const GroupSchedule& group, const StripColumns& columns,
                                          bool weights_here) {
  const bool stay = weights_stay(group);
  GroupPrediction sum;
  for (int64_t j = 0; j < group.strips; ++j) {
    strips_.set(group.ops, columns, j);
    const bool here = weights_here || (stay && j > 0);
    GroupPrediction strip = (here ? later_ : first_)->predict(group);
    if (here) strip.traffic.weight_bytes = 0;
    store_own_columns(group, j, strip);
    if (j == 0) {
      sum = std::move(strip);
    } else {
      add(strip, sum);
    }
  }
  return sum;
}

}  // namespace fusesim
