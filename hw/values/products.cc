#include <algorithm>

#include "fusesim/graph/op_facts.h"
#include "ops/row_window.h"
#include "values/arithmetic.h"
#include "values/kernels.h"

namespace fusesim::hw {
namespace {

/// The inputs of one row of results, position by position: for each all channels and taps in the order of the
/// weights. Elements outside the map are zeros.
class Patches {
 public:
  /// Channels [from, to) of the input.
  Patches(const ValueUnit& unit, OpId o, int64_t y, RowSource& in, int64_t from, int64_t to)
      : unit_(unit),
        op_(unit.op(o)),
        outputs_(unit.columns(op_.output())),
        inputs_(unit.columns(op_.inputs.front())),
        depth_((to - from) * op_.window.kernel_h * op_.window.kernel_w) {
    elements_.assign(static_cast<size_t>(outputs_.size() * depth_), 0);
    for (int64_t k = 0; k < op_.window.kernel_h; ++k) {
      const int64_t row = source_row(y, k);
      if (row >= 0) add_kernel_row(k, in.values(row, from, to), to - from);
    }
  }

  int64_t depth() const { return depth_; }
  int64_t positions() const { return outputs_.size(); }
  const Value* at(int64_t position) const { return elements_.data() + position * depth_; }

 private:
  bool transposed() const { return op_facts(op_).rows == RowUse::transposed; }

  /// The input row under row k of the kernel; -1: none.
  int64_t source_row(int64_t y, int64_t k) const {
    return source(vertical_span(op_.window), y, k, unit_.graph().in_shape(op_).h);
  }
  int64_t source(const Span& span, int64_t out, int64_t k, int64_t size) const {
    int64_t at = 0;
    if (transposed()) {
      const int64_t scaled = out + span.pad - k * span.dilation;
      if (scaled < 0 || scaled % span.stride != 0) return -1;
      at = scaled / span.stride;
    } else {
      at = out * span.stride - span.pad + k * span.dilation;
    }
    return at >= 0 && at < size ? at : -1;
  }

  void add_kernel_row(int64_t k, const Value* row, int64_t channels) {
    const Window& w = op_.window;
    const Span span = horizontal_span(w);
    for (int64_t kw = 0; kw < w.kernel_w; ++kw) {
      for (int64_t x = outputs_.first; x < outputs_.last; ++x) {
        const int64_t from = source(span, x, kw, unit_.graph().in_shape(op_).w);
        if (from < inputs_.first || from >= inputs_.last) continue;
        const Value* source_channel = row + (from - inputs_.first);
        Value* to = elements_.data() + (x - outputs_.first) * depth_ + k * w.kernel_w + kw;
        for (int64_t c = 0; c < channels; ++c)
          to[c * w.kernel_h * w.kernel_w] = source_channel[c * inputs_.size()];
      }
    }
  }

