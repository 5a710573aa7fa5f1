#pragma once

#include "draft.h"

namespace fusesim::importer {

// The rewritings of README.md, in the order in which import_onnx applies them. Each leaves a valid draft.

/// x*Sigmoid(x), x*HardSigmoid(x) and their spelled-out forms become one activation.
void recognise_activations(Draft& draft);
/// A normalisation over channels that is spelled out, with or without the mean, becomes one op.
void recognise_norms(Draft& draft);
/// Elementwise ops read what was repeated for them, one value per channel or one channel, as it was.
void fold_repeats(Draft& draft);
/// Reshapes and transpositions that come to one kind are that op, those that cancel are none; elementwise ops
/// between them and products of two computed tensors work on the maps that they are views of.
void follow_layouts(Draft& draft);
/// A constant Pad on H and W goes into the windows that can take it.
void fold_pads(Draft& draft);
/// Gemm and MatMul read the map that was flattened for them: its whole extent is their kernel.
void fold_flattened(Draft& draft);
/// Views give way to the tensor that they are a view of: where a reader only moves bytes, where only readers
/// behind the view ask for a shape, and at graph outputs.
void drop_free_views(Draft& draft);
/// A Concat whose operands follow one another in its bytes is none, if whoever reads it only moves bytes:
/// they are written where they belong.
void drop_stacks(Draft& draft);
/// Batch normalisation and per-channel arithmetic go into the convolution before them.
void fold_affine(Draft& draft);
/// Activations without parameters become epilogues of the op that feeds them.
void fold_epilogues(Draft& draft);
/// A function of a tensor that is no map is opaque, unless an op took it as an epilogue.
void keep_functions_of_maps(Draft& draft);
/// Takes out ops whose outputs nothing reads; each that no other op took over leaves a note.
void remove_unread(Draft& draft);

/// The finished graph. Throws Error where it has no operator or no output, or is not consistent.
/// `drafts`, if given, gets per op which of the draft it was.
Graph emit_graph(const Draft& draft, const std::string& name, std::vector<int>* drafts = nullptr);

}  // namespace fusesim::importer
