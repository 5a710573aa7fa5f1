#pragma once

#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "draft.h"
#include "layout.h"
#include "product.h"

namespace fusesim::importer {

/// Values that are views of maps, and the ops that can work on the map in their place.
class LayoutFollower {
 public:
  explicit LayoutFollower(Draft& draft) : draft_(draft), views_(draft.values.size()) {}

  void run();

 private:
  std::optional<View>& view(int v);
  /// The value itself, if it is a map and no view of another.
  std::optional<View> seen(int v);
  void follow(int i);

  // Views (follow_layouts.cc).

  void look_through(int i);
  /// A view that is a map again is one op, or none.
  void close(int i, const View& made);
  /// What reads the view reads the map instead. A graph output keeps its own op.
  void join(int i, const View& made);
  /// Ops between a view and its map go once nothing else reads them.
  void fold_above(int v, int base);
  /// A slice of a view is a view.
  void cut(int i);
  void cut_dims(int i);
  void add_view(int i, const View& from, const std::optional<Layout>& layout);
  /// Ops from which a graph output is made.
  void find_wanted();
  /// What something still wants as it was: nothing if the elements keep their order and it only leaves the
  /// network, else one pass over the map.
  void make_again(int v);
  /// A writer of rows can leave the map in this order: rows before columns, channels in front of them, behind
  /// them or in between.
  bool lies_in_rows(const View& of) const;
  /// Whoever reads it, at once or under another shape, only moves its bytes.
  bool only_moves(int v) const;
  void hand_on(int v, int base, std::vector<NodeRef> nodes);
  /// The map itself is the graph output.
  bool leave_as_map(int v, const View& from);
  /// Ops that only follow views and found none are opaque.
  void give_up();

  // Ops on the maps of views (follow_ops.cc).

  /// Elementwise ops work on the maps, if all are seen in the same way; a norm of the last dimension is one
  /// of channels.
  void move(int i);
  /// A convolution that is a product of what a row of its operand holds by a constant matrix.
  void multiply_channels(int i);
  /// A product of the channels, which are this dimension of the operand, by a constant matrix.
  void multiply_rows(int i, size_t channels);
  /// Statistics of groups of channels, and what they make of the map.
  void normalise_groups(int i);
  /// Parts of rows or columns one after another: each is cut out of its map, and one pass joins them.
  void stack(int i);
  /// The op makes a new map, of which its result is a view.
  void made_of(int i, const Shape& shape, const Layout& layout);
  /// The op reads these maps in the place of its operands.
  void read_maps(int i, const std::vector<int>& maps);
  /// The same tensor as a view of all of a map: part of the channels becomes a channel_slice.
  std::optional<View> whole_view(const View& of, int reader);
  /// A map of the view's map's rows and columns, or others, made by `kind` in the name of its reader.
  int add_op(const Op& kind, int input, const Shape& shape, const View& of, int reader, const char* suffix);

  // Products of two tensors (follow_products.cc).

  void multiply(int i);
  bool multiply_maps(int i, const View& left, const View& right);
  bool multiply_positions(int i, const View& left, const View& right, bool left_outermost);
  void multiply_squares(int i, const View& left, const View& right);
  /// The view as one of its map's space_to_depth.
  std::optional<View> deep_view(const View& of, int64_t size, int reader);
  /// The op's result, which is this view, as one of the depth_to_space of what the op makes.
  void widen(int i, int view_of, int64_t size);
  /// A map whose channels are these channels of the view's map, in this order; -1 where none can be had.
  int operand(const View& of, const std::vector<Factor>& channels, int reader);

  Draft& draft_;
  std::vector<std::optional<View>> views_;
  std::vector<char> wanted_;  ///< by op
  std::map<std::tuple<int, int64_t, int64_t>, int> shuffled_;
  std::map<std::tuple<int, int64_t, int64_t>, int> slices_;
  std::map<std::pair<int, int64_t>, int> deep_;
};

/// All elements of a map, each once.
bool is_permutation(const Layout& layout, const Shape& map);

}  // namespace fusesim::importer
