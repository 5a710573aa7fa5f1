#include <algorithm>
#include <filesystem>
#include <string_view>

#include "build_model.h"
#include "child.h"
#include "fusesim/base/error.h"
#include "fusesim/import/import.h"
#include "model_file.h"
#include "sources.h"
#include "transfer.h"

namespace fusesim {
namespace {

using namespace importer;

std::string model_name(const std::string& path) {
  const std::filesystem::path file = std::filesystem::path(path).filename();
  return file.extension() == ".onnx" ? file.stem().string() : file.string();
}

/// Names and messages from the file may hold anything; a message is one short line.
std::string one_line(const std::string& text) {
  constexpr size_t kLongest = 600;
  std::string line;
  for (const char c : text) {
    const bool control = static_cast<unsigned char>(c) < 32 || c == 127;
    if (!control) line += c;
    if (control && !line.empty() && line.back() != ' ') line += ' ';
  }
  if (line.size() > kLongest) line = line.substr(0, kLongest) + "...";
  return line;
}

ImportedModel read_and_build(const std::string& path, const ImportOptions& options, Place& place) {
  place.enter("file");
  ModelFile file = read_model_file(path);
  place.leave();
  ImportedModel model = build_model(file.proto, model_name(path), options, place);
  model.path = path;
  model.sha256 = file.sha256;
  return model;
}

std::string shape_option(const std::string& name, const Dims& dims) {
  std::string text = " --input-shape " + name + "=";
  for (size_t i = 0; i < dims.size(); ++i) text += (i > 0 ? "," : "") + std::to_string(dims[i]);
  return text;
}

/// A remedy that was tried: other shapes for the inputs, where the rest of the file goes along.
std::string remedy(const std::string& path, ImportOptions options, const BatchError& error, Place& place) {
  std::string shapes;
  for (const auto& [name, dims] : error.single()) {
    options.input_shapes[name] = dims;
    shapes += shape_option(name, dims);
  }
  try {
    read_and_build(path, options, place);
  } catch (const Error& e) {
    return ", and constants of the file fix it (with batch 1: " + std::string(e.what()) +
           "): export the model with batch 1";
  }
  return ": set" + shapes;
}

/// The import itself. Throws Error with the path in front, or std::bad_alloc.
ImportedModel import_here(const std::string& path, const ImportOptions& options, Place& place) {
  try {
    return read_and_build(path, options, place);
  } catch (const BatchError& e) {
    throw Error(one_line(path + ": " + e.what() + remedy(path, options, e, place)));
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& e) {
    throw Error(one_line(path + ": " + e.what()));
  }
}

/// What a child hands back: a model, or the message of an Error.
constexpr char kModel = 'm';
constexpr char kRefusal = 'r';

std::string import_to_bytes(const std::string& path, const ImportOptions& options, Place& place) {
  try {
    return kModel + to_bytes(import_here(path, options, place));
  } catch (const Error& e) {
    return kRefusal + std::string(e.what());
  }
}

ImportedModel import_in_child(const std::string& path, const ImportOptions& options) {
  const auto work = [&](Place& place) { return import_to_bytes(path, options, place); };
  const ChildEnd end = run_in_child(*options.limits, work);
  if (end.how != ChildEnd::How::done) throw Error(one_line(path + ": " + explain(end, *options.limits)));
  const std::string_view content = std::string_view(end.bytes).substr(std::min<size_t>(1, end.bytes.size()));
  if (content.empty() || end.bytes.front() != kModel) throw Error(std::string(content));
  return from_bytes(content);
}

}  // namespace

ImportedModel import_onnx(const std::string& path, const ImportOptions& options) {
  if (options.limits) return import_in_child(path, options);
  Place place;
  try {
    return import_here(path, options, place);
  } catch (const std::bad_alloc&) {
    throw Error(one_line(path + ": " + place.text() + ": out of memory"));
  }
}

}  // namespace fusesim
