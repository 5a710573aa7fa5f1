"""Runs of run_search, and what their JSON says."""

import dataclasses
import json
import subprocess

POINT = ("plans", "queries", "cpu_seconds", "fusable_bytes", "network_bytes")


class Infeasible(Exception):
    """run_search refused: an op does not fit the buffer even alone."""


@dataclasses.dataclass
class Run:
    plans: int
    queries: int
    cpu_seconds: float
    seconds: float
    load_cpu_seconds: float
    fusable_bytes: int
    network_bytes: int
    peak_buffer_bytes: int
    curve: list  # of dictionaries with the keys of POINT
    splits: dict  # nothing without an explainer

    def within(self, key, limit):
        """The best point within a number of plans, queries or CPU seconds; the first step is always taken."""
        best = self.curve[0]
        for point in self.curve:
            if point[key] <= limit:
                best = point
        return best


@dataclasses.dataclass
class Exact:
    network_bytes: int
    fusable_bytes: int
    bound_bytes: int  # of network_bytes
    optimal: bool
    seconds: float

    def percent_above(self, network_bytes):
        """How far a plan is above the proven bound, of the bound's own traffic of fusable ops."""
        fusable_bound = self.fusable_bytes - (self.network_bytes - self.bound_bytes)
        return 100.0 * (network_bytes - self.bound_bytes) / fusable_bound


class Runner:
    """Starts run_search in a folder that holds configs/; one process per search, so that its CPU time is its own."""

    def __init__(self, program, root):
        self.program = program
        self.root = root

    def document(self, arguments):
        command = [self.program, "--format", "json", *map(str, arguments)]
        done = subprocess.run(command, cwd=self.root, capture_output=True, text=True)
        if done.returncode == 2 and "buffer has" in done.stderr:
            raise Infeasible(done.stderr.strip())
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: exit code {done.returncode}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def search(self, cell, method, seed, budget=None, edges=None, paper_rules=False, max_queries=None, max_cpu_seconds=None, threads=1):
        arguments = cell.arguments() + ["--search", cell.search, "--explainer", method, "--seed", seed]
        arguments += ["--budget", budget or cell.budget, "--threads", threads]
        if edges is not None:
            arguments += ["--edges", edges]
        if paper_rules:
            arguments += ["--paper-rules"]
        if max_queries is not None:
            arguments += ["--max-queries", max_queries]
        if max_cpu_seconds is not None:
            arguments += ["--max-cpu-seconds", f"{max_cpu_seconds:.6f}"]
        found = self.document(arguments)["heuristic"]
        return Run(
            plans=found["plans"],
            queries=found["f_beta_queries"] + found["f_d_queries"],
            cpu_seconds=found["cpu_seconds"],
            seconds=found["seconds"],
            load_cpu_seconds=found.get("load_cpu_seconds", 0.0),
            fusable_bytes=found["fusable_bytes"],
            network_bytes=found["network_bytes"],
            peak_buffer_bytes=found["peak_buffer_bytes"],
            curve=[{key: point[key] for key in POINT} for point in found["curve"]],
            splits=found.get("splits", {}),
        )

    def exact(self, cell):
        found = self.document(cell.arguments() + ["--search", "exact"])
        return Exact(
            network_bytes=found["network_bytes"],
            fusable_bytes=found["fusable_bytes"],
            bound_bytes=found["lower_bound_bytes"],
            optimal=found["optimal"],
            seconds=found["seconds"],
        )
