#include "build_model.h"

#include "check.h"
#include "functions.h"
#include "fusesim/base/text.h"
#include "infer.h"
#include "lower.h"
#include "node_order.h"
#include "opset.h"
#include "passes.h"
#include "real_parameters.h"
#include "sources.h"

namespace fusesim::importer {
namespace {

struct LoweredModel {
  TypedGraph typed;
  Draft draft;
};

LoweredModel lower_model(onnx::ModelProto& model, const ImportOptions& options, Place& place) {
  onnx::GraphProto& graph = *model.mutable_graph();
  default_opset(model);
  name_nodes(graph);
  if (model.functions_size() > 0) {
    place.enter("functions");
    inline_functions(model);
    name_nodes(graph);
    place.leave();
  }
  sort_nodes(graph, source_names(graph));
  const Sources sources = resolve_sources(model, options);
  place.enter("check of the model");
  check_with_libonnx(model);
  place.leave();
  LoweredModel lowered{infer(model, sources, place), {}};
  lowered.draft = lower(lowered.typed, graph, sources, place);
  return lowered;
}

void apply_passes(Draft& draft, const ImportOptions& options) {
  recognise_activations(draft);
  recognise_norms(draft);
  fold_repeats(draft);
  follow_layouts(draft);
  fold_pads(draft);
  fold_flattened(draft);
  drop_free_views(draft);
  drop_stacks(draft);
  remove_unread(draft);
  fold_affine(draft);
  if (options.fold_epilogues) fold_epilogues(draft);
  keep_functions_of_maps(draft);
}

}  // namespace

ImportedModel build_model(onnx::ModelProto& proto, const std::string& name, const ImportOptions& options,
                          Place& place) {
  LoweredModel lowered = lower_model(proto, options, place);
  Draft& draft = lowered.draft;
  place.enter("rewritings");
  apply_passes(draft, options);
  ImportedModel model;
  model.name = plain_name(name);
  model.notes = draft.notes;
  std::vector<int> drafts;
  Graph graph = emit_graph(draft, name, &drafts);
  if (options.with_parameters)
    model.parameters = real_parameters(lowered.typed, proto.graph(), draft, drafts, graph);
  graph.batch = options.batch.value_or(1);
  if (graph.batch > 1) graph.finish();
  model.graph = std::make_shared<const Graph>(std::move(graph));
  return model;
}

}  // namespace fusesim::importer
