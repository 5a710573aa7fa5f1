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

/// Which input channels one output channel takes.
enum class ChannelUse : uint8_t {
  local,     ///< those that lie at its own place: slices of channels pass one by one
  reducing,  ///< the sum over all channels of its convolution group (depthwise: over one)
  all,       ///< all at once
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
  bool windowed;   ///< Op::window says which rows and columns an output reads
  bool weighted;   ///< may have weights and biases
  bool pools_map;  ///< takes input rows as they come and makes one row of the whole map
};

/// Every kind, in the order of the enumeration.
inline constexpr std::array<OpKind, 11> kOpKinds = {
    OpKind::conv,    OpKind::conv_transpose, OpKind::max_pool,      OpKind::avg_pool, OpKind::global_avg_pool,
    OpKind::eltwise, OpKind::concat,         OpKind::channel_slice, OpKind::resize,   OpKind::activation,
    OpKind::opaque};

/// The one table of operator kinds.
constexpr OpFacts op_facts(OpKind kind) {
  constexpr Unit kPe = Unit::pe_array;
  constexpr Unit kVector = Unit::vector_unit;
  constexpr ChannelUse kLocal = ChannelUse::local;
  constexpr ChannelUse kReducing = ChannelUse::reducing;
  // clang-format off
  switch (kind) {
    //       name               unit        channels         in place          windowed weighted pools map
    case OpKind::conv:
      return {"conv",            kPe,        kReducing,       InPlace::behind,  true,    true,    false};
    case OpKind::conv_transpose:
      return {"conv_transpose",  kPe,        kReducing,       InPlace::never,   true,    true,    false};
    case OpKind::max_pool:
      return {"max_pool",        kVector,    kLocal,          InPlace::behind,  true,    false,   false};
    case OpKind::avg_pool:
      return {"avg_pool",        kVector,    kLocal,          InPlace::behind,  true,    false,   false};
    case OpKind::global_avg_pool:
      return {"global_avg_pool", kVector,    kLocal,          InPlace::never,   false,   false,   true};
    case OpKind::eltwise:
      return {"eltwise",         kVector,    kLocal,          InPlace::behind,  false,   false,   false};
    case OpKind::concat:
      return {"concat",          kVector,    kLocal,          InPlace::never,   false,   false,   false};
    case OpKind::channel_slice:
      return {"channel_slice",   kVector,    kLocal,          InPlace::behind,  false,   false,   false};
    case OpKind::resize:
      return {"resize",          kVector,    kLocal,          InPlace::behind,  false,   false,   false};
    case OpKind::activation:
      return {"activation",      kVector,    kLocal,          InPlace::own_row, false,   true,    false};
    case OpKind::opaque:
      return {"opaque",          Unit::none, ChannelUse::all, InPlace::never,   false,   true,    false};
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
