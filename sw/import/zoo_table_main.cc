#include <cstdio>
#include <exception>

#include "fusesim/import/import.h"

/// Prints one line per model of `<folder>/models`: name, ops with epilogues folded, ops without, parameters,
/// and multiply-accumulates of the convolutions. scripts/export_zoo.py --table turns it into
/// models/README.md's table.
int main(int argc, char** argv) {
  using namespace fusesim;
  if (argc != 2) {
    std::fputs("usage: zoo_table FOLDER\n", stderr);
    return 2;
  }
  try {
    for (const std::string& name : zoo_models(argv[1])) {
      const std::string path = resolve_model(name, argv[1]);
      const ImportedModel folded = import_onnx(path);
      ImportOptions options;
      options.fold_epilogues = false;
      const ImportedModel apart = import_onnx(path, options);
      int64_t parameters = 0;
      int64_t macs = 0;
      for (const Op& op : folded.graph->ops) {
        parameters += op.weights + op.biases;
        if (op.kind == OpKind::conv || op.kind == OpKind::conv_transpose)
          macs += mac_count(*folded.graph, op);
      }
      std::printf("%s %zu %zu %lld %lld\n", name.c_str(), folded.graph->ops.size(), apart.graph->ops.size(),
                  static_cast<long long>(parameters), static_cast<long long>(macs));
    }
  } catch (const std::exception& e) {
    std::fprintf(stderr, "zoo_table: %s\n", e.what());
    return 2;
  }
  return 0;
}
