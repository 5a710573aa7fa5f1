"""The points of a sweep, from its sweep.json, sweep.csv and reports."""

import csv
import json
import math
import os
import re
import sys


def refuse(text):
    sys.exit(f"plot: {text}")


def magnitude(text):
    """Of 16 or 256KiB, of 16x64 the product; None for other text."""
    if "x" in text:
        factors = [magnitude(factor) for factor in text.split("x")]
        return None if None in factors else math.prod(factors)
    match = re.fullmatch(r"\s*([0-9.]+)\s*([kKMG]?)(i?)B?\s*", text)
    if not match:
        return None
    return float(match[1]) * (1024 if match[3] else 1000) ** " KMG".index(match[2].upper() or " ")


def short_names(paths):
    """Path -> name of the file without folders and .onnx, where no other path has the same."""
    short = {path: os.path.basename(path).removesuffix(".onnx") for path in paths}
    alone = list(short.values())
    return {path: name if alone.count(name) == 1 else path for path, name in short.items()}


def zipped_name(parts):
    """"pe (rows × columns)" of pe.rows and pe.columns."""
    folder = parts[0][: parts[0].rfind(".") + 1]
    if not folder or not all(part.startswith(folder) for part in parts):
        return " × ".join(parts)
    return f"{folder[:-1]} ({' × '.join(part[len(folder):] for part in parts)})"


def zipped_value(values):
    return (" / " if None in map(magnitude, values) else "x").join(values)


class Sweep:
    """The points with figures, one dictionary each; axes that advance together are one, of values like 16x64."""

    def __init__(self, directory):
        self.directory = directory
        if not os.path.isdir(directory):
            refuse(f"expected the directory of a sweep, got '{directory}', which is none")
        if not os.path.exists(os.path.join(directory, "sweep.json")):
            refuse(f"expected the directory of a sweep, got '{directory}', which has no sweep.json")
        try:
            with open(os.path.join(directory, "sweep.json"), encoding="utf-8") as file:
                self.json = json.load(file)
            with open(os.path.join(directory, "sweep.csv"), encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
        except OSError as fault:
            refuse(f"cannot read {fault.filename}: {fault.strerror}")
        except ValueError as fault:
            refuse(f"{directory}/sweep.json: expected JSON: {fault}")
        if self.json.get("format") != "fusesim.sweep/1":
            refuse(f"{directory}/sweep.json: format: expected fusesim.sweep/1, got {self.json.get('format')}")
        fixed = {name: str(value) for name, value in self.json.get("fixed", {}).items()}
        self.points = [{**fixed, **row} for row in rows if row["simulated_total_bytes"]]
        names = short_names({point["model"] for point in self.points})
        for point in self.points:
            point["model"] = names[point["model"]]
        self.axes = {axis["name"]: [str(value) for value in axis["values"]] for axis in self.json["axes"]}
        self.others, self.parts = {}, {}
        self.zip_axes([name for name in self.axes if name not in ("model", "fusion")])

    def zip_axes(self, names):
        zips = [[name for name in zipped if name in names] for zipped in self.json.get("zip", [])]
        for name in names:
            parts = next((zipped for zipped in zips if name in zipped), [name])
            if parts[0] != name:
                continue
            whole = name if len(parts) == 1 else zipped_name(parts)
            self.parts[whole] = parts
            self.others[whole] = [zipped_value(values) for values in zip(*(self.axes[part] for part in parts))]
            for point in self.points:
                point[whole] = zipped_value([point[part] for part in parts])

    def axis_of(self, name):
        """The axis of this name, or that this setting is a part of; None."""
        return name if name in self.others else next((axis for axis, parts in self.parts.items() if name in parts), None)

    def matching(self, where):
        """Points that have these values of settings or axes."""
        return [point for point in self.points if all(point[name] == value for name, value in where.items())]

    def held(self, network, against, where):
        """The values of the axes besides `against`: those of the first point of a network that `where` allows."""
        for point in self.matching({**where, "model": network}):
            return {name: point[name] for name in self.others if name != against}
        return None

    def values(self, name):
        found = {}
        for point in self.points:
            found.setdefault(point[name])
        return list(found)

    def axis(self, name):
        """Values of an axis, ascending where they are numbers."""
        values = list(dict.fromkeys(self.others[name]))
        return values if None in map(magnitude, values) else sorted(values, key=magnitude)

    def line(self, network, scheme, against, where):
        """[(position on the axis, point)]"""
        held = self.held(network, against, where) or {}
        found = []
        for position, value in enumerate(self.axis(against)):
            for point in self.points:
                same = all(point[name] == wanted for name, wanted in held.items())
                if same and (point["model"], point["fusion"], point[against]) == (network, scheme, value):
                    found.append((position, point))
        return found

    def front(self, point):
        """What nsga2 offered for this point: [(peak buffer bytes, traffic bytes)]"""
        path = os.path.join(self.directory, "points", point["id"], "report.json")
        if point["search_algorithm"] != "nsga2" or not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as file:
            offered = json.load(file)["search"].get("front", [])
        return [(entry["peak_buffer_bytes"], entry["network_bytes"]) for entry in offered]
