"""Why a group does not fit, by run_explain in a process of its own."""

from __future__ import annotations

import json as json_format
import os
from dataclasses import dataclass, field
from typing import Any, Dict, Mapping, Optional, Sequence, Tuple, Union

from . import _programs
from ._settings import command_line
from .network import Network

PROGRAM = "run_explain"


@dataclass(frozen=True)
class Explanation:
    """What run_explain says of a group.

    fits; edges: (from op, to op, score) by importance; parts: ops of each part that the group is split into, empty
    where nothing is to be split; svg: the drawing; json: everything (sw/report/README.md names its fields).
    """

    fits: bool
    edges: Tuple[Tuple[int, int, float], ...]
    parts: Tuple[Tuple[int, ...], ...]
    svg: str = field(repr=False)
    json: Dict[str, Any] = field(repr=False, compare=False)

    def _repr_svg_(self) -> str:
        return self.svg


def explain(model: Union[Network, str, "os.PathLike[str]"], fusion: str, group: Union[str, Sequence[int]], *,
            buffer: Union[int, str, None] = None, config: Union[str, "os.PathLike[str]", None] = None,
            set: Optional[Mapping[str, Any]] = None, explainer: Optional[str] = None, seed: Optional[int] = None
            ) -> Explanation:
    """Why a group does not fit the buffer, which of its edges matter, and where to split it. group: ops by index, or
    text as --group takes, "20..40". Raises Error in run_explain's words."""
    settings = {"fusion": fusion, "buffer": buffer, "config": config, "set": set, "explainer": explainer, "seed": seed}
    if isinstance(model, Network):
        settings, model = model.settings_with(settings), model.path
    text = group if isinstance(group, str) else ",".join(str(op) for op in sorted(group))
    arguments = [*command_line(model, settings), f"--group={text}"]
    said, svg = _programs.alone(lambda children: [_printed(children, [*arguments, f"--format={name}"])
                                                  for name in ("json", "svg")])
    said = json_format.loads(said)
    edges = (said["explanation"] or {}).get("edges", ())
    parts = (said["split"] or {}).get("parts", ())
    return Explanation(said["fits"], tuple((edge["from"], edge["to"], edge["score"]) for edge in edges),
                       tuple(tuple(part["ops"]) for part in parts), svg, said)


def _printed(children, arguments):
    code, out, err = children.run(PROGRAM, arguments)
    if code != 0:
        raise _programs.error_of(PROGRAM, code, _programs.split_notes(err)[1])
    return out
