"""The figures that scripts/plot draws."""

import os
import re

MARKS = {"lbdf": ("o", "-", "#0b6cad"), "brr": ("D", "--", "#c4500c")}
KINDS = [
    ("ifmap", "input maps", "#9fcdea", ""),
    ("ofmap", "output maps", "#4fb394", "////"),
    ("weight", "weights", "#f0c46c", ".."),
]
STYLE = {
    "font.size": 8,
    "axes.titlesize": 8,
    "legend.fontsize": 7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.grid.axis": "y",
    "grid.color": "#d9d9d9",
    "grid.linewidth": 0.5,
    "lines.linewidth": 1.2,
    "lines.markersize": 4.5,
    "legend.frameon": False,
    "hatch.linewidth": 0.5,
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "fusesim",
    "figure.figsize": (3.4, 2.4),
    "figure.constrained_layout.use": True,
}
NO_DATES = {"pdf": {"CreationDate": None}, "svg": {"Date": None}, "png": {"Software": None}}


def number(point, column, unit=1.0):
    return float(point[column]) / unit if point[column] else float("nan")


def mark(scheme):
    shape, stroke, color = MARKS.get(scheme, ("s", ":", "black"))
    return {"marker": shape, "linestyle": stroke, "color": color}


class Figures:
    def __init__(self, sweep, arguments, pyplot):
        self.sweep, self.pyplot = sweep, pyplot
        self.out, self.format, self.where = arguments.out, arguments.format, arguments.where
        self.against = arguments.against
        self.schemes = sweep.values("fusion")
        self.written = []

    def save(self, figure, name):
        safe = re.sub(r"[^A-Za-z0-9_.-]", "_", name)
        figure.savefig(
            os.path.join(self.out, f"{safe}.{self.format}"), metadata=NO_DATES[self.format], dpi=300
        )
        self.pyplot.close(figure)
        self.written.append(f"{safe}.{self.format}")

    def line(self, network, scheme):
        return self.sweep.line(network, scheme, self.against, self.where)

    def label_axis(self, axes, unit):
        values = self.sweep.axis(self.against)
        axes.set_xticks(range(len(values)), values)
        axes.set_xlim(-0.5, len(values) - 0.5)
        axes.set(xlabel=self.against, ylabel=unit)
        axes.set_ylim(bottom=0)

    def traffic(self, network):
        figure, axes = self.pyplot.subplots()
        for scheme in self.schemes:
            line, look = self.line(network, scheme), mark(scheme)
            if not line:
                continue
            x = [position for position, _ in line]
            optimal = all(point["optimal"] == "true" for _, point in line)
            axes.plot(
                x,
                [number(p, "simulated_total_bytes", 1e6) for _, p in line],
                label=f"{scheme.upper()} fused",
                **look,
            )
            axes.plot(
                x,
                [number(p, "unfused_bytes", 1e6) for _, p in line],
                label=f"{scheme.upper()} every op alone",
                color=look["color"],
                marker=look["marker"],
                markerfacecolor="none",
                linestyle=(0, (1, 1.5)),
                linewidth=0.9,
            )
            if not optimal and any(point["lower_bound_bytes"] for _, point in line):
                axes.plot(
                    x,
                    [number(p, "lower_bound_bytes", 1e6) for _, p in line],
                    label=f"{scheme.upper()} lower bound",
                    color=look["color"],
                    linestyle=(0, (4, 1, 1, 1)),
                    linewidth=0.9,
                )
        compulsory = [p for scheme in self.schemes for _, p in self.line(network, scheme)]
        axes.axhline(
            number(compulsory[0], "compulsory_bytes", 1e6),
            color="black",
            linewidth=0.8,
            linestyle=(0, (6, 2)),
            label="compulsory",
        )
        self.label_axis(axes, "DRAM traffic, MB")
        axes.legend(ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0))
        self.save(figure, f"traffic_{network}")

    def kinds(self, network):
        figure, axes = self.pyplot.subplots()
        width = 0.8 / len(self.schemes)
        for index, scheme in enumerate(self.schemes):
            line = self.line(network, scheme)
            x = [position - 0.4 + (index + 0.5) * width for position, _ in line]
            bottom = [0.0] * len(line)
            for kind, name, color, hatch in KINDS:
                height = [number(p, f"simulated_{kind}_bytes", 1e6) for _, p in line]
                axes.bar(
                    x,
                    height,
                    width * 0.9,
                    bottom,
                    color=color,
                    edgecolor="black",
                    linewidth=0.4,
                    hatch=hatch,
                    label=name if index == 0 else None,
                )
                bottom = [a + b for a, b in zip(bottom, height)]
            for place, top in zip(x, bottom):
                axes.text(place, top, scheme.upper(), ha="center", va="bottom", fontsize=5.5)
        self.label_axis(axes, "DRAM traffic, MB")
        axes.legend(ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))
        self.save(figure, f"kinds_{network}")

    def front(self, network):
        figure, axes = self.pyplot.subplots()
        for scheme in self.schemes:
            points = [p for _, p in self.line(network, scheme)]
            pairs = sorted(
                (number(p, "peak_buffer_bytes", 1024), number(p, "simulated_total_bytes", 1e6))
                for p in points
            )
            best, least = [], float("inf")
            for pair in pairs:
                if pair[1] < least:
                    best.append(pair)
                    least = pair[1]
            look = mark(scheme)
            axes.plot(
                *zip(*pairs),
                linestyle="none",
                marker=look["marker"],
                color=look["color"],
                markerfacecolor="none",
            ) if pairs else None
            axes.plot(*zip(*best), drawstyle="steps-post", label=scheme.upper(), **look) if best else None
            offered = [(peak / 1024, traffic / 1e6) for p in points for peak, traffic in self.sweep.front(p)]
            axes.plot(
                *zip(*offered),
                linestyle="none",
                marker="^",
                markersize=3,
                color=look["color"],
                label=f"{scheme.upper()} NSGA-II",
            ) if offered else None
        axes.set(xlabel="peak buffer, KiB", ylabel="DRAM traffic, MB")
        axes.legend()
        self.save(figure, f"front_{network}")

    def machine(self, network):
        """Four figures of the simulated plans, and of every op alone as predicted."""
        figure, four = self.pyplot.subplots(2, 2, figsize=(5.2, 4.2))

        def edp(cycles, energy, p):
            # of simulated figures the sweep has the product; the clock is the same for both
            return number(p, "edp_mj_ms") * cycles * energy / (number(p, "cycles") * number(p, "energy_pj"))

        kinds = [
            ("cycles, million", lambda cycles, energy, p: cycles / 1e6),
            ("energy, mJ", lambda cycles, energy, p: energy / 1e9),
            ("EDP, mJ × ms", edp),
            ("EDP × area, mJ × ms × mm²", lambda cycles, energy, p: edp(cycles, energy, p) * number(p, "area_mm2")),
        ]
        for axes, (name, of) in zip(four.flat, kinds):
            for scheme in self.schemes:
                line, look = self.line(network, scheme), mark(scheme)
                x = [position for position, _ in line]
                ran = [of(number(p, "cycles"), number(p, "energy_pj"), p) for _, p in line]
                alone = [of(number(p, "alone_cycles"), number(p, "alone_energy_pj"), p) for _, p in line]
                axes.plot(x, ran, label=scheme.upper(), **look)
                thin = {"color": look["color"], "linestyle": (0, (1, 1.5)), "linewidth": 0.9}
                axes.plot(x, alone, label=f"{scheme.upper()} every op alone", **thin)
            self.label_axis(axes, name)
            axes.tick_params(axis="x", labelrotation=30)
        four[0][0].legend(fontsize=5.5)
        self.save(figure, f"machine_{network}")

    def agreement(self):
        figure, axes = self.pyplot.subplots(figsize=(2.8, 2.8))
        pairs = [
            (number(p, "analytic_total_bytes", 1e6), number(p, "simulated_total_bytes", 1e6))
            for p in self.sweep.points
        ]
        ends = [min(map(min, pairs)) / 1.5, max(map(max, pairs)) * 1.5]
        axes.plot(ends, ends, color="black", linewidth=0.6, linestyle="--", label="y = x")
        for scheme in self.schemes:
            shape, _, color = MARKS.get(scheme, ("s", ":", "black"))
            mine = [pair for pair, p in zip(pairs, self.sweep.points) if p["fusion"] == scheme]
            axes.plot(
                *zip(*mine),
                linestyle="none",
                marker=shape,
                markersize=4,
                markerfacecolor="none",
                markeredgewidth=0.8,
                color=color,
                label=scheme.upper(),
            )
        axes.set(
            xscale="log",
            yscale="log",
            xlim=ends,
            ylim=ends,
            xlabel="predicted, MB",
            ylabel="simulated, MB",
            aspect="equal",
        )
        axes.legend()
        self.save(figure, "agreement")
