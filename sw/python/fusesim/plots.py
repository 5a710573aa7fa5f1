"""Drawings with Matplotlib. Each draws on axes (`on`), or makes some, and returns them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, Iterable, List, Optional, Sequence, Tuple

from .pricing import BufferPart
from .report import Report
from .sweeping import Point

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KINDS = ("ifmap", "ofmap", "weight")
COLOURS = {"ifmap": "#1f77b4", "ofmap": "#ff7f0e", "weight": "#7f7f7f"}
MEGABYTE = 1e6
KIBIBYTE = 1024


def _axes(axes: Optional[Axes]) -> Axes:
    if axes is not None:
        return axes
    from matplotlib import pyplot

    return pyplot.subplots(figsize=(8, 4), constrained_layout=True)[1]


def traffic(report: Report, on: Optional[Axes] = None) -> Axes:
    """DRAM traffic of every group of a run, in MB, by kind."""
    axes = _axes(on)
    places = [group.index for group in report.groups]
    base = [0.0] * len(places)
    for kind in KINDS:
        heights = [getattr(group.simulated.traffic, f"{kind}_bytes") / MEGABYTE for group in report.groups]
        axes.bar(places, heights, bottom=base, color=COLOURS[kind], label=kind if kind != "weight" else "weights")
        base = [low + height for low, height in zip(base, heights)]
    axes.set(xlabel="group", ylabel="DRAM traffic (MB)", title=f"{report.model}, {report.fusion}")
    axes.legend()
    return axes


def against_buffer(points: Iterable[Point], figure: str = "dram_bytes", on: Optional[Axes] = None) -> Axes:
    """A figure of Report.summary() against buffer size, in KiB, a line for each model, fusion and objective. Points
    that failed are left out."""
    axes = _axes(on)
    lines: Dict[str, List[Tuple[float, float]]] = {}
    for point in points:
        if point.report:
            row = point.report.summary()
            name = ", ".join((row["model"], row["fusion"], row["objective"]))
            lines.setdefault(name, []).append((row["buffer_bytes"] / KIBIBYTE, row[figure]))
    for name, values in lines.items():
        axes.plot(*zip(*sorted(values)), marker="o", label=name)
    axes.set_xscale("log", base=2)
    axes.set(xlabel="on-chip buffer (KiB)", ylabel=figure)
    if lines:
        axes.legend()
    return axes


def buffer(parts: Sequence[BufferPart], buffer_bytes: int, on: Optional[Axes] = None, most: int = 12) -> Axes:
    """What a group needs of the buffer (Pricer.breakdown), in KiB: its largest parts, the rest as one, beside the
    buffer that there is."""
    axes = _axes(on)
    bars = [(f"{part.use}, {_of(part)}", part.bytes) for part in parts[:most]]
    rest = sum(part.bytes for part in parts[most:])
    if rest:
        bars.append((f"{len(parts) - most} more", rest))
    begins = 0
    for place, (_, size) in enumerate(bars):
        axes.barh(place, size / KIBIBYTE, left=begins / KIBIBYTE, color="#1f77b4")
        begins += size
    axes.axvline(buffer_bytes / KIBIBYTE, color="#d62728", label="buffer")
    axes.set_yticks(range(len(bars)), [name for name, _ in bars])
    axes.invert_yaxis()
    axes.set(xlabel="on-chip buffer (KiB)")
    axes.legend()
    return axes


def _of(part: BufferPart) -> str:
    """Whose bytes they are; ops are easier to tell apart by index than by the ends of their names."""
    name = "/".join(part.subject.split("/")[-2:])
    return name if part.op < 0 else f"op {part.op} {name}"
