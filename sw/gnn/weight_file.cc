#include "fusesim/gnn/weight_file.h"

#include <cstdio>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "fusesim/base/error.h"
#include "fusesim/base/read_file.h"
#include "fusesim/base/sha256.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim::gnn {
namespace {

constexpr char kMagic[] = "FSWEIGHT";
constexpr size_t kMagicBytes = 8;
constexpr uint32_t kVersion = 1;
constexpr size_t kHashBytes = 64;
constexpr size_t kPrefixBytes = kMagicBytes + 8;
static_assert(sizeof(float) == 4);

void put_u32(std::string& bytes, uint32_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8) bytes += static_cast<char>((value >> shift) & 0xFFU);
}

uint32_t get_u32(const std::string& bytes, size_t at) {
  uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i) {
    value |= static_cast<uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  }
  return value;
}

void put_float(std::string& bytes, float value) {
  uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  put_u32(bytes, bits);
}

float get_float(const std::string& bytes, size_t at) {
  const uint32_t bits = get_u32(bytes, at);
  float value = 0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

[[noreturn]] void fail(const std::string& path, const std::string& reason) {
  throw Error(path + ": " + reason);
}

/// Magic, version, hash and the extent of the header; the header's text.
std::string checked_header(const std::string& bytes, const std::string& path) {
  if (bytes.size() < kPrefixBytes + kHashBytes || bytes.compare(0, kMagicBytes, kMagic) != 0) {
    fail(path, "expected a weight file of this project");
  }
  const uint32_t version = get_u32(bytes, kMagicBytes);
  if (version != kVersion) {
    fail(path, "version: expected " + std::to_string(kVersion) + ", got " + std::to_string(version));
  }
  const size_t content = bytes.size() - kHashBytes;
  if (sha256_hex(bytes.substr(0, content)) != bytes.substr(content)) {
    fail(path, "damaged: its SHA-256 does not agree with its content");
  }
  const size_t header = get_u32(bytes, kMagicBytes + 4);
  if (header > content - kPrefixBytes) fail(path, "header: longer than the file");
  return bytes.substr(kPrefixBytes, header);
}

}  // namespace

const std::string& WeightFile::text_of(const std::string& key) const {
  const auto found = text.find(key);
  if (found == text.end()) throw Error(kind + ": expected text '" + key + "'");
  return found->second;
}

const std::vector<float>& WeightFile::array_of(const std::string& key, int64_t elements) const {
  const auto found = arrays.find(key);
  if (found == arrays.end()) throw Error(kind + ": expected array '" + key + "'");
  if (static_cast<int64_t>(found->second.size()) != elements) {
    throw Error(kind + ": array '" + key + "': expected " + std::to_string(elements) + " values, got " +
                std::to_string(found->second.size()));
  }
  return found->second;
}

std::string to_bytes(const WeightFile& file) {
  nlohmann::json arrays = nlohmann::json::object();
  for (const auto& [name, values] : file.arrays) arrays[name] = values.size();
  const std::string header =
      nlohmann::json({{"kind", file.kind}, {"text", file.text}, {"arrays", arrays}}).dump();
  std::string bytes(kMagic, kMagicBytes);
  put_u32(bytes, kVersion);
  put_u32(bytes, static_cast<uint32_t>(header.size()));
  bytes += header;
  for (const auto& [name, values] : file.arrays) {
    for (const float value : values) put_float(bytes, value);
  }
  return bytes + sha256_hex(bytes);
}

WeightFile weight_file_from_bytes(const std::string& bytes, const std::string& kind,
                                  const std::string& path) {
  const std::string header = checked_header(bytes, path);
  WeightFile file;
  std::map<std::string, uint64_t> sizes;
  try {
    const nlohmann::json json = nlohmann::json::parse(header);
    file.kind = json.at("kind").get<std::string>();
    file.text = json.at("text").get<std::map<std::string, std::string>>();
    for (const auto& [name, count] : json.at("arrays").get<std::map<std::string, nlohmann::json>>()) {
      if (!count.is_number_unsigned()) fail(path, "array '" + name + "': expected a whole number of values");
      sizes[name] = count.get<uint64_t>();
    }
  } catch (const nlohmann::json::exception& error) {
    fail(path, std::string("header: ") + error.what());
  }
  if (file.kind != kind) fail(path, "kind: expected " + kind + ", got " + file.kind);
  size_t at = kPrefixBytes + header.size();
  const size_t end = bytes.size() - kHashBytes;
  for (const auto& [name, count] : sizes) {
    if (count > (end - at) / sizeof(float)) fail(path, "array '" + name + "': longer than the file");
    std::vector<float>& values = file.arrays[name];
    values.reserve(count);
    for (uint64_t i = 0; i < count; ++i, at += sizeof(float)) values.push_back(get_float(bytes, at));
  }
  if (at != end) fail(path, "expected no bytes after the last array");
  return file;
}

void write_weight_file(const WeightFile& file, const std::string& path) {
  const std::string bytes = to_bytes(file);
  const std::string beside = path + ".part";
  std::ofstream out(beside, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out || std::rename(beside.c_str(), path.c_str()) != 0) {
    std::remove(beside.c_str());
    fail(path, "cannot write");
  }
}

WeightFile read_weight_file(const std::string& path, const std::string& kind) {
  return weight_file_from_bytes(read_file(path), kind, path);
}

}  // namespace fusesim::gnn
