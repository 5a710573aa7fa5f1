#include "transfer.h"

#include <cstring>
#include <type_traits>

#include "fusesim/base/error.h"

namespace fusesim::importer {
namespace {

/// Types without pointers travel as they lie in memory.
template <class T>
constexpr bool kPlain = std::is_trivially_copyable_v<T>;

class Writer {
 public:
  template <class T>
  using Of = const T;

  template <class... T>
  void operator()(const T&... values) {
    (one(values), ...);
  }
  std::string take() { return std::move(bytes_); }

 private:
  void raw(const void* data, size_t size) { bytes_.append(static_cast<const char*>(data), size); }

  template <class T>
  void one(const T& value) {
    if constexpr (kPlain<T>) {
      raw(&value, sizeof value);
    } else {
      fields(*this, value);
    }
  }
  void one(const std::string& text) { list(text); }
  template <class T>
  void one(const std::vector<T>& values) {
    if constexpr (kPlain<T>) {
      list(values);
    } else {
      const size_t size = values.size();
      one(size);
      for (const T& value : values) one(value);
    }
  }
  template <class List>
  void list(const List& values) {
    const size_t size = values.size();
    one(size);
    raw(values.data(), size * sizeof(typename List::value_type));
  }

  std::string bytes_;
};

class Reader {
 public:
  template <class T>
  using Of = T;

  explicit Reader(std::string_view bytes) : at_(bytes.data()), left_(bytes.size()) {}

  template <class... T>
  void operator()(T&... values) {
    (one(values), ...);
  }
  void finish() const { expect(left_ == 0); }

 private:
  static void expect(bool holds) {
    if (!holds) throw Error("what the import handed back is not complete");
  }

  void raw(void* data, size_t size) {
    expect(size <= left_);
    if (size > 0) std::memcpy(data, at_, size);
    at_ += size;
    left_ -= size;
  }

  template <class T>
  void one(T& value) {
    if constexpr (kPlain<T>) {
      raw(&value, sizeof value);
    } else {
      fields(*this, value);
    }
  }
  void one(std::string& text) { list(text); }
  template <class T>
  void one(std::vector<T>& values) {
    if constexpr (kPlain<T>) {
      list(values);
    } else {
      size_t size = 0;
      one(size);
      expect(size <= left_);  // no element takes less than a byte
      values.resize(size);
      for (T& value : values) one(value);
    }
  }
  template <class List>
  void list(List& values) {
    size_t size = 0;
    one(size);
    expect(size <= left_ / sizeof(typename List::value_type));
    values.resize(size);
    raw(values.data(), size * sizeof(typename List::value_type));
  }

  const char* at_;
  size_t left_;
};

// One function for both ways. The bindings name every member: one more member does not compile until it is
// here.

template <class Io>
void fields(Io& io, typename Io::template Of<ActivationFn>& function) {
  auto& [type, alpha, beta] = function;
  io(type, alpha, beta);
}

template <class Io>
void fields(Io& io, typename Io::template Of<Op>& op) {
  auto& [name, nodes, onnx_type, kind, inputs, outputs, window, groups, count_include_pad, eltwise,
         channel_begin, channel_block, resize, block, activations, weights, biases, parameters_of,
         opaque_macs, weight_rows, weight_bits, bias_bits] = op;
  io(name, nodes, onnx_type, kind, inputs, outputs, window, groups, count_include_pad, eltwise, channel_begin,
     channel_block, resize, block, activations, weights, biases, parameters_of, opaque_macs, weight_bits,
     bias_bits);
}

/// Producer, consumers and whether it is an output follow from the graph.
template <class Io>
void fields(Io& io, typename Io::template Of<Tensor>& tensor) {
  auto& [name, shape, producer, consumers, graph_output, bits] = tensor;
  static_cast<void>(producer);
  static_cast<void>(consumers);
  static_cast<void>(graph_output);
  io(name, shape, bits);
}

template <class Io>
void fields(Io& io, typename Io::template Of<Graph>& graph) {
  auto& [name, ops, tensors, inputs, outputs, batch] = graph;
  io(name, ops, tensors, inputs, outputs, batch);
}

template <class Io>
void fields(Io& io, typename Io::template Of<OpParameters>& op) {
  auto& [weights, biases] = op;
  io(weights, biases);
}

/// The graph travels beside it.
template <class Io>
void fields(Io& io, typename Io::template Of<ImportedModel>& model) {
  auto& [graph, name, sha256, path, notes, parameters] = model;
  static_cast<void>(graph);
  io(name, sha256, path, notes, parameters);
}

}  // namespace

std::string to_bytes(const ImportedModel& model) {
  Writer writer;
  writer(model, *model.graph);
  return writer.take();
}

ImportedModel from_bytes(std::string_view bytes) {
  ImportedModel model;
  Graph graph;
  Reader reader(bytes);
  reader(model, graph);
  reader.finish();
  graph.finish();
  model.graph = std::make_shared<const Graph>(std::move(graph));
  return model;
}

}  // namespace fusesim::importer
