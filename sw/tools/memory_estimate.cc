#include "memory_estimate.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "fusesim/base/error.h"

namespace fusesim {
namespace {

// Measured on a Relu with 2^22 rows, columns or channels: the peak of run_sim, half for each of its two
// tensors.
constexpr double kRowBytes = 80;
constexpr double kColumnBytes = 48;
constexpr double kChannelBytes = 32;
/// Of a channel of a row, in every image: what came of it, and whether it is there.
constexpr double kLineBytes = 9;

double bytes_of(const Shape& shape, int64_t images) {
  const auto c = static_cast<double>(shape.c);
  const auto h = static_cast<double>(shape.h);
  const auto w = static_cast<double>(shape.w);
  return kRowBytes * h + kColumnBytes * w + kChannelBytes * c +
         kLineBytes * c * h * static_cast<double>(images);
}

/// The whole MiB that hold so many bytes, as the configuration writes sizes.
std::string mebibytes(double bytes) {
  return std::to_string(std::llround(std::ceil(bytes / (1024.0 * 1024.0)))) + " MiB";
}

}  // namespace

double estimated_bytes(const Graph& graph, int64_t images) {
  double bytes = 0;
  for (const Tensor& tensor : graph.tensors) bytes += bytes_of(tensor.shape, images);
  return bytes;
}

void check_memory(const Graph& graph, const Config& config, int64_t images) {
  const double bytes = estimated_bytes(graph, images);
  if (bytes <= static_cast<double>(config.graph.memory_limit_bytes)) return;
  const auto largest =
      std::max_element(graph.tensors.begin(), graph.tensors.end(), [&](const Tensor& a, const Tensor& b) {
        return bytes_of(a.shape, images) < bytes_of(b.shape, images);
      });
  const Shape& shape = largest->shape;
  const std::string each = images > 1 ? " in " + std::to_string(images) + " images" : "";
  throw Error("graph.memory_limit: expected at least " + mebibytes(bytes) +
              " for this network, whose largest tensor '" + largest->name + "' has " +
              std::to_string(shape.c) + " channels, " + std::to_string(shape.h) + " rows and " +
              std::to_string(shape.w) + " columns" + each + ", got " +
              std::to_string(config.graph.memory_limit_bytes) + " bytes");
}

}  // namespace fusesim