  const ValueUnit& unit_;
  const Op& op_;
  RowRange outputs_;  // columns
  RowRange inputs_;
  int64_t depth_;
  std::vector<Value> elements_;
};

constexpr int64_t kPositions = 4;  // that share a reading of the weights

/// Adds the products of `depth` weights with each of four positions. `Sum` holds them all.
template <class Sum>
void add_four(const Value* weights, const Value* first, int64_t depth, int64_t* sums) {
  Sum s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  const Value* p0 = first;
  const Value* p1 = p0 + depth;
  const Value* p2 = p1 + depth;
  const Value* p3 = p2 + depth;
  for (int64_t i = 0; i < depth; ++i) {
    const Sum w = weights[i];
    s0 += w * p0[i];
    s1 += w * p1[i];
    s2 += w * p2[i];
    s3 += w * p3[i];
  }
  sums[0] += s0;
  sums[1] += s1;
  sums[2] += s2;
  sums[3] += s3;
}

template <class Sum>
int64_t dot(const Value* weights, const Value* position, int64_t depth) {
  Sum sum = 0;
  for (int64_t i = 0; i < depth; ++i) sum += Sum{weights[i]} * position[i];
  return sum;
}

template <class Sum>
void add_row(const Patches& patches, const Value* weights, int64_t* sums) {
  int64_t x = 0;
  for (; x + kPositions <= patches.positions(); x += kPositions)
    add_four<Sum>(weights, patches.at(x), patches.depth(), sums + x);
  for (; x < patches.positions(); ++x) sums[x] += dot<Sum>(weights, patches.at(x), patches.depth());
}

/// Whether the sum of so many products fits 32 bits, in whatever order they are added.
bool fits_32_bits(const ValueFormat& format, int64_t products) {
  const int bits = format.value_bits + format.weight_bits - 2;
  return products < (int64_t{1} << (31 - bits));
}

}  // namespace

void load_values(const ValueUnit& unit, WeightTile& tile) {
  const Op& op = unit.op(tile.op);
  const OpValues& settings = unit.settings(tile.op);
  const int64_t channels = unit.graph().out_shape(op).c;
  tile.values.clear();
  tile.bias_values.clear();
  if (is_convolution(op) && op.weights > 0) {
    const int64_t taps = op.window.kernel_h * op.window.kernel_w;
    for (int64_t co = tile.co0; co < tile.co1; ++co) {
      const Value* of_output = settings.weights.data() + co * tile.group_inputs * taps;
      tile.values.insert(tile.values.end(), of_output + tile.ci0 * taps, of_output + tile.ci1 * taps);
    }
  } else if (op.weights > 0) {
    for (int64_t c = tile.co0; c < tile.co1; ++c)
      tile.values.push_back(settings.weights[static_cast<size_t>(parameter_of(c, channels, op.weights))]);
  }
  if (!tile.with_bias || op.biases == 0) return;
  for (int64_t c = tile.co0; c < tile.co1; ++c)
    tile.bias_values.push_back(settings.biases[static_cast<size_t>(parameter_of(c, channels, op.biases))]);
}

void add_products(const ValueUnit& unit, int64_t y, RowSource& in, const ChannelRange& held,
                  const WeightTile& tile, int64_t* sums) {
  const Op& op = unit.op(tile.op);
  const int64_t taps = op.window.kernel_h * op.window.kernel_w;
  const int64_t width = unit.width(op.output());
  const int64_t per_group = tile.group_outputs;
  const int64_t tile_depth = (tile.ci1 - tile.ci0) * taps;
  for (int64_t g = tile.co0 / per_group; !tile.values.empty() && g <= (tile.co1 - 1) / per_group; ++g) {
    const int64_t first = g * tile.group_inputs + tile.ci0;
    const int64_t from = std::max(first, held.first);
    const int64_t to = std::min(g * tile.group_inputs + tile.ci1, held.last);
    if (from >= to) continue;
    const Patches patches(unit, tile.op, y, in, from, to);
    const bool narrow = fits_32_bits(unit.format(), patches.depth());
    const int64_t last = std::min(tile.co1, (g + 1) * per_group);
    for (int64_t co = std::max(tile.co0, g * per_group); co < last; ++co) {
      const Value* weights = tile.values.data() + (co - tile.co0) * tile_depth + (from - first) * taps;
      int64_t* row = sums + (co - tile.co0) * width;
      narrow ? add_row<int32_t>(patches, weights, row) : add_row<int64_t>(patches, weights, row);
    }
  }
  for (size_t i = 0; i < tile.bias_values.size(); ++i) {
    int64_t* row = sums + static_cast<int64_t>(i) * width;
    for (int64_t x = 0; x < width; ++x) row[x] += tile.bias_values[i];
  }
  unit.check_sums(tile.op, tile.co0, y, width, sums, unit.elements(tile.op, tile.co1 - tile.co0));
}

void finish_products(const ValueUnit& unit, OpId o, int64_t channels, const int64_t* sums, Value* out) {
  const int shift = unit.settings(o).shift;
  const size_t count = unit.elements(o, channels);
  for (size_t i = 0; i < count; ++i) out[i] = unit.finished(o, shifted(sums[i], shift));
}

}  // namespace fusesim::hw
