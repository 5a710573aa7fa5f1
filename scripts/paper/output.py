"""Files of a reproduction."""

import csv
import dataclasses
import io
import json
import os
import platform
import subprocess

import cells
import summary_text
import tables
from compare import COMPARISONS, MOST_PLANS_FOR_QUERIES, saving, spread


@dataclasses.dataclass
class Findings:
    tables: list = dataclasses.field(default_factory=list)  # (cell, measurements)
    infeasible: list = dataclasses.field(default_factory=list)  # (cell, reason)
    exact: dict = dataclasses.field(default_factory=dict)  # (config, network, scheme, KiB) -> runs.Exact
    rectified: dict = dataclasses.field(default_factory=dict)
    timed: dict = dataclasses.field(default_factory=dict)
    groups: dict = dataclasses.field(default_factory=dict)  # by scheme
    figure5: list = dataclasses.field(default_factory=list)
    irregular: list = dataclasses.field(default_factory=list)
    more_seeds: list = dataclasses.field(default_factory=list)  # (cell, {method: {seed: bytes}})
    paper_rules: list = dataclasses.field(default_factory=list)  # likewise

    def exact_of(self, cell):
        return self.exact[cell.config, cell.network, cell.scheme, cell.kibibytes]


def commit(root):
    """Of the code in root; "unknown" without git or outside a checkout."""
    def git(*arguments):
        try:
            return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True).stdout.strip()
        except FileNotFoundError:
            return ""
    changed = git("status", "--porcelain", "--untracked-files=no", "--", "sw", "models", "configs", "scripts", "tests/bench")
    return (git("rev-parse", "HEAD") or "unknown") + (" with changes" if changed else "")


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            name = next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        name = platform.machine()
    return f"{os.cpu_count()} x {name}"


