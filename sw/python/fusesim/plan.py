"""Plans: which operators run as one group. Made by hand or by a search, priced, changed, drawn, run."""

from __future__ import annotations

import heapq
import os
import pathlib
import tempfile
from typing import TYPE_CHECKING, List, Sequence, Set, Tuple, Union

from . import drawing
from .errors import Error
from .pricing import GroupPrice, Objective, Ops, Pricer
from .report import Outcome, Report, Traffic
from .running import run

if TYPE_CHECKING:
    import pandas


class Plan:
    """A partition of a network's ops into groups, priced.

    pricer: scheme and machine. groups: ops of each, by index or as text that Network.group() takes; ops that are in
    none run alone, and groups are put into an order in which they can run. objective: which of a group's schedules is
    taken, "dram", "cycles" or "energy". Raises Error if a group is not legal, an op is in two, or groups wait for each
    other; a group that does not fit the buffer stays in the plan, says why, and keeps the plan from running.

    groups: a GroupPrice of each, in running order. A Plan does not change: merge() and split() give another one.
    """

    def __init__(self, pricer: Pricer, groups: Sequence[Ops] = (), objective: Objective = "dram"):
        self.pricer = pricer
        self._objective = pricer.objective(objective)
        self.objective: str = self._objective.name
        chosen = [pricer._ops(ops) for ops in groups]
        for ops in chosen:
            reason = pricer.network.graph.illegal_reason(ops)
            if reason:
                raise Error(f"group: {reason}")
        ordered = _in_running_order(pricer.network.graph, _completed(len(pricer.network.ops), chosen))
        reason = pricer._core.no_plan_reason(ordered)
        if reason:
            raise Error(f"plan: {reason}")
        self.groups: Tuple[GroupPrice, ...] = tuple(pricer.price_all(ordered, self._objective))

    @property
    def fits(self) -> bool:
        return all(group.fits for group in self.groups)

    @property
    def outcome(self) -> Outcome:
        """Predicted of the whole plan. Raises Error, a line for each group that does not fit."""
        if not self.fits:
            raise Error("\n".join(group.why_not for group in self.groups if group.why_not))
        parts = [group.outcome for group in self.groups if group.outcome]
        traffic = Traffic(*(sum(getattr(part.traffic, kind) for part in parts)
                            for kind in ("ifmap_bytes", "ofmap_bytes", "weight_bytes")))
        return Outcome(traffic, sum(part.cycles for part in parts), sum(part.energy_pj for part in parts))

    @property
    def milliseconds(self) -> float:
        return self.outcome.cycles / (self.pricer.clock_mhz * 1e3)

    def group_of(self, op: int) -> int:
        """Index of the group that an op is in. Raises Error if there is no such op."""
        for index, group in enumerate(self.groups):
            if op in group.ops:
                return index
        raise Error(f"expected an op's index below {len(self.pricer.network.ops)}, got {op}")

    def merge(self, *groups: int) -> Plan:
        """These groups, by index, as one. Raises Error as the constructor does."""
        merged = sorted(op for index in set(groups) for op in self._group(index).ops)
        return self._with([group.ops for index, group in enumerate(self.groups) if index not in groups] + [merged])

    def split(self, group: int, *at: int) -> Plan:
        """A group cut before each of these ops, in the order of their indices."""
        ops = self._group(group).ops
        parts: List[List[int]] = []
        for op in at:
            if op not in ops[1:]:
                raise Error(f"split: expected an op of group {group} that is not its first, got {op}")
        for op in ops:
            if not parts or op in at:
                parts.append([])
            parts[-1].append(op)
        return self._with([g.ops for index, g in enumerate(self.groups) if index != group] + parts)

    def schedule_json(self) -> str:
        """The schedule that run_sim --schedule takes (fusesim.schedule/1). Raises Error if a group does not fit."""
        return self.pricer._core.schedule_json([list(group.ops) for group in self.groups], self._objective)

    def save(self, path: Union[str, "os.PathLike[str]"]) -> None:
        """Writes schedule_json() to a file."""
        pathlib.Path(path).write_text(self.schedule_json(), encoding="utf-8")

    def run(self, alternatives: bool = True) -> Report:
        """Runs the plan on the machine, as run() does. Raises Error if a group does not fit."""
        with tempfile.TemporaryDirectory(prefix="fusesim-") as folder:
            schedule, config = pathlib.Path(folder, "schedule.json"), pathlib.Path(folder, "config.yaml")
            self.save(schedule)
            config.write_text(self.pricer.config_yaml, encoding="utf-8")
            return run(self.pricer.network, schedule=schedule, config=config, alternatives=alternatives)

    def to_pandas(self) -> pandas.DataFrame:
        """A line for each group, as predicted; empty cells where it does not fit."""
        import pandas

        return pandas.DataFrame([self._row(index) for index in range(len(self.groups))]).set_index("group")

    def _row(self, index):
        group, ops = self.groups[index], self.pricer.network.ops
        outcome = group.outcome
        return {"group": index, "mode": group.mode, "ops": len(group.ops), "first": ops[group.ops[0]].name,
                "last": ops[group.ops[-1]].name, "f_beta_bytes": group.f_beta_bytes,
                "buffer_bytes": group.buffer_bytes, "dram_bytes": outcome and outcome.dram_bytes,
                "cycles": outcome and outcome.cycles, "energy_pj": outcome and outcome.energy_pj,
                "why_not": group.why_not}

    def _group(self, index):
        if not 0 <= index < len(self.groups):
            raise Error(f"expected a group's index below {len(self.groups)}, got {index}")
        return self.groups[index]

    def _with(self, groups) -> Plan:
        return Plan(self.pricer, groups, self._objective)

    def _repr_svg_(self) -> str:
        boxes = [_box(index, group) for index, group in enumerate(self.groups)]
        return drawing.draw(drawing.nodes_of(self.pricer.network.graph), boxes)

    def __repr__(self) -> str:
        misfits = sum(not group.fits for group in self.groups)
        said = f"{misfits} that do not fit" if misfits else f"{self.outcome.dram_bytes:,} bytes of DRAM"
        return f"Plan({self.pricer.network.name}, {self.pricer.fusion}: {len(self.groups)} groups, {said})"


