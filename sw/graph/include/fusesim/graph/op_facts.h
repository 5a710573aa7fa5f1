#pragma once

#include <array>
#include <cstdint>

#include "fusesim/graph/graph.h"

namespace fusesim {

/// What executes an op.
enum class Unit : uint8_t {
  pe_array,     ///< multiply-accumulates
  vector_unit,  ///< elementwise work, pools, copies
  none,         ///< its data passes through the chip; what it computes is not modelled
};

/// Which input channels one output channel takes. The first four are local: slices of channels pass one by
/// one.
enum class ChannelUse : uint8_t {
  own,         ///< its own
  broadcast,   ///< its own, or the only one of an operand that has no more
  stacked,     ///< one of one operand: the operands' channels follow one another
  shifted,     ///< its own, Op::channel_begin further on
  reducing,    ///< the sum over all channels of its convolution group (depthwise: over one)
  shuffled,    ///< one, anywhere (shuffled_channel)
  blocked,     ///< those of a square of positions (Op::block)
  normed,      ///< its own, and all of its group (Op::groups)
  summed,      ///< all of a position; one channel is made
  multiplied,  ///< all of its group, against the whole of operand 1
  paired,      ///< all of a position, of both operands
  all,         ///< all at once
};

/// Which input rows one output row is made of (of a row broadcast: is_row_broadcast).
enum class RowUse : uint8_t {
  own,         ///< its own alone
  window,      ///< those under Op::window
  transposed,  ///< those that reach it through Op::window, from the input's side
  resized,     ///< the source rows of Op::resize
  pooled,      ///< the map's, each as it comes: one row is made of the whole map
  whole,       ///< all at once
};

/// Whether output rows may take the place of the input rows that they free.
enum class InPlace : uint8_t {
  never,
  behind,   ///< under BRR: an output row is never ahead of the input rows that it is made from
  own_row,  ///< under LBDF as well: output row y is made of input row y alone
};

/// Facts about an operator kind, the same for every op of it. What they come to in rows, bytes and cycles is
/// worked out by those who need it: sw/cost and hw/ each by themselves.
struct OpFacts {
  const char* name;  ///< in files, tables and messages
  Unit unit;
  ChannelUse channels;
  InPlace in_place;
  RowUse rows;
  bool weighted;  ///< may have weights and biases

