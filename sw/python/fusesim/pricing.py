"""What groups of operators come to under a scheme and a machine, and why some do not fit."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, List, Mapping, Optional, Sequence, Tuple, Union

from . import _core
from ._settings import command_line
from .network import Network
from .report import Outcome, Traffic

Ops = Union[str, Sequence[int]]
Objective = Union[str, "_core.Objective"]


@dataclass(frozen=True)
class GroupPrice:
    """What one group is predicted to come to: the schedule that the objective takes.

    f_beta_bytes: least buffer that any schedule of it needs, None where it runs at no size; a group fits if that
    is less than the buffer. Where it does not fit, why_not says why, and what follows is None: mode ("lbdf",
    "brr_tiles", "brr_passes", "opaque"), scheme (a lone op may run under another one), strips of columns,
    buffer_bytes of the schedule, outcome (traffic in bytes, cycles, energy in picojoule), macs (those that are
    done again included), array_cycles and dram_cycles (array and data bus at work).
    """

    ops: Tuple[int, ...]
    why_not: str
    f_beta_bytes: Optional[int]
    mode: Optional[str] = None
    scheme: Optional[str] = None
    strips: Optional[int] = None
    buffer_bytes: Optional[int] = None
    outcome: Optional[Outcome] = None
    macs: Optional[int] = None
    array_cycles: Optional[int] = None
    dram_cycles: Optional[int] = None

    @property
    def fits(self) -> bool:
        return not self.why_not


@dataclass(frozen=True)
class BufferPart:
    """What one part of the buffer holds: "weights" or "weight block" of an op, "rows" (so many of so many bytes),
    "partial sums" or "accumulators" of a tensor. subject: the op's or the tensor's name; op: that op, or the one that
    makes the tensor, -1 for a graph input."""

    use: str
    subject: str
    op: int
    rows: int
    row_bytes: int
    bytes: int


class Pricer:
    """Prices groups of one network under one scheme, on one machine.

    network: a Network, or a name or path of one. fusion: "lbdf" or "brr". buffer: bytes or "256KiB". config: an
    accelerator file; set: keys laid over it. Raises Error in run_search's words. Ops are given by index, or as
    text that Network.group() takes. A Pricer does not change; threads take turns.

    buffer_bytes, clock_mhz, config_yaml (the resolved configuration).
    """

    network: Network
    fusion: str
    buffer_bytes: int
    clock_mhz: float
    config_yaml: str

    def __init__(self, network: Union[Network, str, "os.PathLike[str]"], fusion: str, *,
                 buffer: Union[int, str, None] = None, config: Union[str, "os.PathLike[str]", None] = None,
                 set: Optional[Mapping[str, Any]] = None):
        network = network if isinstance(network, Network) else Network(network)
        self._bind(network, {"fusion": fusion, "buffer": buffer, "config": config, "set": set})

    @classmethod
    def _with(cls, network, settings):
        """With any settings of a search."""
        pricer = cls.__new__(cls)
        pricer._bind(network, settings)
        return pricer

    def _bind(self, network, settings):
        self.network = network
        self._core = _core.Pricer(network._core, command_line(network.path, settings))
        self.fusion = self._core.scheme
        self.buffer_bytes = self._core.buffer_bytes
        self.clock_mhz = self._core.clock_khz / 1000
        self.config_yaml = self._core.config_yaml

    def price(self, ops: Ops, objective: Objective = "dram") -> GroupPrice:
        """Of one group, alone. objective: "dram", "cycles" or "energy", which of its schedules is taken, or that of
        a plan. Raises Error if the group is not legal; one that does not fit is a value."""
        return self.price_all([ops], objective)[0]

    def price_all(self, groups: Sequence[Ops], objective: Objective = "dram") -> List[GroupPrice]:
        """Of groups that run one after another; refreshes of the DRAM fall on some of them."""
        chosen = [self._ops(ops) for ops in groups]
        return [_price(price) for price in self._core.price(chosen, self.objective(objective))]

    def breakdown(self, ops: Ops) -> List[BufferPart]:
        """What the least buffer of a group is made of, largest first; empty where it runs at no size."""
        tensors, every_op = self.network.graph.tensors, self.network.ops
        parts = []
        for part in self._core.breakdown(self._ops(ops)).parts:
            tensor = tensors[part.tensor] if part.op < 0 else None
            name, op = (tensor.name, tensor.producer) if tensor else (every_op[part.op].name, part.op)
            parts.append(BufferPart(part.use, name, op, part.rows, part.row_bytes, part.bytes))
        return parts

    def objective(self, objective: Objective) -> "_core.Objective":
        """By name, or as it is."""
        return self._core.objective(objective) if isinstance(objective, str) else objective

    def _ops(self, ops):
        return list(self.network.group(ops)) if isinstance(ops, str) else sorted(ops)

    def __repr__(self) -> str:
        return f"Pricer({self.network!r}, '{self.fusion}', buffer={self.buffer_bytes})"


def _price(price):
    f_beta = None if price.f_beta_bytes == _core.NEVER_FITS else price.f_beta_bytes
    ops = tuple(price.ops)
    if price.why_not:
        return GroupPrice(ops, price.why_not, f_beta)
    traffic = Traffic(price.ifmap_bytes, price.ofmap_bytes, price.weight_bytes)
    return GroupPrice(ops, "", f_beta, price.mode, price.scheme, price.strips, price.buffer_bytes,
                      Outcome(traffic, price.cycles, price.energy_pj), price.macs, price.array_cycles,
                      price.dram_cycles)
