#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "axes.h"
#include "draft.h"
#include "infer.h"

namespace fusesim::importer {

/// Which draft value holds the elements of each tensor of the typed graph, and how. A tensor is plain where
/// the draft value has its dimensions (or those of a map of rank 4 or 2 beside it); else it is a name of a
/// map under axes of its own.
class Naming {
 public:
  Naming(const TypedGraph& graph, Draft& draft);

  /// Throws Error for a tensor that no operator makes.
  int id(int typed) const;
  bool is_made(int typed) const { return at(ids_, typed) >= 0; }
  bool is_plain(int typed) const { return at(axes_, typed).empty(); }
  /// Nodes that only renamed it, and that whoever reads it takes over.
  const std::vector<NodeRef>& renamed_by(int typed) const { return at(pending_, typed); }
  /// Empty where it is no name of a map.
  std::optional<Arrangement> arrangement(int typed) const;

  void set_plain(int typed, int id) { at(ids_, typed) = id; }
  /// Plain, if the axes are those of a map.
  void set(int typed, int id, const Axes& axes, const std::vector<NodeRef>& renamed_by);

  /// A draft value with the tensor's dimensions: a re-ordering if there is none yet, in the name of its
  /// reader.
  int plain(int typed, const NodeRef& reader);
  /// The tensor's map under a pattern: that which it has, or a re-ordering. -1 where the pattern does not
  /// fit.
  int arranged(int typed, const Axes& pattern, const NodeRef& reader);
  /// A draft value with the tensor's elements in an order in which they may lie in DRAM.
  int bytes(int typed, const NodeRef& reader);

  /// How a tensor that comes from outside or from an opaque op is best seen: as those who read it want it.
  std::optional<Arrangement> at_birth(int typed) const;

 private:
  template <class T>
  static T& at(std::vector<T>& values, int i) {
    return values[static_cast<size_t>(i)];
  }
  template <class T>
  static const T& at(const std::vector<T>& values, int i) {
    return values[static_cast<size_t>(i)];
  }
  const Dims& dims(int typed) const { return at(graph_->values, typed).dims(); }
  /// The pattern under which a node wants its operand `slot`; empty for any.
  Axes wanted_by(const TypedNode& node, size_t slot) const;
  /// Adds a view or transposition of a value and returns what it makes.
  int add_view(int from, const Dims& dims, const std::vector<NodeRef>& nodes);
  int add_transposition(int from, const std::vector<size_t>& permutation, const std::vector<NodeRef>& nodes);
  int add(DraftOp op, int from, const Dims& dims, const std::vector<NodeRef>& nodes);

  const TypedGraph* graph_;
  Draft* draft_;
  std::vector<int> ids_;
  std::vector<Axes> axes_;
  std::vector<std::vector<NodeRef>> pending_;
  std::vector<int> plain_;
  std::map<std::pair<int, Axes>, int> arranged_;
  std::vector<Axes> wanted_;  ///< pattern that the first reader with a wish wants
};

}  // namespace fusesim::importer
