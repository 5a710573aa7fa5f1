#!/usr/bin/python3
"""Runs the experiments of the paper and writes what they found: called by scripts/reproduce_paper.

README.md is the summary, summary.json its figures, runs.csv one line per search, equal_plans.csv one line per search of
more seeds and of the paper's rules, figure3.csv and figure5.csv the curves.
What is found at equal plans and equal queries depends on the seeds alone, what is found at equal CPU time on the
machine as well.
"""

import argparse
import concurrent.futures
import json
import os
import subprocess
import sys

import cells
import compare
import output
from runs import Infeasible, Runner


def show_progress(text, is_last):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="\n" if is_last else "", file=sys.stderr, flush=True)


class Experiments:
    """Runs cells on all processors and collects what they give. Threads only wait for processes."""

    def __init__(self, arguments):
        self.runner = Runner(os.path.join(arguments.bin, "run_search"), arguments.root)
        self.arguments = arguments
        self.seeds = cells.SEEDS[: arguments.seeds]
        self.pool = concurrent.futures.ThreadPoolExecutor(arguments.jobs)

    def methods(self, scheme):
        """An explainer without trained weights is left out."""
        weights = os.path.join(self.arguments.root, "models", "gnn")
        return [
            m for m in cells.METHODS
            if m not in ("pg", "rg") or os.path.exists(os.path.join(weights, f"{scheme}.{m}.weights"))
        ]

    def over(self, what, tasks):
        """Calls every task, in any order; their results in the order of the tasks."""
        futures = [self.pool.submit(task) for task in tasks]
        for done, _ in enumerate(concurrent.futures.as_completed(futures), 1):
            show_progress(f"{what}: {done} of {len(futures)}", done == len(futures))
        return [future.result() for future in futures]

    def compared(self, what, wanted):
        """(cell, measurements over the seeds) per cell, and the cells that cannot be run, with the reason."""
        tasks, owners = [], []
        for cell in wanted:
            for seed in self.seeds:
                owners.append(cell)
                tasks.append(lambda c=cell, s=seed, m=self.methods(cell.scheme): self.measured(c, s, m))
        measured = {cell: [] for cell in wanted}
        infeasible = {}
        for cell, found in zip(owners, self.over(what, tasks)):
            if isinstance(found, Infeasible):
                infeasible[cell] = str(found)
            else:
                measured[cell] += found
        return [(c, own) for c, own in measured.items() if own], list(infeasible.items())

    def measured(self, cell, seed, methods):
        try:
            return compare.measure(self.runner, cell, seed, methods)
        except Infeasible as reason:
            return reason

    def exact(self, wanted):
        """What exact search proves, per cell without its search."""
        keys = {}
        for cell in wanted:
            keys.setdefault((cell.config, cell.network, cell.scheme, cell.kibibytes), cell)
        found = self.over("exact search", [lambda c=cell: self.runner.exact(c) for cell in keys.values()])
        return dict(zip(keys, found))

    def searched(self, what, keys, **options):
        """The runs of (cell, method, seed), {method: {seed: run}} per cell."""
        found = {}
        runs = self.over(what, [lambda k=key: self.runner.search(*k, **options) for key in keys])
        for (cell, method, seed), run in zip(keys, runs):
            found.setdefault(cell, {}).setdefault(method, {})[seed] = run
        return found

    def at_equal_plans(self, what, wanted, seeds, **options):
        """Traffic of fusable ops, (cell, {method: {seed: bytes}}) per cell."""
        keys = [(cell, m, s) for cell in wanted for m in self.methods(cell.scheme) for s in seeds]
        found = self.searched(what, keys, **options)
        return [
            (cell, {m: {s: run.fusable_bytes for s, run in runs.items()} for m, runs in own.items()})
            for cell, own in found.items()
        ]

    def timed(self):
        """Table V's seconds: one search at a time on all processors."""
        runs = {}
        for cell in cells.rectify_cells():
            for method in [m for m in self.methods(cell.scheme) if m in cells.EXPLAINERS]:
                runs[cell.search, method] = self.runner.search(cell, method, 1, threads=os.cpu_count())
        return runs

    def rectified(self, results):
        """Table V's rates: by the paper's rules, at the explainers' own number of edges and at fixed numbers; by ours, from
        table IV, at their own."""
        runs = {}
        for cell in cells.rectify_cells():
            methods = [m for m in self.methods(cell.scheme) if m != "none"]
            for edges in (None, *cells.RECTIFY_EDGES):
                keys = [(cell, m, s) for m in methods if edges is None or m != "all_edges" for s in self.seeds]
                found = self.searched(f"table V, {cell.search}", keys, edges=edges, paper_rules=True)
                for method, own in found[cell].items():
                    runs["paper", cell.search, method, edges] = list(own.values())
            for method in methods:
                runs["ours", cell.search, method, None] = [
                    m.run for c, measurements in results if c == cell for m in measurements if m.method == method
                ]
        return runs

    def figure5(self):
        result = []
        for cell in cells.figure5_cells():
            keys = [(cell, m, s) for m in self.methods(cell.scheme) for s in self.seeds]
            found = self.searched(f"figure 5, {cell.network}", keys)
            result.append((cell, {m: list(own.values()) for m, own in found[cell].items()}))
        return result

    def groups(self):
        """Figure 3 and fidelity, per scheme."""
        program = os.path.join(self.arguments.bin, "explanation_figures")
        def figures(scheme):
            done = subprocess.run([program, "--fusion", scheme], capture_output=True, text=True, check=True)
            return json.loads(done.stdout)
        found = self.over("groups", [lambda s=scheme: figures(s) for scheme in ("lbdf", "brr")])
        return dict(zip(("lbdf", "brr"), found))


