"""Networks, plans and runs as drawings: Graphviz's `dot` lays them out (Debian package graphviz)."""

from __future__ import annotations

import dataclasses
from typing import Any, Dict, Iterator, Optional, Sequence, Tuple

from . import _core

# Fills of ops that are alone, and of fused groups in turn; dark text is legible on all of them.
ALONE = "#f2f2f2"
FUSED = ("#a6cee3", "#fdbf6f", "#b2df8a", "#cab2d6", "#fb9a99", "#ffff99")
NO_FIT = "#d62728"
UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"


@dataclasses.dataclass(frozen=True)
class Node:
    """An op: its name, kind, shape (C, H, W) of its output, and the ops that it reads."""

    name: str
    kind: str
    shape: Tuple[int, ...]
    inputs: Tuple[int, ...]


@dataclasses.dataclass(frozen=True)
class Box:
    """A group: ops by index, what is written on it, and whether it fits the buffer."""

    ops: Sequence[int]
    label: str = ""
    fits: bool = True


@dataclasses.dataclass(frozen=True)
class Drawing:
    """SVG that shows itself in a notebook."""

    svg: str = dataclasses.field(repr=False)

    def _repr_svg_(self) -> str:
        return self.svg


def nodes_of(graph: _core.Graph) -> Dict[int, Node]:
    """The ops of a graph by index."""
    tensors = graph.tensors
    nodes = {}
    for index, op in enumerate(graph.ops):
        shape = tensors[op.outputs[0]].shape
        nodes[index] = Node(op.name, op.kind, (shape.c, shape.h, shape.w),
                            tuple(tensors[tensor].producer for tensor in op.inputs))
    return nodes


def nodes_of_report(report: Dict[str, Any]) -> Dict[int, Node]:
    """The ops of a parsed fusesim.report/1 by index."""
    return {op["index"]: Node(op["name"], op["kind"], tuple(op["shape"]), tuple(op["inputs"]))
            for group in report["groups"] for op in group["ops"]}


def draw(nodes: Dict[int, Node], boxes: Optional[Sequence[Box]] = None) -> str:
    """As SVG; without boxes every op is alone. Raises Error if Graphviz is missing."""
    return _core.run_graphviz(_dot(nodes, boxes or [Box((index,)) for index in nodes]), "svg")


def _quoted(text):
    """Text inside a DOT string; what XML cannot hold is replaced."""
    text = "".join(letter if letter.isprintable() else UNPRINTABLE for letter in text)
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _node(index: int, node: Node, fill: str) -> str:
    short = "/".join(node.name.split("/")[-2:])
    label = f"{index}  {node.kind}\\n{_quoted(short)}\\n{' x '.join(map(str, node.shape))}"
    return f'    op{index} [label="{label}", tooltip="{_quoted(node.name)}", fillcolor="{fill}"];'


def _clusters(nodes: Dict[int, Node], boxes: Sequence[Box]) -> Iterator[str]:
    fused = 0
    for index, box in enumerate(boxes):
        alone = len(box.ops) == 1
        fill = ALONE if alone else FUSED[fused % len(FUSED)]
        fused += not alone
        inside = [_node(op, nodes[op], fill) for op in box.ops]
        if alone and box.fits:
            yield from inside
            continue
        style = "rounded" if box.fits else f'rounded, bold"; color="{NO_FIT}'
        yield f'  subgraph cluster{index} {{\n    style="{style}"; label="{_quoted(box.label)}";'
        yield from inside
        yield "  }"


def _edges(nodes: Dict[int, Node]) -> Iterator[str]:
    for index, node in nodes.items():
        for source in dict.fromkeys(node.inputs):
            if source >= 0:
                yield f"  op{source} -> op{index};"


def _dot(nodes: Dict[int, Node], boxes: Sequence[Box]) -> str:
    """In the DOT language."""
    lines = ["digraph network {", '  node [shape=box, style="filled, rounded", fontname=Helvetica, fontsize=10];',
             "  graph [fontname=Helvetica, fontsize=10, ranksep=0.25];"]
    return "\n".join([*lines, *_clusters(nodes, boxes), *_edges(nodes), "}"]) + "\n"
