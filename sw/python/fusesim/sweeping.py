"""Many runs, several at a time, as an iterator."""

from __future__ import annotations

import collections
import concurrent.futures
import contextlib
import itertools
import os
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Optional, Union

from . import _programs, running
from ._settings import NAMES
from .errors import Error
from .report import Report

if TYPE_CHECKING:
    import pandas

# How many points are in work beyond those that run, so that no process waits and no more reports are held.
AHEAD = 2


@dataclass(frozen=True)
class Point:
    """One run of a sweep: what was varied, and its report, or the Error that it ended with."""

    settings: Dict[str, Any]
    report: Optional[Report]
    error: Optional[Error]


class Sweep:
    """Runs every combination of values. Iterating gives a Point each, in order, as soon as it is done; a point that
    fails is a Point with its error, and the sweep goes on. Iterated once.

    len(): points; done: how many were given so far; points: all settings, in order.

    Ctrl-C, an exception in the loop that iterates, and close() end the simulations that run.
    """

    def __init__(self, points: List[Dict[str, Any]], common: Dict[str, Any], workers: int,
                 progress: Union[bool, Callable[[int, int, Point], None]]):
        self.points = points
        self.done = 0
        self._common = common
        self._workers = workers
        self._told = _Line() if progress is True else progress or None
        self._iterator = self._run()

    def __len__(self) -> int:
        return len(self.points)

    def __iter__(self) -> Iterator[Point]:
        return self._iterator

    def __next__(self) -> Point:
        return next(self._iterator)

    def close(self) -> None:
        self._iterator.close()

    def to_pandas(self) -> pandas.DataFrame:
        """Runs what is left; a line for each of those points: what was varied, the report's summary, the error."""
        import pandas

        return pandas.DataFrame([row_of(point) for point in self])

    def _run(self):
        children = _programs.Children()
        pool = concurrent.futures.ThreadPoolExecutor(self._workers, thread_name_prefix="fusesim")
        with contextlib.ExitStack() as cleanup:
            # Last in, first out: children end, then the threads that wait for them.
            cleanup.callback(pool.shutdown, wait=True, cancel_futures=True)
            cleanup.callback(children.end)
            waiting = iter(self.points)
            started: collections.deque = collections.deque()
            while True:
                for settings in itertools.islice(waiting, self._workers + AHEAD - len(started)):
                    started.append((settings, pool.submit(self._point, settings, children)))
                if not started:
                    return
                settings, future = started.popleft()
                point = future.result()
                self.done += 1
                if self._told:
                    self._told(self.done, len(self), point)
                yield point

    def _point(self, settings, children):
        options = {**self._common, **settings}
        model = options.pop("model")
        try:
            return Point(settings, running.simulate(model, options, children), None)
        except Error as error:
            return Point(settings, error.report, error)


class _Line:
    """"3/12, 8 s left" on standard error, written over where that is a terminal."""

    def __init__(self):
        self._began = time.monotonic()

    def __call__(self, done, total, point):
        left = (time.monotonic() - self._began) / done * (total - done)
        end = "" if done < total else "\n"
        print(f"\r{done}/{total}, {left:.0f} s left   ", end=end, file=sys.stderr, flush=True)


def sweep(model: Any, fusion: Any = None, *, workers: Optional[int] = None,
          progress: Union[bool, Callable[[int, int, Point], None]] = False, **settings: Any) -> Sweep:
    """Runs every combination of values: sweep(["resnet18", "vgg16"], "brr", buffer=["128KiB", "256KiB"]).

    Keywords are those of run(); a list is an axis, anything else is the same for all points; `set` is a mapping of
    keys whose values may be lists, {"pe.rows": [16, 32]}, or a list of mappings that go together. Alternatives are
    not looked for unless alternatives=True. workers: simulations at a time, default one for each processor. progress:
    True for a line on standard error, or a function of (points done, points, the last Point).

    Raises TypeError for a keyword that is none, ValueError for an axis without values.
    """
    if workers is not None and workers < 1:
        raise ValueError(f"workers: expected 1 or more, got {workers}")
    for name in settings:
        if name not in NAMES:
            raise TypeError(f"sweep() got an unexpected keyword argument '{name}'")
    given = {"model": model, "fusion": fusion, "alternatives": False, **settings}
    axes = {name: value for name, value in given.items() if isinstance(value, list)}
    common = {name: value for name, value in given.items() if name not in axes}
    keys = dict(common.pop("set", None) or {})
    common["set"] = {key: value for key, value in keys.items() if not isinstance(value, list)}
    key_axes = {key: value for key, value in keys.items() if isinstance(value, list)}
    for name, values in {**axes, **key_axes}.items():
        if not values:
            raise ValueError(f"{name}: expected values, got an empty list")
    points = [_settings_of(axes, key_axes, common["set"], chosen)
              for chosen in itertools.product(*axes.values(), *key_axes.values())]
    return Sweep(points, common, workers or len(os.sched_getaffinity(0)), progress)


def _settings_of(axes, key_axes, fixed_keys, chosen):
    settings = dict(zip(axes, chosen))
    keys = dict(zip(key_axes, chosen[len(axes):]))
    if keys:
        settings["set"] = {**fixed_keys, **keys}
    return settings


def row_of(point: Point) -> Dict[str, Any]:
    """A point as a line of a table."""
    varied = dict(point.settings)
    varied.update(varied.pop("set", {}))
    summary = point.report.summary() if point.report else {}
    return {**varied, **summary, "error": str(point.error) if point.error else ""}
