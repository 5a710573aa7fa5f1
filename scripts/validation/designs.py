"""Reads validation/*.yaml and refuses what it does not know: every fault names file and place."""

import dataclasses
import pathlib

import yaml

QUANTITIES = {
    "frames_per_second": "frames/s",
    "dram_bytes": "DRAM bytes",
    "feature_map_bytes": "DRAM bytes of feature maps",
    "dram_accesses_per_mac": "DRAM accesses per MAC",
    "feature_buffer_bytes": "buffer bytes of feature maps",
    "energy_mj": "mJ",
}
SCHEMES = ("lbdf", "brr")
SEARCHES = ("unfused", "exact")
OBJECTIVES = ("dram", "cycles", "energy", "edp")


class Fault(Exception):
    """A validation file that cannot be used; the message is for its author."""


@dataclasses.dataclass(frozen=True)
class Run:
    """One way to execute the network on a machine."""

    name: str
    fusion: str
    search: str
    objective: str = "dram"
    adds_on_the_fly: bool = False  # an addition joins the convolution before it
    judged: bool = False


@dataclasses.dataclass(frozen=True)
class Published:
    """What a paper says of a point, and how far ours may lie from it."""

    quantity: str
    value: float
    run: str
    tolerance: float | None  # nothing: shown, not judged
    reason: str  # of the tolerance, or why it is not judged


@dataclasses.dataclass(frozen=True)
class Point:
    """One machine, or one network on it."""

    name: str
    model: str
    settings: dict
    published: tuple


@dataclasses.dataclass(frozen=True)
class Design:
    name: str
    title: str
    source: str
    config: str
    settings: dict  # of all points
    operators: tuple  # kinds of operators whose groups are counted; empty: all
    images_per_weight_fetch: int
    runs: tuple
    points: tuple
    left_out: tuple
    about_fusion: tuple = ()  # names of runs that say what fusion would do

    def run(self, name):
        return next(run for run in self.runs if run.name == name)


class Map:
    """One YAML map: hands out values by key and type, and in the end refuses keys that nobody asked for."""

    def __init__(self, value, place):
        self.place = place
        if not isinstance(value, dict):
            raise Fault(f"{place}: expected a map, got {value!r}")
        self.value = dict(value)

    def take(self, key, kinds, what, default=None):
        if key not in self.value:
            if default is not None:
                return default
            raise Fault(f"{self.place}: {key}: expected {what}, got nothing")
        value = self.value.pop(key)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in _tuple(kinds)):
            raise Fault(f"{self.place}: {key}: expected {what}, got {value!r}")
        return value

    def text(self, key, default=None):
        return " ".join(self.take(key, str, "a text", default).split())

    def choice(self, key, words, default=None):
        word = self.text(key, default)
        if word not in words:
            raise Fault(f"{self.place}: {key}: expected one of {', '.join(words)}, got {word}")
        return word

    def items(self, key, default=None):
        return self.take(key, list, "a list", default)

    def settings(self, key):
        found = self.take(key, dict, "a map of configuration keys", {})
        for name, value in found.items():
            if not isinstance(name, str) or not isinstance(value, (str, int, float)):
                raise Fault(f"{self.place}: {key}: expected dotted keys with a word or a number, got {name!r}")
        return found

    def end(self):
        if self.value:
            raise Fault(f"{self.place}: expected a known key, got {next(iter(self.value))}")


def _tuple(kinds):
    return kinds if isinstance(kinds, tuple) else (kinds,)


def _run(value, place):
    entry = Map(value, place)
    run = Run(
        entry.text("name"), entry.choice("fusion", SCHEMES), entry.choice("search", SEARCHES),
        entry.choice("objective", OBJECTIVES, "dram"), entry.take("adds_on_the_fly", bool, "true or false", False),
    )
    entry.end()
    if run.adds_on_the_fly and (run.fusion, run.search) != ("brr", "unfused"):
        raise Fault(f"{place}: adds_on_the_fly: expected fusion brr and search unfused with it")
    return run


def _published(value, runs, place):
    entry = Map(value, place)
    found = Published(
        entry.choice("quantity", tuple(QUANTITIES)),
        float(entry.take("value", (int, float), "a number above 0")),
        entry.choice("run", tuple(run.name for run in runs)),
        entry.take("tolerance", (int, float), "a number above 0", False) or None,
        entry.text("reason"),
    )
    entry.end()
    if found.value <= 0:
        raise Fault(f"{place}: value: expected a number above 0, got {found.value}")
    if found.tolerance is not None and not 0 < found.tolerance < 1:
        raise Fault(f"{place}: tolerance: expected a number between 0 and 1, got {found.tolerance}")
    return found


def _point(value, model, runs, place):
    entry = Map(value, place)
    point = Point(
        entry.text("name"), entry.text("model", model or None), entry.settings("settings"),
        tuple(
            _published(item, runs, f"{place}.published[{i}]") for i, item in enumerate(entry.items("published"))
        ),
    )
    entry.end()
    if not point.published:
        raise Fault(f"{place}: published: expected at least one figure")
    return point


def _texts(entry, key):
    found = entry.items(key, [])
    for text in found:
        if not isinstance(text, str):
            raise Fault(f"{entry.place}: {key}: expected texts, got {text!r}")
    return tuple(" ".join(text.split()) for text in found)


def load(path):
    """One validation file. Throws Fault."""
    path = pathlib.Path(path)
    try:
        value = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise Fault(f"{path.name}: {error}") from error
    entry = Map(value, path.name)
    runs = tuple(_run(item, f"{path.name}: runs[{i}]") for i, item in enumerate(entry.items("runs")))
    names = [run.name for run in runs]
    if len(set(names)) != len(names):
        raise Fault(f"{path.name}: runs: expected names that differ")
    model = entry.text("model", "-")
    design = Design(
        path.stem, entry.text("title"), entry.text("source"), entry.text("config"), entry.settings("settings"),
        _texts(entry, "operators"), entry.take("images_per_weight_fetch", int, "a whole number", 1), runs,
        tuple(
            _point(item, "" if model == "-" else model, runs, f"{path.name}: points[{i}]")
            for i, item in enumerate(entry.items("points"))
        ),
        _texts(entry, "left_out"), _texts(entry, "about_fusion"),
    )
    entry.end()
    for name in design.about_fusion:
        if name not in names:
            raise Fault(f"{path.name}: about_fusion: expected names of runs, got {name}")
    return design


def load_all(folder):
    """Every design of a folder, by name."""
    return [load(path) for path in sorted(pathlib.Path(folder).glob("*.yaml"))]
