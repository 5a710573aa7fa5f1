"""Simulations: run_sim in a process of its own, because SystemC's kernel is global to a process."""

from __future__ import annotations

import json
import os
from typing import Any, Mapping, Optional, Sequence, Union

from . import _programs
from ._settings import command_line
from .errors import Error, ErrorKind
from .network import Network
from .report import Report, read_report

PROGRAM = "run_sim"
Size = Union[int, str]
Path = Union[str, "os.PathLike[str]"]


def run(model: Union[Path, Network], fusion: Optional[str] = None, *, buffer: Optional[Size] = None,
        objective: Optional[str] = None, config: Optional[Path] = None, set: Optional[Mapping[str, Any]] = None,
        search: Optional[str] = None, explainer: Optional[str] = None, edges: Optional[int] = None,
        budget: Optional[int] = None, seed: Optional[int] = None, threads: Optional[int] = None,
        max_dram: Optional[Size] = None, max_cycles: Optional[Size] = None,
        input_shapes: Optional[Mapping[str, Sequence[int]]] = None, batch: Optional[int] = None,
        skip_misfits: bool = False, alternatives: bool = True, schedule: Optional[Path] = None) -> Report:
    """Finds a plan for a network, runs it on the machine and compares what moved with what was predicted.

    model: a name of the zoo (models()), the path of an ONNX file, or a Network. fusion: "lbdf" or "brr"; needed
    unless a schedule is given. buffer: on-chip buffer, bytes or "256KiB". objective: what the plan makes least,
    "dram" (default), "cycles", "energy" or "edp". config: an accelerator file; set: keys of the configuration
    laid over it, {"pe.rows": 16}. schedule: a stored schedule to run instead of a search. The others are run_sim's
    options of the same names; None leaves its default. alternatives=False does not look for the plans to compare
    with, which is quicker.

    Raises Error in run_sim's words: BAD_INPUT; MISMATCH where the machine stopped or did not confirm the
    prediction (then .report has the run). Ctrl-C ends the simulation.
    """
    settings = {"fusion": fusion, "buffer": buffer, "objective": objective, "config": config, "set": set,
                "search": search, "explainer": explainer, "edges": edges, "budget": budget, "seed": seed,
                "threads": threads, "max_dram": max_dram, "max_cycles": max_cycles, "input_shapes": input_shapes,
                "batch": batch, "skip_misfits": skip_misfits, "alternatives": alternatives, "schedule": schedule}
    return _programs.alone(lambda children: simulate(model, settings, children))


def simulate(model, settings, children) -> Report:
    """run() with its keywords as a dictionary, among children that somebody else may end."""
    if isinstance(model, Network):
        settings, model = model.settings_with(settings), model.path
    code, out, err = children.run(PROGRAM, ["--format=json", *command_line(model, settings)])
    notes, fault = _programs.split_notes(err)
    if code == 0:
        return read_report(json.loads(out), notes)
    error = _programs.error_of(PROGRAM, code, fault)
    if error.kind is ErrorKind.MISMATCH and out:
        error.report = read_report(json.loads(out), notes)
    raise error

