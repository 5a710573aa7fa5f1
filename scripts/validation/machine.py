"""Runs a network on a machine and reads from the report what is compared."""

import json
import pathlib
import subprocess

import on_the_fly


class Failed(Exception):
    """run_sim refused, or did not confirm the bytes."""


class Machine:
    """run_sim with the settings of one design and point."""

    def __init__(self, bin_directory, root, design, point, scratch):
        self.program = str(pathlib.Path(bin_directory) / "run_sim")
        self.root = pathlib.Path(root)
        self.design, self.point = design, point
        self.scratch = pathlib.Path(scratch)

    def report(self, run):
        """report.json of a run; the schedule of search unfused is changed where additions go on the fly."""
        out = self.scratch / run.name.replace(" ", "_")
        self._call(run, ["--search", run.search, "--objective", run.objective], out)
        report = _read(out / "report.json")
        if run.adds_on_the_fly:
            schedule = self.scratch / "joined.json"
            joined = on_the_fly.join_additions(report, _read(out / "schedule.json"))
            schedule.write_text(json.dumps(joined), encoding="utf-8")
            self._call(run, ["--schedule", str(schedule)], out)
            report = _read(out / "report.json")
        return report

    def _call(self, run, how, out):
        model = self.root / self.point.model
        command = [
            self.program, "--config", str(self.root / self.design.config), "--fusion", run.fusion, "--no-alternatives",
            "--model", str(model) if model.suffix == ".onnx" else self.point.model, *how, "--out", str(out),
        ]
        for key, value in {**self.design.settings, **self.point.settings}.items():
            command += ["--set", f"{key}={_setting(value)}"]
        # What is compared is the machine; how well its time was predicted is another question.
        command += ["--set", "confirm.cycles_tolerance=1"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.root)
        if done.returncode != 0:
            raise Failed(f"{' '.join(command)}: exit {done.returncode}: {done.stderr.strip()}")


def _setting(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def counted_groups(report, design):
    """Groups whose operators are all of a kind that the design counts."""
    kinds = design.operators
    return [g for g in report["groups"] if not kinds or all(op["kind"] in kinds for op in g["ops"])]


def measure(report, design):
    """Every quantity of designs.QUANTITIES, from what the machine moved and how long it took."""
    groups = counted_groups(report, design)
    if len(groups) == len(report["groups"]):
        cycles = report["totals"]["simulated"]["cycles"]  # also where a group overlaps with the next
    else:
        cycles = sum(g["simulated"]["cycles"] for g in groups)
    features = sum(g["simulated"]["ifmap_bytes"] + g["simulated"]["ofmap_bytes"] for g in groups)
    weights = sum(g["simulated"]["weight_bytes"] for g in groups) / design.images_per_weight_fetch
    macs = sum(g["simulated"]["macs"] for g in groups)
    element = report["config"]["datatypes"]["activation_bits"] // 8
    return {
        "frames_per_second": float(report["config"]["clock_mhz"]) * 1e6 / cycles,
        "dram_bytes": features + weights,
        "feature_map_bytes": features,
        "dram_accesses_per_mac": (features + weights) / element / macs,
        "energy_mj": sum(g["simulated"]["energy_pj"] for g in groups) / 1e9,
        "feature_buffer_bytes": max(g["buffer_bytes"] - _kept_weights(g) for g in groups),
    }


def _kept_weights(group):
    """Weights that lie in the buffer as long as a group of line buffers runs."""
    return group["analytic"]["weight_bytes"] if group["mode"] == "lbdf" else 0
