#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "design_page.h"
#include "fusesim/cost/scheme.h"
#include "fusesim/import/import.h"
#include "fusesim/search/exact.h"
#include "fusesim/testing/brute_force.h"

namespace fusesim::testing {
namespace {

using Line = std::map<std::string, std::string>;

int64_t sum_of(const PageTable& table, const std::string& column) {
  int64_t sum = 0;
  for (const Line& line : table.rows) {
    const bool is_sum =
        std::any_of(line.begin(), line.end(), [](const auto& cell) { return cell.second == "sum"; });
    if (!is_sum) sum += number_of(line.at(column));
  }
  return sum;
}

/// ResNet-18 as run_sim plans it in the default configuration, and its first group.
class WorkedExample : public ::testing::Test {
 protected:
  void plan(Scheme scheme) {
    schedule_ = make_schedule(graph(), exact_search({graph(), scheme, config_}).plan, scheme, config_);
    schedule_.graph = model_.graph;
    first_ = schedule_.groups.front();
    predicted_ = predict(schedule_, config_).groups.front();
    boundary_ = boundary(graph(), first_.ops);
  }

  const Graph& graph() const { return *model_.graph; }
  const Shape& shape(TensorId t) const { return graph().tensor(t).shape; }

  /// External inputs by their own name, others by that of the op that makes them, as the page names them.
  std::string name(TensorId t) const {
    const OpId producer = graph().tensor(t).producer;
    return producer < 0 ? graph().tensor(t).name : graph().op(producer).name;
  }

  std::vector<TensorId> tensors() const {
    std::vector<TensorId> all = boundary_.external_inputs;
    for (const OpId o : first_.ops) all.push_back(graph().op(o).output());
    return all;
  }

  int64_t parameter_bytes(const Op& op) const {
    return op.weights * config_.datatypes.weight_bytes + op.biases * config_.datatypes.bias_bytes;
  }
  int64_t parameter_bytes() const {
    int64_t bytes = 0;
    for (const OpId o : first_.ops) bytes += parameter_bytes(graph().op(o));
    return bytes;
  }
  int64_t map_bytes(TensorId t) const { return shape(t).elements() * config_.datatypes.activation_bytes; }

  void expect_parameters(const Line& line, TensorId t) const {
    const OpId producer = graph().tensor(t).producer;
    const Op none;
    const Op& op = producer < 0 ? none : graph().op(producer);
    EXPECT_EQ(number_of(line.at("weights")), op.weights);
    EXPECT_EQ(number_of(line.at("biases")), op.biases);
    EXPECT_EQ(number_of(line.at("bytes of both")), parameter_bytes(op));
  }

  const ImportedModel model_ = import_onnx(resolve_model("resnet18", data_directory()));
  const Config config_ = load_config("");
  Schedule schedule_;
  GroupSchedule first_;
  GroupPrediction predicted_;
  GroupBoundary boundary_;
};

class LbdfExample : public WorkedExample {
 protected:
  void SetUp() override { plan(Scheme::lbdf); }
};

TEST_F(LbdfExample, RingsAndParametersAreThoseOfThePage) {
  const PageTable table = design_section("13.1").tables.at(0);
  const BruteLbdf brute = brute_lbdf(graph(), first_.ops, BruteParams());
  EXPECT_EQ(table.rows.size(), tensors().size() + 1);
  for (const TensorId t : tensors()) {
    SCOPED_TRACE(name(t));
    const Line line = table.row("tensor made by", name(t));
    const int64_t rows = brute.ring_rows.at(t);
    const int64_t row_bytes = shape(t).c * shape(t).w * config_.datatypes.activation_bytes;
    EXPECT_EQ(number_of(line.at("C")), shape(t).c);
    EXPECT_EQ(number_of(line.at("H")), shape(t).h);
    EXPECT_EQ(number_of(line.at("W")), shape(t).w);
    EXPECT_EQ(number_of(line.at("rows")), rows);
    EXPECT_EQ(number_of(line.at("row bytes")), row_bytes);
    EXPECT_EQ(number_of(line.at("ring bytes")), rows * row_bytes);
    expect_parameters(line, t);
    const auto ring =
        std::find_if(first_.rings.begin(), first_.rings.end(), [t](const Ring& r) { return r.tensor == t; });
    ASSERT_NE(ring, first_.rings.end());
    EXPECT_EQ(ring->rows, rows);
  }
}

TEST_F(LbdfExample, BufferIsTheSumOnThePage) {
  const PageSection section = design_section("13.1");
  const PageTable& table = section.tables.at(0);
  const Line sum = table.row("tensor made by", "sum");
  for (const char* column : {"weights", "biases", "bytes of both", "ring bytes"}) {
    EXPECT_EQ(number_of(sum.at(column)), sum_of(table, column)) << column;
  }
  const int64_t bytes = number_of(sum.at("bytes of both")) + number_of(sum.at("ring bytes"));
  EXPECT_EQ(bytes, predicted_.buffer_bytes);
  EXPECT_EQ(bytes, predicted_.f_beta_bytes);
  EXPECT_TRUE(section.mentions(bytes));
  EXPECT_TRUE(section.mentions(config_.buffer.capacity_bytes));
  EXPECT_TRUE(design_section("13. ").mentions(bytes));
}

TEST_F(LbdfExample, TrafficIsThatOfThePage) {
  const PageSection section = design_section("13.1");
  const PageTable& table = section.tables.at(1);
  const auto expect_map = [&](const char* kind, TensorId t) {
    SCOPED_TRACE(name(t));
    const Line line = table.row("tensor", name(t));
    EXPECT_EQ(line.at("kind"), kind);
    EXPECT_EQ(number_of(line.at("elements")), shape(t).elements());
    EXPECT_EQ(number_of(line.at("bytes")), map_bytes(t));
  };
  for (const TensorId t : boundary_.external_inputs) expect_map("ifmap", t);
  for (const TensorId t : boundary_.outgoing) expect_map("ofmap", t);
  EXPECT_EQ(table.rows.size(), boundary_.external_inputs.size() + boundary_.outgoing.size() + 2);
  int64_t parameters = 0;
  for (const OpId o : first_.ops) parameters += graph().op(o).weights + graph().op(o).biases;
  const Line weights = table.row("kind", "weights");
  EXPECT_EQ(number_of(weights.at("elements")), parameters);
  EXPECT_EQ(number_of(weights.at("bytes")), parameter_bytes());
  const int64_t sum = number_of(table.row("kind", "sum").at("bytes"));
  EXPECT_EQ(sum, sum_of(table, "bytes"));
  EXPECT_EQ(sum, predicted_.traffic.total_bytes());
  EXPECT_TRUE(design_section("13. ").mentions(sum));
}

class BrrExample : public WorkedExample {
 protected:
  struct Interval {
    int64_t begin = 0, end = 0;
    void cover(Interval other) {
      begin = begin == end ? other.begin : std::min(begin, other.begin);
      end = std::max(end, other.end);
    }
  };

