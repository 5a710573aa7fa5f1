"""What a simulated run says: fusesim.report/1 as dataclasses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Dict, Optional, Tuple

from . import _core, drawing

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class Traffic:
    """Bytes of payload that cross the DRAM's pins, by kind; weight_bytes has the biases too."""

    ifmap_bytes: int
    ofmap_bytes: int
    weight_bytes: int

    @property
    def total_bytes(self) -> int:
        return self.ifmap_bytes + self.ofmap_bytes + self.weight_bytes


@dataclass(frozen=True)
class Outcome:
    """What a group or a run comes to: traffic, cycles of the accelerator's clock, energy in picojoule."""

    traffic: Traffic
    cycles: int
    energy_pj: float

    @property
    def dram_bytes(self) -> int:
        return self.traffic.total_bytes

    @property
    def edp(self) -> float:
        """Energy-delay product, picojoule times cycles."""
        return self.energy_pj * self.cycles


@dataclass(frozen=True)
class GroupReport:
    """One fusion group: ops by index and name, how it ran, predicted against simulated."""

    index: int
    scheme: str
    mode: str
    ops: Tuple[int, ...]
    names: Tuple[str, ...]
    buffer_bytes: int
    f_beta_bytes: int
    predicted: Outcome
    simulated: Outcome
    bound_by: str
    utilization: float
    recomputed: Optional[float]
    confirmed: bool


@dataclass(frozen=True)
class Alternative:
    """Another plan of the same network, as it is predicted. objective: what finds it; None: every op alone."""

    name: str
    objective: Optional[str]
    dram_bytes: int
    cycles: int
    energy_pj: int
    peak_buffer_bytes: int
    optimal: bool


@dataclass(frozen=True)
class Unfusable:
    """An op that fits no group of the scheme. needs_bytes: least buffer with which it does, where it is too large."""

    index: int
    name: str
    rejection: str
    needs_bytes: Optional[int]


@dataclass(frozen=True, repr=False)
class Report:
    """A run of a network on the machine.

    buffer_bytes and clock_mhz are the machine's; optimal: no plan is better by the objective, proven;
    compulsory_bytes: no plan moves less; unfused_bytes: every op alone, None where one does not fit alone;
    json: everything else, the report as run_sim writes it (sw/report/README.md names its fields).
    """

    model: str
    fusion: str
    objective: str
    buffer_bytes: int
    clock_mhz: float
    optimal: bool
    predicted: Outcome
    simulated: Outcome
    compulsory_bytes: int
    unfused_bytes: Optional[int]
    peak_buffer_bytes: int
    utilization: float
    confirmed: bool
    groups: Tuple[GroupReport, ...]
    alternatives: Tuple[Alternative, ...]
    unfusable: Tuple[Unfusable, ...]
    warnings: Tuple[str, ...]
    notes: Tuple[str, ...]
    json: Dict[str, Any] = field(compare=False)

    @property
    def dram_bytes(self) -> int:
        return self.simulated.dram_bytes

    @property
    def cycles(self) -> int:
        return self.simulated.cycles

    @property
    def energy_pj(self) -> float:
        return self.simulated.energy_pj

    @property
    def milliseconds(self) -> float:
        return self.cycles / (self.clock_mhz * 1e3)

    @property
    def edp(self) -> float:
        """Energy-delay product, millijoule times millisecond."""
        return self.energy_pj * 1e-9 * self.milliseconds

    def summary(self) -> Dict[str, Any]:
        """The figures of one line of a table."""
        return {"model": self.model, "fusion": self.fusion, "objective": self.objective,
                "buffer_bytes": self.buffer_bytes, "groups": len(self.groups), "dram_bytes": self.dram_bytes,
                "unfused_bytes": self.unfused_bytes, "cycles": self.cycles, "ms": self.milliseconds,
                "energy_pj": self.energy_pj, "edp_mj_ms": self.edp, "utilization": self.utilization,
                "peak_buffer_bytes": self.peak_buffer_bytes, "optimal": self.optimal, "confirmed": self.confirmed}

    def to_pandas(self) -> pandas.DataFrame:
        """A line for each group; DRAM bytes, cycles and energy as simulated, predicted_* beside them."""
        import pandas

        return pandas.DataFrame([_row(group) for group in self.groups]).set_index("group")

    def draw(self) -> drawing.Drawing:
        """The network with a box around each group that is fused, and the bytes that it moved; shows itself in a
        notebook. Raises Error if Graphviz is missing."""
        boxes = [drawing.Box(group.ops, f"group {group.index}: {group.simulated.dram_bytes:,} bytes")
                 for group in self.groups]
        return drawing.Drawing(drawing.draw(drawing.nodes_of_report(self.json), boxes))

    def __repr__(self) -> str:
        return f"Report({self})"

    def __str__(self) -> str:
        confirmed = sum(group.confirmed for group in self.groups)
        return (f"{self.model}, {self.fusion}, least {self.objective}, buffer {self.buffer_bytes:,} bytes: "
                f"{self.dram_bytes / 1e6:.3f} MB, {self.milliseconds:.3f} ms, {self.energy_pj * 1e-9:.3f} mJ, "
                f"{confirmed} of {len(self.groups)} groups confirmed to the byte")


