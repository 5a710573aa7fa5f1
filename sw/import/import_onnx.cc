#include <algorithm>
#include <filesystem>
#include <optional>
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

/// A file of several images is one of one image, as often, where the rest of it goes along. Every remedy was
/// tried.
ImportedModel read_images(const std::string& path, const ImportOptions& options, const BatchError& error,
                          Place& place) {
  ImportOptions single = options;
  single.batch = error.batch();
  std::string shapes;
  for (const auto& [name, dims] : error.single()) {
    single.input_shapes[name] = dims;
    shapes += shape_option(name, dims);
  }
  if (error.batch() == 0) single.batch = 1;
  std::optional<ImportedModel> model;
  try {
    model = read_and_build(path, single, place);
  } catch (const Error& e) {
    throw Error(std::string(error.what()) + ", and constants of the file fix it (with batch 1: " + e.what() +
                "): export the model with batch 1");
  }
  if (error.batch() == 0) throw Error(std::string(error.what()) + ", and others: set" + shapes);
  if (options.batch && *options.batch != error.batch()) {
    throw Error("--batch: expected " + std::to_string(error.batch()) + " as the file has it, got " +
                std::to_string(*options.batch) + ": leave it out, or set" + shapes);
  }
  return std::move(*model);
}

ImportedModel read_as_images(const std::string& path, const ImportOptions& options, Place& place) {
  try {
    return read_and_build(path, options, place);
  } catch (const BatchError& e) {
    return read_images(path, options, e, place);
  }
}

/// The import itself. Throws Error with the path in front, or std::bad_alloc.
ImportedModel import_here(const std::string& path, const ImportOptions& options, Place& place) {
  try {
    return read_as_images(path, options, place);
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
