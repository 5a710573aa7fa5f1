"""What is run: cells (a network under a scheme, a buffer size, a budget, a search and a configuration) and methods."""

import dataclasses

from published import NETWORKS

EXPLAINERS = ("gnne", "pg", "rg")
CONTROLS = ("random_edges", "all_edges")
METHODS = ("none",) + EXPLAINERS + CONTROLS

CONFIGS = ("paper", "default")
SECTIONS = ("tables", "more_seeds", "paper_rules", "rectify", "figures", "irregular")
SEEDS = (1, 2, 3, 4, 5)
# Enough to tell what explainers do from chance, and none of those (11 to 130) with which the rules of splits, the edits
# and the size of explanations were chosen.
MORE_SEEDS = tuple(range(1001, 1041))


@dataclasses.dataclass(frozen=True)
class Cell:
    table: str
    config: str
    network: str
    scheme: str
    kibibytes: int
    budget: int
    search: str

    def arguments(self):
        """Of run_search."""
        return [
            "--model", self.network, "--fusion", self.scheme, "--buffer", f"{self.kibibytes}KiB",
            "--config", f"configs/accelerators/{self.config}.yaml",
        ]


def table_cells(config):
    """Tables II, III and IV."""
    cells = []
    for network in NETWORKS["II"]:
        for search in ("local", "nsga2", "random"):
            cells.append(Cell("II", config, network, "lbdf", 256, 5000, search))
    for table, scheme in (("III", "brr"), ("IV", "lbdf")):
        for network in NETWORKS[table]:
            for search in ("local", "random"):
                cells.append(Cell(table, config, network, scheme, 128, 2000, search))
    return cells


def more_seeds_cells():
    """Where searches end near the optimum. Random search cannot be above itself without an explainer: it proposes the
    same plans, and both splits of each."""
    return [cell for cell in table_cells("paper") if cell.search != "random"]


def rectify_cells():
    """Table V."""
    return [Cell("IV", "paper", "mobilenet_v2", "lbdf", 128, 2000, search) for search in ("local", "random")]


RECTIFY_EDGES = (1, 2, 4)

FIGURE5_BUDGETS = (1000, 2000, 3000, 4000)


def figure5_cells():
    return [
        Cell("5", "paper", "squeezenet1_0", "brr", 128, FIGURE5_BUDGETS[-1], "local"),
        Cell("5", "paper", "mobilenet_v2", "lbdf", 128, FIGURE5_BUDGETS[-1], "local"),
        Cell("5", "paper", "vgg16", "lbdf", 128, FIGURE5_BUDGETS[-1], "random"),
    ]


def irregular_cells():
    """Networks that exact search does not solve. Random search is left out: it proposes thousands of groups of hundreds of
    ops, and explaining them and their parts would take hours."""
    return [
        Cell("irregular", "default", f"irregular/{network}", scheme, 256, 2000, search)
        for network in ("randwire_ws", "nasnet_mobile")
        for scheme in ("lbdf", "brr")
        for search in ("local", "nsga2")
    ]