def csv_text(head, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()


RUN_FIELDS = (
    "table", "config", "network", "scheme", "buffer_kib", "budget", "search", "method", "seed", "fusable_bytes",
    "network_bytes", "peak_buffer_bytes", "queries", "cpu_seconds", "load_cpu_seconds", "equal_queries",
    "fusable_at_equal_queries", "plans_at_equal_queries", "equal_cpu_seconds", "fusable_at_equal_cpu",
    "plans_at_equal_cpu", "bare_fusable_in_own_time", "bare_plans_in_own_time", "rectify_rate", "one_cut_rate", "split_rate", "edges_per_group",
)


def run_row(cell, m):
    run, splits = m.run, m.run.splits
    proposed = splits.get("proposed", {})
    queries, cpu, own = m.points.get("queries", {}), m.points.get("cpu", {}), m.bare.get("own", {})
    return [
        cell.table, cell.config, cell.network, cell.scheme, cell.kibibytes, cell.budget, cell.search, m.method, m.seed,
        run.fusable_bytes, run.network_bytes, run.peak_buffer_bytes, run.queries, f"{run.cpu_seconds:.4f}",
        f"{run.load_cpu_seconds:.4f}", m.queries, queries.get("fusable_bytes"), queries.get("plans"),
        f"{m.cpu_seconds:.4f}", cpu.get("fusable_bytes"), cpu.get("plans"),
        own.get("fusable_bytes"), own.get("plans"), splits.get("rectify_rate"),
        proposed.get("one_cut_rate"), proposed.get("split_rate"), proposed.get("edges_per_group"),
    ]


def cell_summary(cell, measurements, exact):
    methods = {}
    for method in [m for m in cells.METHODS if tables.of(measurements, m)]:
        own = tables.of(measurements, method)
        network = spread([m.points["plans"]["network_bytes"] for m in own])
        methods[method] = {
            "seeds": [m.seed for m in own],
            "fusable_bytes": spread([m.points["plans"]["fusable_bytes"] for m in own]),
            "network_bytes": network,
            "percent_above_bound": exact.percent_above(network["mean"]),
            "peak_buffer_bytes": max(m.run.peak_buffer_bytes for m in own),
            "queries": spread([m.run.queries for m in own]),
            "cpu_seconds": spread([m.run.cpu_seconds for m in own]),
            "saving_percent": {c: saving(measurements, method, c) for c in COMPARISONS},
        }
    return {**dataclasses.asdict(cell), "exact": dataclasses.asdict(exact), "methods": methods}


def summary(found, environment):
    return {
        "format": "fusesim.paper/1",
        **environment,
        "cells": [cell_summary(c, m, found.exact_of(c)) for c, m in found.tables + found.irregular],
        "infeasible": [{**dataclasses.asdict(c), "reason": reason} for c, reason in found.infeasible],
        "more_seeds": equal_plans_summary(found.more_seeds),
        "paper_rules": equal_plans_summary(found.paper_rules),
        "rectify": [
            {"rules": rules, "search": s, "explainer": m, "edges": k, "splits": [r.splits for r in runs]}
            for (rules, s, m, k), runs in found.rectified.items()
        ],
        "seconds": [
            {"search": s, "explainer": m, "seconds": r.seconds, "cpu_seconds": r.cpu_seconds,
             "load_cpu_seconds": r.load_cpu_seconds}
            for (s, m), r in found.timed.items()
        ],
        "groups": found.groups,
    }


def equal_plans_csv(found):
    rows = [
        [rules, c.table, c.config, c.network, c.scheme, c.kibibytes, c.budget, c.search, method, seed, moved]
        for rules, results in (("ours", found.more_seeds), ("paper", found.paper_rules))
        for c, methods in results
        for method, own in methods.items()
        for seed, moved in own.items()
    ]
    return csv_text(("rules",) + RUN_FIELDS[:9] + ("fusable_bytes",), rows)


def equal_plans_summary(results):
    return [
        {**dataclasses.asdict(c), "saving_percent": {m: tables.paired_saving(own, m) for m in own if m != "none"}}
        for c, own in results
    ]


def figure3_csv(groups):
    head = ["scheme", "network", "groups"] + [f"valid_at_{b // 1024}_kib" for b in next(iter(groups.values()))["buffer_bytes"]]
    rows = [[s, v["network"], v["groups"], *v["valid"]] for s, g in groups.items() for v in g["validity"]]
    return csv_text(head, rows)


def figure5_csv(curves):
    rows = [
        [c.network, c.scheme, c.search, method, seed, budget, run.within("plans", budget)["fusable_bytes"]]
        for c, runs in curves
        for method, own in runs.items()
        for seed, run in enumerate(own, 1)
        for budget in cells.FIGURE5_BUDGETS
    ]
    return csv_text(["network", "scheme", "search", "method", "seed", "budget", "fusable_bytes"], rows)


def command(arguments):
    """That does the same again."""
    text = "scripts/reproduce_paper"
    if arguments.seeds != len(cells.SEEDS):
        text += f" --seeds {arguments.seeds}"
    if arguments.more_seeds != len(cells.MORE_SEEDS):
        text += f" --more-seeds {arguments.more_seeds}"
    for option, chosen, every in (("--configs", arguments.configs, cells.CONFIGS), ("--only", arguments.only, cells.SECTIONS)):
        if list(chosen) != list(every):
            text += " " + " ".join((option, *chosen))
    return text


def write(found, arguments):
    environment = {
        "command": command(arguments),
        "commit": commit(arguments.root),
        "processor": processor(),
        "seeds": list(cells.SEEDS[: arguments.seeds]),
        "most_plans_for_queries": MOST_PLANS_FOR_QUERIES,
    }
    files = {
        "summary.json": json.dumps(summary(found, environment), indent=1) + "\n",
        "runs.csv": csv_text(RUN_FIELDS, [run_row(c, m) for c, own in found.tables + found.irregular for m in own]),
        "README.md": summary_text.markdown(found, environment),
    }
    if found.more_seeds or found.paper_rules:
        files["equal_plans.csv"] = equal_plans_csv(found)
    if found.groups:
        files["figure3.csv"] = figure3_csv(found.groups)
    if found.figure5:
        files["figure5.csv"] = figure5_csv(found.figure5)
    os.makedirs(arguments.out, exist_ok=True)
    for name, text in files.items():
        path = os.path.join(arguments.out, name)
        with open(path + ".tmp", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(path + ".tmp", path)
        print(path)
