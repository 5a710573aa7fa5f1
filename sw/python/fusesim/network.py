"""Networks as they are imported: operators and feature maps, in the interpreter's own process."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from . import _core, drawing

if TYPE_CHECKING:
    import pandas

Op = _core.Op
Tensor = _core.Tensor
Graph = _core.Graph


def models() -> List[str]:
    """Names of the networks that come with FuseSim."""
    return _core.zoo_models()


class Network:
    """A network, read from an ONNX file into a graph of operators whose shapes are fixed.

    model: a name of the zoo (models()) or a path. input_shapes: full ONNX shape (N, C, H, W) of each input with
    symbolic dimensions. batch: images, one after another in every group. fold_epilogues: make activations part
    of the op that feeds them, as the configuration's graph.fold_epilogues.

    The file is read in this process, without the limits of time and memory that the programs set: run files from
    elsewhere with run(). Raises Error "path: [node name:] reason". A Network does not change.

    name, path, sha256 (of the file), notes (nodes left out), graph (a Graph), ops (counted from 0 in topological
    order).
    """

    def __init__(self, model: Union[str, "os.PathLike[str]"], *,
                 input_shapes: Optional[Mapping[str, Sequence[int]]] = None, batch: Optional[int] = None,
                 fold_epilogues: bool = True):
        shapes = {name: list(shape) for name, shape in (input_shapes or {}).items()}
        self._core = _core.Network(os.fspath(model), input_shapes=shapes, batch=batch, fold_epilogues=fold_epilogues)
        self.graph: Graph = self._core.graph
        self.ops: Tuple[Op, ...] = tuple(self.graph.ops)
        self.name: str = self._core.name
        self.path: str = self._core.path
        self.sha256: str = self._core.sha256
        self.notes: Tuple[str, ...] = tuple(self._core.notes)
        # What a program has to be told to read the same network.
        self._settings = {"input_shapes": shapes or None, "batch": batch}
        self._fold_epilogues = fold_epilogues

    def settings_with(self, settings: Mapping[str, Any]) -> Dict[str, Any]:
        """Settings of a run, by keyword, and what makes a program read this very network where they do not say."""
        keys = {"graph.fold_epilogues": self._fold_epilogues, **(settings.get("set") or {})}
        given = {name: value for name, value in settings.items() if value is not None}
        return {**self._settings, **given, "set": keys}

    def group(self, text: str) -> Tuple[int, ...]:
        """Ops by name or index: "3", "3,4", "3..9" (every op on a path from 3 to 9). Raises Error if there are none
        such, or if they are no legal group."""
        return tuple(self.graph.select_group(text))

    def to_pandas(self) -> pandas.DataFrame:
        """A line for each op; shape is that of its (first) output, macs its multiply-accumulates for one image."""
        import pandas

        graph, tensors = self.graph, list(self.graph.tensors)
        rows = [{"op": index, "name": op.name, "kind": op.kind, "shape": _shape(tensors[op.outputs[0]]),
                 "kernel": op.kernel, "stride": op.stride, "weights": op.weights, "biases": op.biases,
                 "macs": graph.macs(op)} for index, op in enumerate(self.ops)]
        return pandas.DataFrame(rows).set_index("op")

    def _repr_svg_(self) -> str:
        return drawing.draw(drawing.nodes_of(self.graph))

    def __repr__(self) -> str:
        return f"Network('{self.name}', {len(self.ops)} ops)"


def _shape(tensor):
    return tensor.shape.c, tensor.shape.h, tensor.shape.w
