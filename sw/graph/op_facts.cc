#include "fusesim/graph/op_facts.h"

namespace fusesim {

OpFacts op_facts(OpKind kind) {
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

}  // namespace fusesim
