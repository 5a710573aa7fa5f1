#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fusesim {

/// One dimension of a graph input: a number, or a name for a symbolic one.
struct Dimension {
  Dimension(int number) : value(number) {}       // NOLINT(google-explicit-constructor)
  Dimension(int64_t number) : value(number) {}   // NOLINT(google-explicit-constructor)
  Dimension(const char* name) : symbol(name) {}  // NOLINT(google-explicit-constructor)
  int64_t value = 0;
  std::string symbol;
};

/// Bytes of an ONNX file: input "image" -> 3x3 convolution "conv_a" (4 channels) -> Relu -> 3x3 convolution
/// "conv_b"
/// (`channels` channels) -> output "result". The input has 3 channels if it is to be valid.
std::string conv_chain_onnx(const std::vector<Dimension>& input, int64_t channels = 4);
/// Bytes of an ONNX file with a network that finds text in a picture: 3x3 convolutions of `channels`
/// channels at full size, a stage at half of it, and back by a transposed convolution next to what was kept.
/// Ops: stem, keep, half, deep, up, join, mix, mark.
std::string text_finder_onnx(int64_t height, int64_t width, int64_t channels);
/// Bytes of an ONNX file with one Relu.
std::string relu_onnx(const std::vector<Dimension>& input);
/// The same with this name for the Relu.
std::string named_relu_onnx(const std::string& name);
/// Bytes of an ONNX file with a chain of `length` Relus.
std::string relu_chain_onnx(int length);
/// Bytes of an ONNX file, of an opset that libonnx does not check, whose Relu "twice" has two outputs.
std::string two_outputs_onnx();
/// Bytes of an ONNX file in which two Add nodes read each other.
std::string cyclic_onnx();

}  // namespace fusesim
