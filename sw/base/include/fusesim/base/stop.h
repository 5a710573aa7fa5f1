#pragma once

#include <functional>

namespace fusesim {

/// True once the work is to end with what it has found so far. Asked often, from any thread; empty: never.
using StopFn = std::function<bool()>;

}  // namespace fusesim