  void SetUp() override { plan(Scheme::brr); }

  /// Rows of every tensor in one tile: the group has windows and an add, and the add is its only sink.
  std::map<TensorId, Interval> rows_in_tile(int64_t tile) const {
    std::map<TensorId, Interval> rows;
    const TensorId sink = boundary_.outgoing.front();
    const int64_t h = first_.brr.tile_rows;
    rows[sink] = {tile * h, std::min(shape(sink).h, (tile + 1) * h)};
    for (auto o = first_.ops.rbegin(); o != first_.ops.rend(); ++o) {
      const Op& op = graph().op(*o);
      const Interval out = rows[op.output()];
      for (const TensorId t : op.inputs) {
        const Window& w = op.window;  // 1x1 without stride and pads unless the op is windowed
        const int64_t begin = out.begin * w.stride_h - w.pad_top;
        const int64_t end = (out.end - 1) * w.stride_h - w.pad_top + (w.kernel_h - 1) * w.dilation_h + 1;
        rows[t].cover({std::max<int64_t>(0, begin), std::min(shape(t).h, end)});
      }
    }
    return rows;
  }

  int64_t longest_rows(TensorId t) const {
    int64_t longest = 0;
    for (int64_t i = 0; i < first_.brr.tiles; ++i) {
      const Interval rows = rows_in_tile(i)[t];
      longest = std::max(longest, rows.end - rows.begin);
    }
    return longest;
  }

  bool is_slice(TensorId t) const {
    const auto& all = first_.brr.residency;
    return std::any_of(all.begin(), all.end(), [t](const TensorResidency& r) {
      return r.tensor == t && r.residency == Residency::slice;
    });
  }

  int64_t channels_on_chip(TensorId t) const {
    return is_slice(t) ? std::min(first_.brr.slice_channels, shape(t).c) : shape(t).c;
  }

