#include "model_file.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/message.h>
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "external_data.h"
#include "fusesim/base/error.h"
#include "fusesim/base/read_file.h"
#include "fusesim/base/sha256.h"

namespace fusesim::importer {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMostBytes = (int64_t{1} << 31) - 1;

std::string read_bytes(const std::string& path) {
  FileBytes file = try_read_file(path, kMostBytes);
  if (file.fault) {
    switch (file.fault->kind) {
      case FileFault::Kind::missing:
        throw Error(file.fault->text);
      case FileFault::Kind::directory:
      case FileFault::Kind::special:
        throw Error("expected an ONNX file, got " + file.fault->text);
      case FileFault::Kind::too_large:
        throw Error("file has " + file.fault->text +
                    ", a protobuf message at most 2 GiB: save the weights as external data");
      case FileFault::Kind::unreadable:
        throw Error("cannot read: " + file.fault->text);
    }
  }
  if (file.bytes.empty()) throw Error("file is empty");
  return std::move(file.bytes);
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
  stream.SetTotalBytesLimit(static_cast<int>(kMostBytes));
  return proto.ParseFromCodedStream(&stream) && stream.ConsumedEntireMessage();
}

/// Calls `change` on every text of a message; attributes keep theirs as bytes.
template <class Change>
void for_each_text(google::protobuf::Message& message, const Change& change) {
  using Field = google::protobuf::FieldDescriptor;
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const Field*> fields;
  reflection.ListFields(message, &fields);
  const bool attribute = message.GetDescriptor() == onnx::AttributeProto::descriptor();
  for (const Field* field : fields) {
    const bool text =
        field->type() == Field::TYPE_STRING || (attribute && field->type() == Field::TYPE_BYTES);
    const bool inner = field->cpp_type() == Field::CPPTYPE_MESSAGE;
    if (!text && !inner) continue;
    if (!field->is_repeated()) {
      if (inner) for_each_text(*reflection.MutableMessage(&message, field), change);
      if (text) reflection.SetString(&message, field, change(reflection.GetString(message, field)));
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      if (inner) for_each_text(*reflection.MutableRepeatedMessage(&message, field, i), change);
      if (text)
        reflection.SetRepeatedString(&message, field, i,
                                     change(reflection.GetRepeatedString(message, field, i)));
    }
  }
}

/// A message that holds a NUL would end there. Another control character is as good in a name.
std::string without_nul(std::string text) {
  std::replace(text.begin(), text.end(), '\0', '\1');
  return text;
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
  if (bytes.find('\0') != std::string::npos) for_each_text(file.proto, without_nul);
  load_small_external_data(*file.proto.mutable_graph(), fs::path(path).parent_path().string());
  return file;
}

}  // namespace fusesim::importer
