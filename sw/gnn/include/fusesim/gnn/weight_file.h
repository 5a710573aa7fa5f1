#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace fusesim::gnn {

/// Named arrays of floats with some text beside them: the form in which every trained model is stored.
/// Layout: "FSWEIGHT", version, length of a JSON header (both uint32, little-endian), header, all floats
/// (IEEE single, little-endian), and SHA-256 (64 hex digits) of everything before it.
struct WeightFile {
  std::string kind;                         ///< e.g. "fusesim.gnn/1"
  std::map<std::string, std::string> text;  ///< seed, hashes, the command ...
  std::map<std::string, std::vector<float>> arrays;

  /// Throws Error naming the missing key.
  const std::string& text_of(const std::string& key) const;
  /// Throws Error unless the array is there with that many elements.
  const std::vector<float>& array_of(const std::string& key, int64_t elements) const;
};

std::string to_bytes(const WeightFile& file);
/// Throws Error "path: reason" for anything that to_bytes did not write, of another kind, or damaged.
WeightFile weight_file_from_bytes(const std::string& bytes, const std::string& kind, const std::string& path);

/// Writes the whole file or nothing; throws Error.
void write_weight_file(const WeightFile& file, const std::string& path);
WeightFile read_weight_file(const std::string& path, const std::string& kind);

}  // namespace fusesim::gnn
