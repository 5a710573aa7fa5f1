"""Networks and plans as drawings: Graphviz's `dot` lays them out (Debian package graphviz)."""

from . import _core

# Fills of ops that are alone, and of fused groups in turn; dark text is legible on all of them.
ALONE = "#f2f2f2"
FUSED = ("#a6cee3", "#fdbf6f", "#b2df8a", "#cab2d6", "#fb9a99", "#ffff99")
NO_FIT = "#d62728"


def _quoted(text):
    """Text in a DOT string; its last part where it is a long path."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _short(name):
    return "/".join(name.split("/")[-2:])


def _node(ops, tensors, index, fill):
    op = ops[index]
    shape = tensors[op.outputs[0]].shape
    label = f"{index}  {op.kind}\\n{_quoted(_short(op.name))}\\n{shape.c} x {shape.h} x {shape.w}"
    return f'    op{index} [label="{label}", tooltip="{_quoted(op.name)}", fillcolor="{fill}"];'


def _edges(tensors):
    for tensor in tensors:
        if tensor.producer < 0:
            continue
        for consumer in tensor.consumers:
            yield f"  op{tensor.producer} -> op{consumer};"


def _clusters(graph, groups):
    """groups: (ops, label, whether it fits) of each."""
    every_op, tensors = graph.ops, graph.tensors
    fused = 0
    for index, (ops, label, fits) in enumerate(groups):
        alone = len(ops) == 1
        fill = ALONE if alone else FUSED[fused % len(FUSED)]
        fused += not alone
        nodes = [_node(every_op, tensors, op, fill) for op in ops]
        if alone and fits:
            yield from nodes
            continue
        style = "rounded" if fits else f'rounded, bold"; color="{NO_FIT}'
        yield f'  subgraph cluster{index} {{\n    style="{style}"; label="{_quoted(label)}";'
        yield from nodes
        yield "  }"


def dot_of(graph, groups=None):
    """The network in the DOT language; with groups, each (ops, label, fits), a box around each that is fused."""
    groups = [((op,), "", True) for op in range(len(graph.ops))] if groups is None else groups
    lines = ["digraph network {", '  node [shape=box, style="filled, rounded", fontname=Helvetica, fontsize=10];',
             "  graph [fontname=Helvetica, fontsize=10, ranksep=0.25];"]
    return "\n".join([*lines, *_clusters(graph, groups), *_edges(graph.tensors), "}"]) + "\n"


def svg_of(graph, groups=None):
    """As SVG. Raises Error if Graphviz is missing."""
    return _core.run_graphviz(dot_of(graph, groups), "svg")
