"""The summary as Markdown."""

import published
from cells import CONTROLS, EXPLAINERS, METHODS
from compare import COMPARISONS, saving, spread

SEARCHES = ("local", "nsga2", "random")
TIE = 0.005  # per cent: what prints as 0.00


def mean(values):
    return sum(values) / len(values)


def row(fields):
    return "| " + " | ".join(fields) + " |"


def table(head, rows, left=1):
    rule = ["---"] * left + ["---:"] * (len(head) - left)
    return "\n".join([row(head), row(rule)] + [row(r) for r in rows]) + "\n"


def percent(value, places=2):
    if value is None:
        return "-"
    text = f"{value:.{places}f}"
    return text[1:] if float(text) == 0 and text.startswith("-") else text


def of(measurements, method):
    return [m for m in measurements if m.method == method]


def methods_in(results):
    present = {m.method for _, measurements in results for m in measurements}
    return [m for m in METHODS if m in present]


def traffic_cell(measurements):
    if not measurements:
        return "-"
    traffic = spread([m.points["plans"]["fusable_bytes"] / 1e6 for m in measurements])
    peak = max(m.run.peak_buffer_bytes for m in measurements)
    return f"{traffic['mean']:.3f} ± {traffic['deviation']:.3f} ({peak / 1024:.1f})"


def traffic_table(results, exact):
    """Mean traffic at equal plans; one line per search and method, one column per network."""
    networks = list(dict.fromkeys(cell.network for cell, _ in results))
    searches = [s for s in SEARCHES if any(cell.search == s for cell, _ in results)]
    found = {(cell.search, cell.network): measurements for cell, measurements in results}
    rows = []
    for search in searches:
        for method in methods_in(results):
            name = search if method == "none" else f"{search} + {method}"
            rows.append([name] + [traffic_cell(of(found[search, n], method)) for n in networks])
    optimum = ["exact"]
    for network in networks:
        known = exact[network]
        proof = "" if known.optimal else f" (bound {known.bound_bytes / 1e6:.3f} of the whole network)"
        optimum.append(f"{known.fusable_bytes / 1e6:.3f}{proof}")
    return table(["MB of fusable ops"] + networks, rows + [optimum])


def whole_table(results, exact):
    """Whole networks, all operators, and the distance to what exact search proved."""
    methods = methods_in(results)
    rows = []
    for cell, measurements in results:
        known = exact[cell.network]
        fields = [cell.network, cell.search, f"{known.bound_bytes / 1e6:.3f}"]
        for method in methods:
            own = [m.points["plans"]["network_bytes"] for m in of(measurements, method)]
            if not own:
                fields.append("-")
                continue
            fields.append(f"{mean(own) / 1e6:.3f} (+{known.percent_above(mean(own)):.2f})")
        rows.append(fields)
    return table(["network", "search", "bound"] + methods, rows, 2)


def savings_table(results, compare_with_paper=True):
    """Savings over the bare search in per cent: equal plans / queries / CPU time / own CPU time."""
    methods = [m for m in methods_in(results) if m != "none"]
    head = ["network", "scheme", "search"] + methods
    papers = list(EXPLAINERS) if compare_with_paper else []
    head += [f"paper: {m}" for m in papers]
    rows = []
    for cell, measurements in results:
        fields = [cell.network.split("/")[-1], cell.scheme, cell.search]
        for method in methods:
            known = [saving(measurements, method, c) for c in COMPARISONS]
            fields.append(" / ".join(percent(value) for value in known if value is not None))
        fields += [percent(published.saving_percent(cell.table, cell.search, cell.network, m), 1) for m in papers]
        rows.append(fields)
    return table(head, rows, 3)


def paired_saving(own, method, rival="none"):
    """Mean saving over a rival with the same seeds, and its standard error, in per cent of the rival's mean; own: {method:
    {seed: bytes}}."""
    seeds = sorted(own[method].keys() & own[rival].keys())
    base = mean([own[rival][s] for s in seeds])
    values = spread([100.0 * (own[rival][s] - own[method][s]) / base for s in seeds])
    return {"mean": values["mean"], "standard_error": values["deviation"] / len(seeds) ** 0.5}


