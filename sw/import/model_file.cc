#include "model_file.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>

#include "external_data.h"
#include "fusesim/base/error.h"
#include "fusesim/base/sha256.h"

namespace fusesim::importer {
namespace {

namespace fs = std::filesystem;

std::string read_bytes(const std::string& path) {
  std::error_code failure;
  const fs::file_status status = fs::status(path, failure);
  if (!fs::exists(status)) throw Error("no such file");
  if (fs::is_directory(status)) throw Error("expected an ONNX file, got a directory");
  if (!fs::is_regular_file(status)) throw Error("expected an ONNX file, got a device or pipe");
  const uintmax_t size = fs::file_size(path, failure);
  if (failure) throw Error("cannot read: " + failure.message());
  if (size == 0) throw Error("file is empty");
  if (size > static_cast<uintmax_t>(std::numeric_limits<int32_t>::max())) {
    throw Error("file has " + std::to_string(size) +
                " bytes, a protobuf message at most 2 GiB: save the weights as external data");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(std::string("cannot read: ") + std::strerror(errno));
  std::string bytes(static_cast<size_t>(size), '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file) throw Error("cannot read: file ended early");
  return bytes;
}

bool looks_like_text(const std::string& bytes) {
  const size_t looked_at = std::min<size_t>(bytes.size(), 1024);
  return std::all_of(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(looked_at), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u >= 32 || u == '\n' || u == '\r' || u == '\t';
  });
}

bool parse(const std::string& bytes, onnx::ModelProto& proto) {
  const google::protobuf::LogSilencer silence;
  google::protobuf::io::CodedInputStream stream(reinterpret_cast<const uint8_t*>(bytes.data()),
                                                static_cast<int>(bytes.size()));
  stream.SetTotalBytesLimit(std::numeric_limits<int32_t>::max());
  return proto.ParseFromCodedStream(&stream) && stream.ConsumedEntireMessage();
}

}  // namespace

ModelFile read_model_file(const std::string& path) {
  const std::string bytes = read_bytes(path);
  ModelFile file;
  const bool parsed = parse(bytes, file.proto);
  if ((!parsed || !file.proto.has_graph()) && looks_like_text(bytes)) {
    throw Error("expected a binary ONNX file, got text");
  }
  if (!parsed) throw Error("truncated or damaged: not a complete ONNX protobuf message");
  if (!file.proto.has_graph()) throw Error("not an ONNX model, or truncated: it holds no graph");
  file.sha256 = sha256_hex(bytes);
  load_small_external_data(*file.proto.mutable_graph(), fs::path(path).parent_path().string());
  return file;
}

}  // namespace fusesim::importer
