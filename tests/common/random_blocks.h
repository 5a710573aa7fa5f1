#pragma once

#include <vector>

#include "fusesim/testing/graph_builder.h"
#include "fusesim/testing/random_graph.h"

namespace fusesim::testing {

/// Appends random blocks to a GraphBuilder. Keeps the feature maps that later blocks may read.
class RandomBlocks {
 public:
  RandomBlocks(Random& random, GraphBuilder& builder, const RandomGraphOptions& options)
      : random_(random), builder_(builder), options_(options) {}

  void append_input();
  /// Appends one block that reads at least one earlier map.
  void append_block();
  const std::vector<TensorId>& maps() const { return maps_; }

 private:
  TensorId single(TensorId x);
  TensorId conv(TensorId x);
  TensorId grouped_conv(TensorId x);
  TensorId depthwise(TensorId x);
  TensorId same_size_conv(TensorId x, int64_t channels);
  TensorId same_size_step(TensorId x);
  TensorId conv_transpose(TensorId x);
  TensorId pool(TensorId x);
  TensorId resize(TensorId x);
  TensorId resize_to(TensorId x, int64_t h, int64_t w);
  TensorId activation(TensorId x);
  TensorId residual(TensorId x);
  TensorId strided_residual(TensorId x);
  TensorId squeeze_and_excite(TensorId x);
  TensorId spatial_attention(TensorId x);
  TensorId inception(TensorId x);
  TensorId split_and_join(TensorId x);
  TensorId read_twice(TensorId x);
  TensorId pyramid(TensorId x);
  TensorId head(TensorId x);
  TensorId outer_product(TensorId x);
  TensorId opaque(TensorId x);
  TensorId mixing(TensorId x);
  TensorId shuffle(TensorId x);
  TensorId deepen_or_widen(TensorId x);
  TensorId crop(TensorId x);
  TensorId norm(TensorId x);
  TensorId whole_map_norm(TensorId x);
  TensorId channel_attention(TensorId x);
  TensorId attention(TensorId x);
  TensorId window_attention(TensorId x);
  int64_t divisor_of(int64_t channels);

  Window random_window(const Shape& in, bool allow_padding_only_rows);
  TensorId any_map();
  TensorId recent_map();
  int64_t channels();
  EltwiseKind eltwise_kind();

  Random& random_;
  GraphBuilder& builder_;
  const RandomGraphOptions& options_;
  std::vector<TensorId> maps_;
};

}  // namespace fusesim::testing