  /// Channels of a tensor that wait in partial sums: all that are on chip if slices are summed up, one slice
  /// if several weight sub-groups are.
  int64_t channels_in_sums(TensorId t) const {
    const OpId producer = graph().tensor(t).producer;
    if (producer < 0 || !is_reduction(graph(), graph().op(producer))) return 0;
    const Op& op = graph().op(producer);
    if (is_slice(op.inputs.front())) return channels_on_chip(t);
    const bool several = graph().in_shape(op).c / op.groups > config_.pe.rows;
    return several ? std::min(first_.brr.slice_channels, shape(t).c) : 0;
  }
};

TEST_F(BrrExample, ScheduleIsThatOfThePage) {
  ASSERT_EQ(first_.mode, GroupMode::brr_tiles);
  ASSERT_EQ(boundary_.outgoing.size(), 1U);
  EXPECT_EQ(first_.brr.start, BrrStart::full);
  EXPECT_EQ(first_.brr.join, BrrJoin::all);
  EXPECT_EQ(first_.brr.slice_channels, 32);
  EXPECT_EQ(first_.brr.tile_rows, 2);
  EXPECT_EQ(first_.brr.tiles, 28);
  EXPECT_EQ(first_.brr.tiles * first_.brr.tile_rows, shape(boundary_.outgoing.front()).h);
  EXPECT_TRUE(first_.brr.weights_resident);
}

TEST_F(BrrExample, RowsOfATileInTheMiddleAreThoseOfThePage) {
  const int64_t i = first_.brr.tiles / 2;
  const std::map<TensorId, Interval> rows = rows_in_tile(i);
  const auto expect_rows = [&](const std::string& made_by, int64_t first, int64_t last) {
    const std::vector<TensorId> all = tensors();
    const auto t = std::find_if(all.begin(), all.end(), [&](TensorId id) { return name(id) == made_by; });
    ASSERT_NE(t, all.end()) << made_by;
    EXPECT_EQ(rows.at(*t).begin, first) << made_by;
    EXPECT_EQ(rows.at(*t).end, last + 1) << made_by;
  };
  expect_rows("/layer1/layer1.0/Add", 2 * i, 2 * i + 1);
  expect_rows("/layer1/layer1.0/conv2/Conv", 2 * i, 2 * i + 1);
  expect_rows("/layer1/layer1.0/conv1/Conv", 2 * i - 1, 2 * i + 2);
  expect_rows("/maxpool/MaxPool", 2 * i - 2, 2 * i + 3);
  expect_rows("/conv1/Conv", 4 * i - 5, 4 * i + 7);
  expect_rows("input", 8 * i - 13, 8 * i + 17);
}

TEST_F(BrrExample, StorageIsThatOfThePage) {
  const PageTable table = design_section("13.2").tables.at(0);
  EXPECT_EQ(table.rows.size(), tensors().size() + 1);
  for (const TensorId t : tensors()) {
    SCOPED_TRACE(name(t));
    const Line line = table.row("tensor made by", name(t));
    const int64_t rows = longest_rows(t);
    EXPECT_EQ(number_of(line.at("C")), shape(t).c);
    EXPECT_EQ(number_of(line.at("W")), shape(t).w);
    EXPECT_EQ(line.at("residency"), is_slice(t) ? "slice" : "full");
    EXPECT_EQ(number_of(line.at("channels on chip")), channels_on_chip(t));
    EXPECT_EQ(number_of(line.at("rows")), rows);
    EXPECT_EQ(number_of(line.at("bytes")),
              channels_on_chip(t) * rows * shape(t).w * config_.datatypes.activation_bytes);
    const int64_t wider = config_.datatypes.partial_sum_bytes - config_.datatypes.activation_bytes;
    EXPECT_EQ(number_of(line.at("partial sum bytes")), channels_in_sums(t) * rows * shape(t).w * wider);
  }
}

TEST_F(BrrExample, BufferAndTrafficAreThoseOfThePage) {
  const PageSection section = design_section("13.2");
  const PageTable& table = section.tables.at(0);
  const Line sum = table.row("tensor made by", "sum");
  EXPECT_EQ(number_of(sum.at("bytes")), sum_of(table, "bytes"));
  EXPECT_EQ(number_of(sum.at("partial sum bytes")), sum_of(table, "partial sum bytes"));
  const int64_t bytes =
      number_of(sum.at("bytes")) + number_of(sum.at("partial sum bytes")) + parameter_bytes();
  EXPECT_EQ(bytes, predicted_.buffer_bytes);
  const int64_t moved = map_bytes(boundary_.external_inputs.front()) + map_bytes(boundary_.outgoing.front()) +
                        parameter_bytes();
  EXPECT_EQ(moved, predicted_.traffic.total_bytes());
  for (const int64_t number :
       {bytes, moved, parameter_bytes(), predicted_.f_beta_bytes, predicted_.f_beta_bytes + 1,
        map_bytes(boundary_.external_inputs.front()), map_bytes(boundary_.outgoing.front())}) {
    EXPECT_TRUE(section.mentions(number)) << number;
  }
  EXPECT_TRUE(design_section("13. ").mentions(bytes));
  EXPECT_TRUE(design_section("13. ").mentions(moved));
}

TEST_F(BrrExample, AgreesWithEverySlowlyListedSchedule) {
  const BruteBrr brute = brute_brr(graph(), first_.ops, BruteParams());
  const BruteBrrCandidate* best = brute.best(config_.buffer.capacity_bytes);
  ASSERT_NE(best, nullptr);
  EXPECT_EQ(brute.f_beta_bytes, predicted_.f_beta_bytes);
  EXPECT_EQ(best->traffic.total_bytes(), predicted_.traffic.total_bytes());
  // The brute force knows nothing of time, which decides among those that move as little.
  EXPECT_TRUE(std::any_of(brute.candidates.begin(), brute.candidates.end(), [&](const BruteBrrCandidate& c) {
    return c.traffic.total_bytes() == best->traffic.total_bytes() &&
           c.footprint_bytes == predicted_.buffer_bytes;
  }));
}

}  // namespace
}  // namespace fusesim::testing