def run(arguments):
    experiments = Experiments(arguments)
    found = output.Findings()
    if "rectify" in arguments.only:
        found.timed = experiments.timed()
    if "tables" in arguments.only or "rectify" in arguments.only:
        wanted = [cell for config in arguments.configs for cell in cells.table_cells(config)]
        if "tables" not in arguments.only:
            wanted = cells.rectify_cells()
        found.tables, found.infeasible = experiments.compared("tables", wanted)
        found.exact.update(experiments.exact([cell for cell, _ in found.tables]))
    if "more_seeds" in arguments.only:
        seeds = cells.MORE_SEEDS[: arguments.more_seeds]
        found.more_seeds = experiments.at_equal_plans("more seeds", cells.more_seeds_cells(), seeds)
    if "paper_rules" in arguments.only:
        found.paper_rules = experiments.at_equal_plans(
            "the paper's rules", cells.table_cells("paper"), experiments.seeds, paper_rules=True)
    if "rectify" in arguments.only:
        found.rectified = experiments.rectified(found.tables)
    if "figures" in arguments.only:
        found.groups = experiments.groups()
        found.figure5 = experiments.figure5()
    if "irregular" in arguments.only:
        wanted = cells.irregular_cells()
        found.irregular, refused = experiments.compared("irregular networks", wanted)
        found.infeasible += refused
        found.exact.update(experiments.exact(wanted))
    output.write(found, arguments)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, help="folder of run_search and explanation_figures")
    parser.add_argument("--root", required=True, help="folder that holds configs and models")
    parser.add_argument("--out", required=True, help="folder to write to")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="searches at a time")
    parser.add_argument("--seeds", type=int, default=len(cells.SEEDS), help="the first so many seeds")
    parser.add_argument("--more-seeds", type=int, default=len(cells.MORE_SEEDS), help="the first so many of the other seeds")
    parser.add_argument("--configs", nargs="+", choices=cells.CONFIGS, default=list(cells.CONFIGS), help="of tables II to IV")
    parser.add_argument("--only", nargs="+", choices=cells.SECTIONS, default=list(cells.SECTIONS), help="some sections")
    run(parser.parse_args())


if __name__ == "__main__":
    main()
