#pragma once

#include <string>

#include "onnx_builder.h"

namespace fusesim {

/// Which positions of a map attend to one another: those of a square, or those at one place of every cell of
/// a grid.
enum class Grouping { windows, grid };

/// Tokens (1, groups, size * size, C) of a map: windows of size x size, or a grid of size x size cells.
struct TokenGroups {
  Shape map;
  Grouping grouping = Grouping::windows;
  int64_t size = 1;

  int64_t count() const { return map.h * map.w / (size * size); }
  int64_t tokens() const { return size * size; }
};

/// A map as tokens, and back.
void partition(OnnxBuilder& model, const std::string& map, const std::string& tokens,
               const TokenGroups& groups);
void departition(OnnxBuilder& model, const std::string& tokens, const std::string& map,
                 const TokenGroups& groups);
/// Normalisation, attention of some heads with a bias for each pair of places, projection, and the tokens
/// added: ops named `<out>.<what>`.
void attend(OnnxBuilder& model, const std::string& in, const std::string& out, const TokenGroups& groups,
            int64_t heads);
/// Of one attend().
int64_t attention_macs(const TokenGroups& groups);
int64_t attention_parameters(const TokenGroups& groups, int64_t heads);

/// x (1, C, H, W) through a convolution of 1 x 1, attention in windows and in a grid of the same size, and
/// another convolution, as MaxViT has it.
OnnxBuilder windows_then_grid(const Shape& map, int64_t size, int64_t heads);

}  // namespace fusesim
