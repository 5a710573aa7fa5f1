"""Searches for plans, in the interpreter's own process; other threads go on meanwhile."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Callable, Mapping, Optional, Sequence, Tuple, Union

from . import _core
from .network import Network
from .plan import Plan
from .pricing import Pricer

Told = Callable[[str, int, int, str], None]


@dataclass(frozen=True)
class FrontPoint:
    """A plan that no other found beats in the figures of a front: its groups, and what it is predicted to come to.
    cycles and energy_pj (picojoule) are None where the objective needs no time; peak_buffer_bytes: most that a group
    occupies, of nsga2 without the ops that run alone."""

    groups: Tuple[Tuple[int, ...], ...]
    dram_bytes: int
    cycles: Optional[int]
    energy_pj: Optional[int]
    peak_buffer_bytes: int


@dataclass(frozen=True)
class Found:
    """What a search found.

    optimal: no plan is better, proven. lower_bound_bytes: no plan moves less, proven; None where the objective is
    another than "dram", or the search proves nothing. evaluated: groups (heuristics: queries). front: of the
    figures asked for, ascending the first.
    """

    plan: Plan
    optimal: bool
    lower_bound_bytes: Optional[int]
    evaluated: int
    seconds: float
    front: Tuple[FrontPoint, ...]


def search(model: Union[Network, str, "os.PathLike[str]"], fusion: str, *, buffer: Union[int, str, None] = None,
           objective: Optional[str] = None, config: Union[str, "os.PathLike[str]", None] = None,
           set: Optional[Mapping[str, Any]] = None, search: Optional[str] = None, explainer: Optional[str] = None,
           edges: Optional[int] = None, budget: Optional[int] = None, seed: Optional[int] = None,
           threads: Optional[int] = None, max_dram: Union[int, str, None] = None,
           max_cycles: Union[int, str, None] = None, front: Union[str, Sequence[str], None] = None,
           progress: Optional[Told] = None) -> Found:
    """Searches a plan, without running it. Keywords as of run(); front: figures, ("dram", "cycles").

    progress: called now and then with (stage, done, total, note); total 0 is unknown. What it raises ends the search
    and comes out of here. Ctrl-C ends the search (KeyboardInterrupt). Raises Error in run_search's words.
    """
    network = model if isinstance(model, Network) else Network(model)
    settings = {"fusion": fusion, "buffer": buffer, "objective": objective, "config": config, "set": set,
                "search": search, "explainer": explainer, "edges": edges, "budget": budget, "seed": seed,
                "threads": threads, "max_dram": max_dram, "max_cycles": max_cycles, "front": front}
    pricer = Pricer._with(network, settings)
    found = _core.search(pricer._core, progress)
    best = found.best
    return Found(plan=Plan(pricer, best.plan, found.objective), optimal=best.optimal,
                 lower_bound_bytes=best.lower_bound if found.bounds_bytes else None, evaluated=best.evaluated,
                 seconds=best.seconds, front=tuple(map(_front_point, found.front)))


def _front_point(point):
    return FrontPoint(tuple(map(tuple, point.plan)), point.dram_bytes, point.cycles or None, point.energy_pj or None,
                      point.peak_buffer_bytes)
