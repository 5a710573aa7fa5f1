"""One cell with one seed: all methods at equal plans, equal queries and equal CPU time."""

import dataclasses

from cells import CONTROLS, EXPLAINERS

# A bare search that uses up its different groups never reaches the queries of the others.
MOST_PLANS_FOR_QUERIES = 50
NO_LIMIT = 1_000_000_000

# own: what an explainer found at the budget against a bare search of the same CPU time
COMPARISONS = ("plans", "queries", "cpu", "own")


@dataclasses.dataclass
class Measurement:
    """One method; points have the keys of runs.POINT."""

    method: str
    seed: int
    run: object
    queries: int  # Q, at which all are read; 0 where there is nothing to compare
    cpu_seconds: float  # T, likewise
    points: dict  # comparison -> point
    bare: dict  # comparison -> the bare search's point there


def at_equal_queries(runner, cell, method, seed, run, queries):
    if run.queries < queries and run.plans == cell.budget:
        run = runner.search(
            cell, method, seed, budget=cell.budget * MOST_PLANS_FOR_QUERIES, max_queries=queries
        )
    return run.within("queries", queries)


def until(runner, cell, method, seed, run, seconds):
    """The same search, run on until it has used so much CPU time."""
    if run.cpu_seconds >= seconds:
        return run
    return runner.search(cell, method, seed, budget=NO_LIMIT, max_cpu_seconds=seconds)


def at_equal_cpu(runner, cell, method, seed, run, seconds):
    """random_edges draws a fixed number of edges here, the mean of what it drew at the budget: it need not pay for
    the explainer whose edges it counts there."""
    if method == "random_edges":
        edges = max(1, round(run.splits["all"]["edges_per_group"]))
        run = runner.search(cell, method, seed, budget=NO_LIMIT, edges=edges, max_cpu_seconds=seconds)
    elif method not in EXPLAINERS:
        run = until(runner, cell, method, seed, run, seconds)
    return run.within("cpu_seconds", seconds)


def measure(runner, cell, seed, methods):
    """Q is the least number of queries that an explainer or control used at the budget, T the least CPU time of an
    explainer; the others go on until then, the bare search until the most CPU time of an explainer."""
    runs = {method: runner.search(cell, method, seed) for method in methods}
    times = [runs[m].cpu_seconds for m in methods if m in EXPLAINERS]
    queries = min((runs[m].queries for m in methods if m in EXPLAINERS + CONTROLS), default=0)
    seconds = min(times, default=0.0)
    bare = runs["none"]
    long_bare = until(runner, cell, "none", seed, bare, max(times, default=0.0))
    shared = {"plans": bare.curve[-1], "cpu": long_bare.within("cpu_seconds", seconds)}
    shared["queries"] = at_equal_queries(runner, cell, "none", seed, bare, queries)
    measurements = []
    for method, run in runs.items():
        points = {"plans": run.curve[-1]}
        rivals = dict(shared)
        if method == "none":
            points = dict(shared)
        else:
            points["queries"] = at_equal_queries(runner, cell, method, seed, run, queries)
            if times:
                points["cpu"] = at_equal_cpu(runner, cell, method, seed, run, seconds)
        if method in EXPLAINERS:
            points["own"] = run.curve[-1]
            rivals["own"] = long_bare.within("cpu_seconds", run.cpu_seconds)
        measurements.append(Measurement(method, seed, run, queries, seconds, points, rivals))
    return measurements


def spread(values):
    """Mean, least, most and sample standard deviation."""
    mean = sum(values) / len(values)
    variance = sum((v - mean) ** 2 for v in values) / (len(values) - 1) if len(values) > 1 else 0.0
    return {"mean": mean, "min": min(values), "max": max(values), "deviation": variance**0.5}


def saving(measurements, method, comparison):
    """Per cent that a method saves over the bare search with the same seeds, in traffic of fusable ops."""
    pairs = [
        (m.points[comparison]["fusable_bytes"], m.bare[comparison]["fusable_bytes"])
        for m in measurements
        if m.method == method and comparison in m.points and comparison in m.bare
    ]
    if not pairs:
        return None
    return 100.0 * (1.0 - sum(own for own, _ in pairs) / sum(bare for _, bare in pairs))
