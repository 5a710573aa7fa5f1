#!/usr/bin/python3
"""plot_test.py PLOT: figures of a small sweep. Exits 77 (ctest: skipped) without matplotlib."""

import csv
import itertools
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


def write_sweep(directory, shapes=()):
    """`shapes`: (rows, columns) that advance together, the first with figures for network a alone."""
    axes = {"model": NETWORKS, "fusion": SCHEMES, "buffer": BUFFERS}
    if shapes:
        axes |= {"pe.rows": [rows for rows, _ in shapes], "pe.columns": [columns for _, columns in shapes]}
    sweep = {
        "format": "fusesim.sweep/1",
        "fixed": {},
        "axes": [{"name": n, "values": v} for n, v in axes.items()],
        "zip": [["pe.rows", "pe.columns"]] if shapes else [],
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
        for i, (m, f, b, shape) in enumerate(itertools.product(NETWORKS, SCHEMES, BUFFERS, shapes or [()])):
            if shape and shape == shapes[0] and m != NETWORKS[0]:
                continue
            row = [f"p{i}", m, f, b, *shape, "ok", "", *[1000000 * (i + 1)] * len(figures), "exact", "false"]
            rows.writerow(row)
        broken = ["broken", "a", "brr", "1MiB", *(shapes[0] if shapes else ())]
        rows.writerow([*broken, "failed", "why", *[""] * len(figures), "", ""])


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

    def test_axes_that_advance_together_are_one(self):
        write_sweep(self.directory, [("16", "64"), ("32", "32")])
        drawn = self.plot("--network", "a", "--format", "svg", "--against", "pe.rows", "--where", "buffer=1MiB")
        self.assertEqual((drawn.returncode, drawn.stderr), (0, ""))
        self.assertIn("a: against pe (rows × columns), buffer 1MiB\n", drawn.stdout)
        self.assertIn("16x64", self.read("plots", "traffic_a.svg").decode())
        for where in ("pe.columns=32", "pe.rows=32", "pe (rows × columns)=32x32"):
            held = self.plot("--where", where, "--network", "c")
            self.assertEqual((held.returncode, held.stderr), (0, ""))
            self.assertIn("c: against buffer, pe (rows × columns) 32x32\n", held.stdout)
        refused = self.plot("--where", "pe.columns=48")
        self.assertEqual(refused.stderr, "plot: --where: expected pe.columns to be one of 64, 32, got pe.columns=48\n")

    def test_says_what_it_wrote_and_what_not(self):
        done = self.plot("--network", "a")
        written = [f"{kind}_a.pdf" for kind in ("traffic", "kinds", "front", "machine")]
        out = os.path.join(self.directory, "plots")
        self.assertIn(f"{out}: 5 figures: {', '.join(['agreement.pdf', *written])}\n", done.stdout)
        write_sweep(self.directory, [("16", "64"), ("32", "32")])
        part = self.plot("--where", "pe.columns=64")
        self.assertEqual(part.returncode, 1)
        self.assertEqual(part.stderr, "plot: nothing drawn for c: no point with figures has pe.columns=64\n")
        self.assertIn("5 figures", part.stdout)

    def test_says_plainly_that_there_is_no_sweep(self):
        self.directory = "nosuch"
        self.assertEqual(
            self.plot().stderr, "plot: expected the directory of a sweep, got 'nosuch', which is none\n"
        )
        self.directory = tempfile.gettempdir()
        self.assertRegex(self.plot().stderr, r"^plot: expected .* got '.*', which has no sweep\.json\n$")

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
