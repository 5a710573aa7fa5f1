#include "external_data.h"

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <optional>

#include "fusesim/base/read_file.h"
#include "tensor_data.h"

namespace fusesim::importer {
namespace {

namespace fs = std::filesystem;

std::string entry(const onnx::TensorProto& tensor, const std::string& key) {
  for (const auto& entry : tensor.external_data()) {
    if (entry.key() == key) return entry.value();
  }
  return "";
}

/// A number from 0 on; nothing where the text is none.
std::optional<int64_t> number(const std::string& text) {
  int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

/// The regular file that a location names, if it lies under the directory.
std::optional<fs::path> find_file(const fs::path& directory, const std::string& location) {
  std::error_code failure;
  const fs::path root = fs::weakly_canonical(directory, failure);
  if (failure || location.empty() || fs::path(location).is_absolute()) return std::nullopt;
  const fs::path file = fs::weakly_canonical(root / location, failure);
  if (failure || !fs::is_regular_file(file, failure)) return std::nullopt;
  const fs::path inside = file.lexically_relative(root);
  if (inside.empty() || *inside.begin() == "..") return std::nullopt;
  return file;
}

/// The tensor's bytes in a file that may hold more.
std::optional<std::string> read_bytes(const fs::path& file, const onnx::TensorProto& tensor, int64_t size) {
  const std::string offset = entry(tensor, "offset");
  const std::string length = entry(tensor, "length");
  const std::optional<int64_t> start = offset.empty() ? 0 : number(offset);
  if (!start || (!length.empty() && number(length) != size)) return std::nullopt;
  return read_file_part(file.string(), *start, size);
}

void load(onnx::TensorProto& tensor, const fs::path& directory) {
  if (tensor.data_location() != onnx::TensorProto::EXTERNAL) return;
  const std::optional<int64_t> size = readable_bytes(tensor);
  if (!size) return;
  const auto file = find_file(directory, entry(tensor, "location"));
  if (!file) return;
  auto bytes = read_bytes(*file, tensor, *size);
  if (!bytes) return;
  tensor.set_raw_data(std::move(*bytes));
  tensor.set_data_location(onnx::TensorProto::DEFAULT);
  tensor.clear_external_data();
}

}  // namespace

void load_small_external_data(onnx::GraphProto& graph, const std::string& directory) {
  const fs::path root = directory.empty() ? fs::path(".") : fs::path(directory);
  for (auto& tensor : *graph.mutable_initializer()) load(tensor, root);
  for (auto& node : *graph.mutable_node()) {
    for (auto& attribute : *node.mutable_attribute()) {
      if (attribute.has_t()) load(*attribute.mutable_t(), root);
      if (attribute.has_g()) load_small_external_data(*attribute.mutable_g(), directory);
    }
  }
}

}  // namespace fusesim::importer
