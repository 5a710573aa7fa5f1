#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "fusesim/search/evaluator.h"

namespace fusesim {

/// Turns a group that does not fit the buffer into groups that do (paper, Method 5: SPLIT). A function of the
/// group alone: what was asked before changes nothing. One object per thread.
class GroupSplitter {
 public:
  virtual ~GroupSplitter() = default;
  /// Legal groups that fit, in an order in which they can run, or nothing if it knows no way. `group` is
  /// legal and does not fit.
  virtual std::optional<Plan> split(const Group& group) = 0;
};

/// Makes one splitter per thread; the evaluator outlives it and is used by that thread alone.
using SplitterFactory = std::function<std::unique_ptr<GroupSplitter>(Evaluator&)>;

}  // namespace fusesim
