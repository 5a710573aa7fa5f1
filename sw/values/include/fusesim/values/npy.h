#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fusesim {

/// An array of a NumPy file.
struct NpyArray {
  std::vector<int64_t> shape;
  std::vector<float> elements;  ///< in C order
};

/// Contents of an .npy file (format 1.0 to 3.0, C order, little-endian floats of 4 or 8 bytes or integers of
/// 1 to 8); `path` is for messages. Throws Error("path: expected X, got Y").
NpyArray npy_from_bytes(const std::string& bytes, const std::string& path);
/// The same array as a file of 4-byte floats.
std::string to_npy(const NpyArray& array);

}  // namespace fusesim