  /// Takes input rows as they come and makes one row of the whole map.
  constexpr bool pools_map() const { return rows == RowUse::pooled; }
  /// Output channels take input channels from anywhere: all of a position have to be on chip at once.
  constexpr bool mixes_channels() const {
    switch (channels) {
      case ChannelUse::shuffled:
      case ChannelUse::blocked:
      case ChannelUse::normed:
      case ChannelUse::summed:
      case ChannelUse::multiplied:
      case ChannelUse::paired:
      case ChannelUse::all:
        return true;
      case ChannelUse::own:
      case ChannelUse::broadcast:
      case ChannelUse::stacked:
      case ChannelUse::shifted:
      case ChannelUse::reducing:
        break;
    }
    return false;
  }
};

/// Every kind, in the order of the enumeration.
inline constexpr std::array<OpKind, 21> kOpKinds = {OpKind::conv,
                                                    OpKind::conv_transpose,
                                                    OpKind::max_pool,
                                                    OpKind::avg_pool,
                                                    OpKind::global_avg_pool,
                                                    OpKind::eltwise,
                                                    OpKind::concat,
                                                    OpKind::channel_slice,
                                                    OpKind::resize,
                                                    OpKind::activation,
                                                    OpKind::channel_shuffle,
                                                    OpKind::depth_to_space,
                                                    OpKind::space_to_depth,
                                                    OpKind::crop,
                                                    OpKind::norm,
                                                    OpKind::channel_reduce,
                                                    OpKind::global_max_pool,
                                                    OpKind::moments,
                                                    OpKind::matmul,
                                                    OpKind::position_matmul,
                                                    OpKind::opaque};

/// The one table of operator kinds.
constexpr OpFacts op_facts(OpKind kind) {
  constexpr Unit kPe = Unit::pe_array;
  constexpr Unit kVector = Unit::vector_unit;
  // clang-format off
  switch (kind) {
    //       name               unit        channels               in place          rows              weights
    case OpKind::conv:
      return {"conv",            kPe,        ChannelUse::reducing,  InPlace::behind,  RowUse::window,     true};
    case OpKind::conv_transpose:
      return {"conv_transpose",  kPe,        ChannelUse::reducing,  InPlace::never,   RowUse::transposed, true};
    case OpKind::max_pool:
      return {"max_pool",        kVector,    ChannelUse::own,       InPlace::behind,  RowUse::window,     false};
    case OpKind::avg_pool:
      return {"avg_pool",        kVector,    ChannelUse::own,       InPlace::behind,  RowUse::window,     false};
    case OpKind::global_avg_pool:
      return {"global_avg_pool", kVector,    ChannelUse::own,       InPlace::never,   RowUse::pooled,     false};
    case OpKind::eltwise:
      return {"eltwise",         kVector,    ChannelUse::broadcast, InPlace::behind,  RowUse::own,        false};
    case OpKind::concat:
      return {"concat",          kVector,    ChannelUse::stacked,   InPlace::never,   RowUse::own,        false};
    case OpKind::channel_slice:
      return {"channel_slice",   kVector,    ChannelUse::shifted,   InPlace::behind,  RowUse::own,        false};
    case OpKind::resize:
      return {"resize",          kVector,    ChannelUse::own,       InPlace::behind,  RowUse::resized,    false};
    case OpKind::activation:
      return {"activation",      kVector,    ChannelUse::own,       InPlace::own_row, RowUse::own,        true};
    case OpKind::channel_shuffle:
      return {"channel_shuffle", kVector,    ChannelUse::shuffled,  InPlace::never,   RowUse::own,        false};
    case OpKind::depth_to_space:
      return {"depth_to_space",  kVector,    ChannelUse::blocked,   InPlace::never,   RowUse::resized,    false};
    case OpKind::space_to_depth:
      return {"space_to_depth",  kVector,    ChannelUse::blocked,   InPlace::never,   RowUse::window,     false};
    case OpKind::crop:
      return {"crop",            kVector,    ChannelUse::own,       InPlace::never,   RowUse::window,     false};
    case OpKind::norm:
      return {"norm",            kVector,    ChannelUse::normed,    InPlace::own_row, RowUse::own,        true};
    case OpKind::channel_reduce:
      return {"channel_reduce",  kVector,    ChannelUse::summed,    InPlace::never,   RowUse::own,        false};
    case OpKind::global_max_pool:
      return {"global_max_pool", kVector,    ChannelUse::own,       InPlace::never,   RowUse::pooled,     false};
    case OpKind::moments:
      return {"moments",         kVector,    ChannelUse::own,       InPlace::never,   RowUse::pooled,     false};
    case OpKind::matmul:
      return {"matmul",          kPe,        ChannelUse::multiplied, InPlace::never,  RowUse::own,        false};
    case OpKind::position_matmul:
      return {"position_matmul", kPe,        ChannelUse::paired,    InPlace::never,   RowUse::own,        false};
    case OpKind::opaque:
      return {"opaque",          Unit::none, ChannelUse::all,       InPlace::never,   RowUse::whole,      true};
  }
  // clang-format on
  return {};
}

inline OpFacts op_facts(const Op& op) { return op_facts(op.kind); }

/// Conv and ConvTranspose, depthwise ones included: weights that multiply windows of channels.
inline bool is_convolution(const Op& op) { return op_facts(op).channels == ChannelUse::reducing; }
/// No unit computes it: it always runs alone, moving its inputs, parameters and outputs once.
inline bool is_opaque(const Op& op) { return op_facts(op).unit == Unit::none; }

}  // namespace fusesim