def _box(index, group):
    bytes_ = f"{group.outcome.dram_bytes:,} bytes" if group.outcome else "does not fit"
    return drawing.Box(group.ops, f"group {index}: {bytes_}", group.fits)


def _completed(ops: int, groups: List[List[int]]) -> List[List[int]]:
    """With every op that is in no group as a group of its own."""
    taken = {op for group in groups for op in group}
    return groups + [[op] for op in range(ops) if op not in taken]


def _in_running_order(graph, groups: List[List[int]]) -> List[List[int]]:
    """Every group after those that it reads, first ops first; groups that wait for each other come last, as they
    are, for the check to name."""
    place = {op: index for index, group in enumerate(groups) for op in group}
    readers: List[Set[int]] = [set() for _ in groups]
    for tensor in graph.tensors:
        if tensor.producer >= 0:
            made = place[tensor.producer]
            readers[made].update(place[op] for op in tensor.consumers if place[op] != made)
    waits = [0] * len(groups)
    for group in readers:
        for reader in group:
            waits[reader] += 1
    ready = [(groups[index][0], index) for index, count in enumerate(waits) if count == 0]
    heapq.heapify(ready)
    order: List[int] = []
    while ready:
        _, index = heapq.heappop(ready)
        order.append(index)
        for reader in readers[index]:
            waits[reader] -= 1
            if waits[reader] == 0:
                heapq.heappush(ready, (groups[reader][0], reader))
    stuck = [index for index, count in enumerate(waits) if count > 0]
    return [groups[index] for index in [*order, *stuck]]