def _row(group):
    moved = group.simulated.traffic
    return {"group": group.index, "mode": group.mode, "ops": len(group.ops), "first": group.names[0],
            "last": group.names[-1], "buffer_bytes": group.buffer_bytes, "ifmap_bytes": moved.ifmap_bytes,
            "ofmap_bytes": moved.ofmap_bytes, "weight_bytes": moved.weight_bytes, "dram_bytes": moved.total_bytes,
            "predicted_bytes": group.predicted.dram_bytes, "cycles": group.simulated.cycles,
            "predicted_cycles": group.predicted.cycles, "energy_pj": group.simulated.energy_pj,
            "bound_by": group.bound_by, "utilization": group.utilization, "confirmed": group.confirmed}


def _traffic(part):
    return Traffic(part["ifmap_bytes"], part["ofmap_bytes"], part["weight_bytes"])


def _outcomes(part):
    """(predicted, simulated) of totals or of a group."""
    predicted, simulated = part["predicted"], part["simulated"]
    return (Outcome(_traffic(part["analytic"]), predicted["cycles"], predicted["energy_pj"]),
            Outcome(_traffic(simulated), simulated["cycles"], simulated["energy_pj"]))


def _group(part):
    predicted, simulated = _outcomes(part)
    return GroupReport(part["index"], part["scheme"], part["mode"], tuple(op["index"] for op in part["ops"]),
                       tuple(op["name"] for op in part["ops"]), part["buffer_bytes"], part["f_beta_bytes"], predicted,
                       simulated, part["bound_by"], part["utilization"], part["recomputed"], part["confirmed"])


def read_report(json: Dict[str, Any], notes: Tuple[str, ...] = ()) -> Report:
    """A report of run_sim, parsed."""
    totals, config = json["totals"], json["config"]
    predicted, simulated = _outcomes(totals)
    confirmed = totals["mismatched_groups"] == 0 and totals["cycles_confirmed"]
    return Report(
        model=json["model"]["name"], fusion=json["fusion"], objective=json["search"]["objective"],
        buffer_bytes=_core.parse_bytes(str(config["buffer"]["capacity"]), "buffer.capacity"),
        clock_mhz=config["clock_mhz"],
        optimal=json["search"]["optimal"], predicted=predicted, simulated=simulated,
        compulsory_bytes=totals["compulsory_bytes"], unfused_bytes=totals["unfused_bytes"],
        peak_buffer_bytes=totals["simulated"]["peak_buffer_bytes"],
        utilization=totals["simulated"]["pe_utilization"], confirmed=confirmed,
        groups=tuple(_group(part) for part in json["groups"]),
        alternatives=tuple(Alternative(*(part[name] for name in Alternative.__dataclass_fields__))
                           for part in json["alternatives"]),
        unfusable=tuple(Unfusable(part["index"], part["op"], part["rejection"], part.get("needs_bytes"))
                        for part in json["unfusable"]),
        warnings=tuple(json["warnings"]), notes=tuple(notes), json=json)