def equal_plans_table(results):
    """Savings over the bare search at equal plans, with their standard errors."""
    methods = [m for m in METHODS if m != "none" and any(m in own for _, own in results)]
    rows = []
    for cell, own in results:
        fields = [cell.network, cell.scheme, cell.search, f"{mean(own['none'].values()) / 1e6:.3f}"]
        for method in methods:
            found = paired_saving(own, method)
            fields.append(f"{percent(found['mean'])} ± {found['standard_error']:.2f}")
        rows.append(fields)
    return table(["network", "scheme", "search", "bare, MB"] + methods, rows, 3)


def clearly_above(results, errors=2.0):
    """Explainers that move more than the bare search by more than so many standard errors."""
    lines = []
    for cell, own in results:
        for method in [m for m in EXPLAINERS if m in own]:
            found = paired_saving(own, method)
            if found["mean"] < -TIE and -found["mean"] > errors * found["standard_error"]:
                lines.append(f"- table {cell.table}, {cell.network}, {cell.scheme}, {cell.search} + {method}: {-found['mean']:.2f} ± "
                             f"{found['standard_error']:.2f} % above the bare search")
    return lines


def counted(values):
    """How many are savings / ties, to 0.005 % / losses."""
    less, more = sum(v > TIE for v in values), sum(v < -TIE for v in values)
    return f"{less} / {len(values) - less - more} / {more}"


def signs(results):
    """Per explainer, in how many cells it moves less / as much / more than the bare search on the mean."""
    rows = []
    for method in EXPLAINERS + CONTROLS:
        values = [paired_saving(own, method)["mean"] for _, own in results if method in own]
        if values:
            rows.append([method, counted(values)])
    return table(["explainer", "less / as much / more"], rows)


def by_seed(measurements):
    found = {}
    for m in measurements:
        found.setdefault(m.method, {})[m.seed] = m.points["plans"]["fusable_bytes"]
    return found


def worse_than_bare(results):
    """Cells whose explainer has more traffic on the mean than the bare search at equal plans."""
    lines = []
    for cell, measurements in results:
        for method in EXPLAINERS:
            value = saving(measurements, method, "plans")
            if value is not None and value < 0:
                error = paired_saving(by_seed(measurements), method)["standard_error"]
                lines.append(f"- {cell.config}, table {cell.table}, {cell.network}, {cell.search} + {method}: "
                             f"{-value:.3f} ± {error:.3f} % above the bare search")
    return lines


def advantage(measurements, method, rival, comparison):
    """Per cent by which a method moves less than a rival over the seeds that both have; nothing without such."""
    if rival == "none":
        return saving(measurements, method, comparison)
    mine, theirs = (
        {m.seed: m.points[comparison]["fusable_bytes"] for m in of(measurements, name) if comparison in m.points}
        for name in (method, rival)
    )
    seeds = mine.keys() & theirs.keys()
    if not seeds:
        return None
    return 100.0 * (1.0 - sum(mine[s] for s in seeds) / sum(theirs[s] for s in seeds))


def duel(results, method, rival, comparison):
    """In how many cells a method moves less, as much (to 0.005 %), more than a rival."""
    values = [advantage(measurements, method, rival, comparison) for _, measurements in results]
    return counted([v for v in values if v is not None])


def duels_table(results):
    present = methods_in(results)
    rows = []
    for method in [m for m in EXPLAINERS if m in present]:
        for rival in [m for m in ("none",) + CONTROLS if m in present]:
            rows.append([method, "bare search" if rival == "none" else rival]
                        + [duel(results, method, rival, c) for c in COMPARISONS[:3]]
                        + [duel(results, method, rival, "own") if rival == "none" else "-"])
    return table(["explainer", "against", "equal plans", "equal queries", "equal CPU time", "own CPU time"], rows, 2)


def target_lines(cell, measurements, exact):
    """The cell of EfficientNet-B3 under local search."""
    bare = mean([m.points["plans"]["network_bytes"] for m in of(measurements, "none")])
    savings = {m: saving(measurements, m, "plans") for m in EXPLAINERS if of(measurements, m)}
    above = exact.percent_above(bare)
    lines = [f"- {cell.config}: bare local search is {above:.2f} % above the "
             f"{'proven optimum' if exact.optimal else 'proven bound'} in traffic of fusable ops."]
    if savings:
        best = max(savings, key=savings.get)
        lines.append(f"  Best explainer: {best}, saves {savings[best]:.2f} % over it.")
    met = above <= 3.0 or any(s >= 15.0 for s in savings.values())
    lines.append(f"  Target (an explainer saves at least 15 %, or the bare search is within 3 %): "
                 f"{'met' if met else 'missed'}.")
    return lines


