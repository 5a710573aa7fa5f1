#!/usr/bin/python3
"""plot_test.py PLOT: figures of a small sweep. Exits 77 (ctest: skipped) without matplotlib."""

import csv
import json
import os
import subprocess
import sys
import tempfile
import unittest

NETWORKS = ["a", "b/c.onnx"]
SCHEMES = ["lbdf", "brr"]
BUFFERS = ["256KiB", "1MiB"]
FIGURES = ["agreement"] + [
    f"{kind}_{name}" for name in ("a", "c") for kind in ("traffic", "kinds", "front", "machine")
]
PLOT = sys.argv[1]


def write_sweep(directory):
    axes = {"model": NETWORKS, "fusion": SCHEMES, "buffer": BUFFERS}
    sweep = {
        "format": "fusesim.sweep/1",
        "fixed": {},
        "axes": [{"name": n, "values": v} for n, v in axes.items()],
    }
    with open(os.path.join(directory, "sweep.json"), "w", encoding="utf-8") as file:
        json.dump(sweep, file)
    traffic = ["ifmap_bytes", "ofmap_bytes", "weight_bytes", "total_bytes"]
    figures = [f"{kind}_{name}" for kind in ("analytic", "simulated") for name in traffic]
    figures += [
        "cycles",
        "energy_pj",
        "alone_cycles",
        "alone_energy_pj",
        "edp_mj_ms",
        "area_mm2",
        "peak_buffer_bytes",
        "unfused_bytes",
        "compulsory_bytes",
        "lower_bound_bytes",
    ]
    with open(os.path.join(directory, "sweep.csv"), "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", *axes, "status", "reason", *figures, "search_algorithm", "optimal"])
        for i, point in enumerate((m, f, b) for m in NETWORKS for f in SCHEMES for b in BUFFERS):
            rows.writerow([f"p{i}", *point, "ok", "", *[1000000 * (i + 1)] * len(figures), "exact", "false"])
        rows.writerow(["broken", "a", "brr", "1MiB", "failed", "why", *[""] * len(figures), "", ""])


class PlotTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.directory = self.folder.name
        write_sweep(self.directory)

    def tearDown(self):
        self.folder.cleanup()

    def plot(self, *arguments):
        return subprocess.run([PLOT, self.directory, *arguments], capture_output=True, text=True, check=False)

    def read(self, *names):
        with open(os.path.join(self.directory, *names), "rb") as file:
            return file.read()

    def test_draws_every_figure_and_the_same_again(self):
        for again in ("first", "second"):
            self.assertEqual(self.plot("--out", os.path.join(self.directory, again)).stderr, "")
        self.assertEqual(
            sorted(os.listdir(os.path.join(self.directory, "first"))), sorted(f"{f}.pdf" for f in FIGURES)
        )
        for figure in FIGURES:
            first = self.read("first", f"{figure}.pdf")
            self.assertTrue(first.startswith(b"%PDF"))
            self.assertEqual(first, self.read("second", f"{figure}.pdf"))

    def test_svg_holds_the_names_and_no_date(self):
        self.plot("--format", "svg", "--network", "a")
        text = self.read("plots", "traffic_a.svg").decode()
        for name in ("LBDF fused", "BRR lower bound", "compulsory", "256KiB", "1MiB"):
            self.assertIn(name, text)
        self.assertNotIn("<dc:date>", text)

    def test_machine_shows_every_op_alone_and_the_products(self):
        self.plot("--format", "svg", "--network", "a")
        text = self.read("plots", "machine_a.svg").decode()
        for name in ("BRR every op alone", "EDP, mJ × ms", "EDP × area, mJ × ms × mm²"):
            self.assertIn(name, text)

    def test_names_what_it_does_not_know(self):
        for option, value in (("--network", "x"), ("--against", "x"), ("--where", "buffer=2MiB")):
            refused = self.plot(option, value)
            self.assertEqual(refused.returncode, 1)
            self.assertRegex(refused.stderr, f"^plot: {option}: expected .*{value}\n$")


if __name__ == "__main__":
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        print("skipped: matplotlib is not installed")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1])
