#include <algorithm>

#include "values/arithmetic.h"
#include "values/kernels.h"

namespace fusesim::hw {
namespace {

/// Sums and sums of squares of one channel.
struct Moments {
  int64_t sum = 0;
  int64_t squares = 0;
};

/// Mean and deviation of `count` elements.
void finish_moments(const ValueUnit& unit, OpId o, const Moments& moments, int64_t count, Value* out) {
  const OpValues& settings = unit.settings(o);
  const int bits = moment_bits(unit.format());
  const int64_t mean = rounded_quotient(moments.sum * (int64_t{1} << bits), count);
  const int64_t square = moments.squares * (int64_t{1} << (settings.square_shift + 2 * bits)) / count;
  const int64_t deviation = integer_root(std::max<int64_t>(0, square - mean * mean));
  const RowRange columns = unit.columns(unit.op(o).output());
  for (int64_t x = columns.first; x < columns.last; ++x)
    out[x - columns.first] = unit.finished(o, shifted(x == 0 ? mean : deviation, bits - settings.scale));
}

void add_row(const ValueUnit& unit, OpId o, ValueRule rule, const Value* row, int64_t width, bool first,
             int64_t* sums) {
  const int square_shift = unit.settings(o).square_shift;
  if (first) std::fill_n(sums, pooled_sums(unit, o), 0);
  if (first && (rule == ValueRule::largest || rule == ValueRule::smallest)) sums[0] = row[0];
  for (int64_t x = 0; x < width; ++x) {
    const int64_t v = row[x];
    if (rule == ValueRule::largest) {
      sums[0] = std::max(sums[0], v);
    } else if (rule == ValueRule::smallest) {
      sums[0] = std::min(sums[0], v);
    } else {
      sums[0] += v;
      if (rule == ValueRule::moments) sums[1] += (v * v) >> square_shift;
    }
  }
}

}  // namespace

int64_t pooled_sums(const ValueUnit& unit, OpId o) { return unit.op(o).kind == OpKind::moments ? 2 : 1; }

void add_pooled_values(const ValueUnit& unit, OpId o, int64_t r, RowSource& in, const ChannelRange& channels,
                       int64_t* sums) {
  const Op& op = unit.op(o);
  const ValueRule rule = value_rule(unit.graph(), op);
  const int64_t width = unit.width(op.inputs.front());
  const int64_t each = pooled_sums(unit, o);
  const Value* rows = in.values(r, channels.first, channels.last);
  for (int64_t i = 0; i < channels.size(); ++i)
    add_row(unit, o, rule, rows + i * width, width, r == 0, sums + i * each);
  unit.check_sums(o, channels.first, 0, each, sums, static_cast<size_t>(channels.size() * each));
}

void finish_pooled_values(const ValueUnit& unit, OpId o, const int64_t* sums, Value* out) {
  const Op& op = unit.op(o);
  const Shape& in = unit.graph().in_shape(op);
  const OpValues& settings = unit.settings(o);
  const ValueRule rule = value_rule(unit.graph(), op);
  const int64_t group = rule == ValueRule::moments ? in.c / op.groups : 1;
  for (int64_t first = 0; first < in.c; first += group) {
    Moments all;
    for (int64_t c = first; c < first + group; ++c) {
      all.sum += sums[c * pooled_sums(unit, o)];
      if (rule == ValueRule::moments) all.squares += sums[c * 2 + 1];
    }
    for (int64_t c = first; c < first + group; ++c) {
      if (rule == ValueRule::moments) {
        finish_moments(unit, o, all, group * in.h * in.w, out + c * unit.width(op.output()));
      } else if (rule == ValueRule::mean) {
        out[c] = unit.finished(o, rounded_quotient(all.sum * (int64_t{1} << settings.scale), in.h * in.w));
      } else {
        out[c] = unit.finished(o, shifted(all.sum, settings.shift));
      }
    }
  }
}

}  // namespace fusesim::hw