def rectify_table(rectified):
    """rectified: ("paper" or "ours", search, method, edges or None) -> runs of all seeds."""
    rows = []
    for (rules, search, method, edges), runs in rectified.items():
        def rate(value):
            return f"{100.0 * mean([value(r.splits) for r in runs]):.1f}"
        paper = published.RECTIFY_PERCENT[search].get(method) if (rules, edges) == ("paper", None) else None
        rows.append([
            rules, search, method, "own" if edges is None else str(edges),
            f"{mean([r.splits['proposed']['edges_per_group'] for r in runs]):.1f}",
            rate(lambda s: s["rectify_rate"]), "-" if paper is None else f"{paper:.1f}",
            rate(lambda s: s["weighted_rectify_rate"]), rate(lambda s: s["proposed"]["one_cut_rate"]),
            rate(lambda s: s["proposed"]["split_rate"]),
            f"{mean([r.splits['proposed']['groups'] for r in runs]):.0f}",
        ])
    head = ["rules", "search", "explainer", "edges", "per group", "rectify", "paper", "weighted", "one cut", "SPLIT", "groups"]
    return table(head, rows, 4)


def seconds_table(timed):
    """timed: (search, method) -> one run on all processors, alone."""
    rows = []
    for (search, method), run in timed.items():
        paper = published.SEARCH_SECONDS[search].get(method)
        rows.append([search, method, f"{run.seconds:.2f}", f"{run.cpu_seconds:.2f}", f"{run.load_cpu_seconds:.2f}",
                     "-" if paper is None else str(paper)])
    return table(["search", "explainer", "seconds", "CPU", "loading (apart)", "paper: seconds"], rows, 2)


def figure3_table(groups, scheme):
    """groups: what explanation_figures printed for a scheme."""
    sizes = [str(b // 1024) for b in groups["buffer_bytes"]]
    rows = [[v["network"], str(v["groups"])] + [percent(100.0 * s, 1) for s in v["valid"]] for v in groups["validity"]]
    return table([scheme, "groups"] + [f"{s} KiB" for s in sizes], rows)


def fidelity_table(groups):
    rows = []
    for f in groups["fidelity"]:
        rows.append([f["explainer"], f"{f['edges']:.1f}", percent(100.0 * f["edge_share"], 1)]
                    + [f"{f[key]:.3f}" for key in ("all_edges", "no_edges", "kept", "removed", "induced", "nodes_alone")]
                    + [f"{f['insertion_minus_deletion']:.3f}"])
    head = ["explainer", "edges", "share %", "all edges", "no edges", "only these", "without these", "their nodes", "and no edges", "order"]
    return table(head, rows)


def figure5_table(cell, runs, budgets):
    rows = []
    for method in [m for m in METHODS if m in runs]:
        means = [mean([r.within("plans", b)["fusable_bytes"] for r in runs[method]]) / 1e6 for b in budgets]
        rows.append([method] + [f"{v:.3f}" for v in means])
    return table([f"{cell.network}, {cell.scheme}, {cell.search}: MB"] + [str(b) for b in budgets], rows)


def irregular_table(results, exact):
    """Against the bound; auto takes the better of local search and exact search, as run_search --search auto does."""
    methods = methods_in(results)
    rows = []
    for cell, measurements in results:
        known = exact[cell.network, cell.scheme]
        fields = [cell.network.split("/")[-1], cell.scheme, cell.search, f"{known.bound_bytes / 1e6:.3f}",
                  f"{known.network_bytes / 1e6:.3f}"]
        for method in methods:
            own = [m.points["plans"]["network_bytes"] for m in of(measurements, method)]
            fields.append(f"{mean(own) / 1e6:.3f} ± {spread(own)['deviation'] / 1e6:.3f}" if own else "-")
        rows.append(fields)
    return table(["network", "scheme", "search", "bound", "exact"] + methods, rows, 3)


def auto_table(results, exact):
    rows = []
    for cell, measurements in results:
        if cell.search != "local":
            continue
        known = exact[cell.network, cell.scheme]
        fields = [cell.network.split("/")[-1], cell.scheme]
        for method in methods_in(results):
            own = [min(m.points["plans"]["network_bytes"], known.network_bytes) for m in of(measurements, method)]
            fields.append(f"{mean(own) / 1e6:.3f} (≤ {100.0 * (mean(own) / known.bound_bytes - 1.0):.1f})" if own else "-")
        rows.append(fields)
    return table(["network", "scheme"] + methods_in(results), rows, 2)


