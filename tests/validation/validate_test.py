"""scripts/validate with a program in place of run_sim. Environment: FUSESIM_SOURCE."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["FUSESIM_SOURCE"])
sys.path.insert(0, str(SOURCE / "scripts" / "validation"))
import designs  # noqa: E402  (after its folder is known)
import machine  # noqa: E402
import on_the_fly  # noqa: E402

DESIGN = """\
title: A machine
source: A paper
model: tiny
config: default.yaml
settings: {prefetch_next_group: true}
runs:
  - {name: alone, fusion: brr, search: unfused}
points:
  - name: one
    published:
      - {quantity: frames_per_second, value: PUBLISHED, run: alone, tolerance: 0.1, reason: measured}
left_out: [nothing]
"""
# Writes the report that its folder holds and remembers its arguments.
PROGRAM = """\
#!/bin/sh
printf '%s\\n' "$@" > "HERE/arguments"
while [ "$1" != --out ]; do shift; done
mkdir -p "$2"
cp HERE/report.json "$2/report.json"
exit STATUS
"""


def group(index, kind, inputs, shape, moved, cycles=100, macs=0, weights=0):
    ifmap, ofmap, weight_bytes = moved
    op = {"index": index, "name": f"op{index}", "kind": kind, "inputs": inputs, "shape": shape, "weights": weights}
    return {
        "mode": "brr_tiles", "ops": [{**op, "biases": 4}], "buffer_bytes": 500 + index,
        "analytic": {"weight_bytes": weight_bytes},
        "simulated": {
            "ifmap_bytes": ifmap, "ofmap_bytes": ofmap, "weight_bytes": weight_bytes, "cycles": cycles, "macs": macs,
            "energy_pj": 1e9 * index,
        },
    }


def residual_report():
    """conv 0 -> conv 1 -> add 3 with conv 2: 8 channels of 6 x 6."""
    return {
        "config": {
            "clock_mhz": 500, "pe": {"rows": 4, "columns": 2}, "brr": {"double_buffer": "none"},
            "datatypes": {"activation_bits": 16, "weight_bits": 8, "bias_bits": 32, "partial_sum_bits": 32},
        },
        "totals": {"simulated": {"cycles": 230}},
        "groups": [
            group(0, "conv", [-1], [8, 6, 6], (10, 20, 6), macs=40, weights=32),
            group(1, "conv", [0], [8, 6, 6], (20, 20, 9), macs=60, weights=64),
            group(2, "conv", [-1], [8, 6, 6], (10, 20, 6), macs=40, weights=32),
            group(3, "eltwise", [1, 2], [8, 6, 6], (40, 20, 0)),
        ],
    }


def residual_schedule(capacity):
    groups = [
        {"mode": "brr_tiles", "ops": [{"index": i, "name": f"op{i}"}], "outgoing": [{"index": i + 1, "name": f"t{i}"}]}
        for i in range(4)
    ]
    return {"format": "x", "buffer_bytes": capacity, "groups": groups, "prediction": [], "content_sha256": "0"}


def design_of(operators=(), images=1):
    return designs.Design("d", "t", "s", "c", {}, operators, images, (), (), ())


class Measures(unittest.TestCase):
    def test_of_all_groups(self):
        found = machine.measure(residual_report(), design_of())
        self.assertEqual(found["frames_per_second"], 500e6 / 230)
        self.assertEqual(found["dram_bytes"], 160 + 21)
        self.assertEqual(found["feature_map_bytes"], 160)
        self.assertEqual(found["dram_accesses_per_mac"], 181 / 2 / 140)
        self.assertEqual(found["feature_buffer_bytes"], 503)
        self.assertEqual(found["energy_mj"], 6)

    def test_of_some_operators_and_of_several_images(self):
        found = machine.measure(residual_report(), design_of(("conv",), 3))
        self.assertEqual(found["frames_per_second"], 500e6 / 300)
        self.assertEqual(found["dram_bytes"], 100 + 7)

    def test_line_buffers_without_the_weights_that_lie_beside_them(self):
        report = residual_report()
        report["groups"][1]["mode"] = "lbdf"
        report["groups"] = report["groups"][1:2]
        self.assertEqual(machine.measure(report, design_of())["feature_buffer_bytes"], 501 - 9)


class Joining(unittest.TestCase):
    def test_the_addition_takes_the_place_of_both(self):
        joined = on_the_fly.join_additions(residual_report(), residual_schedule(100_000))
        self.assertNotIn("prediction", joined)
        self.assertNotIn("content_sha256", joined)
        self.assertEqual([[op["index"] for op in g["ops"]] for g in joined["groups"]], [[0], [2], [1, 3]])
        pair = joined["groups"][2]
        self.assertEqual(pair["outgoing"], [{"index": 4, "name": "t3"}])
        self.assertEqual(
            [(t["index"], t["residency"]) for t in pair["brr"]["residency"]],
            [(1, "full"), (2, "slice"), (3, "slice"), (4, "slice")],
        )

    def test_tallest_tiles_that_fit(self):
        # A row: 8 inputs, 2 channels of the result with 4 bytes of sums, of the other operand and of the sum; 6 wide.
        row = 6 * (8 * 2 + 2 * 4 + 2 * 2 + 2 * 2)
        weights = 64 + 4 * 4
        for rows, tiles in ((6, 1), (4, 2), (1, 6)):
            schedule = residual_schedule(rows * row + weights + 1)
            brr = on_the_fly.join_additions(residual_report(), schedule)["groups"][2]["brr"]
            self.assertEqual((brr["tile_rows"], brr["tiles"], brr["weights_resident"]), (rows, tiles, True))
            self.assertEqual(brr["slice_channels"], 2)

    def test_streamed_weights_where_they_do_not_fit(self):
        row = 6 * (8 * 2 + 2 * 4 + 2 * 2 + 2 * 2)
        sub_group = 4 * 2 + 2 * 4
        schedule = residual_schedule(row + sub_group + 1)
        brr = on_the_fly.join_additions(residual_report(), schedule)["groups"][2]["brr"]
        self.assertEqual((brr["tile_rows"], brr["weights_resident"]), (1, False))

    def test_what_it_cannot_describe(self):
        with self.assertRaisesRegex(on_the_fly.NotJoinable, "does not fit"):
            on_the_fly.join_additions(residual_report(), residual_schedule(10))
        report = residual_report()
        report["groups"][0]["ops"][0]["shape"] = [8, 12, 12]
        with self.assertRaisesRegex(on_the_fly.NotJoinable, "changes height or width"):
            on_the_fly.join_additions(report, residual_schedule(100_000))
        report = residual_report()
        report["groups"][3]["ops"][0]["inputs"] = [0, 1]
        with self.assertRaisesRegex(on_the_fly.NotJoinable, "reads what its convolution reads"):
            on_the_fly.join_additions(report, residual_schedule(100_000))


class Program(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="fusesim-validate-")
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name)
        (self.root / "validation").mkdir()
        (self.root / "report.json").write_text(json.dumps(residual_report()), encoding="utf-8")

    def run_with(self, published, *arguments, status=0):
        text = DESIGN.replace("PUBLISHED", str(published))
        (self.root / "validation" / "small.yaml").write_text(text, encoding="utf-8")
        program = self.root / "run_sim"
        program.write_text(PROGRAM.replace("HERE", str(self.root)).replace("STATUS", str(status)), encoding="utf-8")
        program.chmod(0o755)
        command = [sys.executable, "-B", str(SOURCE / "scripts" / "validation" / "validate.py")]
        command += ["--bin", str(self.root), "--root", str(self.root), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def test_within(self):
        done = self.run_with(500e6 / 230 * 1.05)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("within 10 %", done.stdout)
        self.assertIn("1 of 1 judged figures are within their tolerances", done.stdout)
        result = json.loads((self.root / "results" / "validation" / "small.json").read_text(encoding="utf-8"))
        self.assertAlmostEqual(result["figures"][0]["ratio"], 1 / 1.05)
        self.assertIn("| one |", (self.root / "results" / "validation" / "table.md").read_text(encoding="utf-8"))
        arguments = (self.root / "arguments").read_text(encoding="utf-8").split("\n")
        self.assertIn("prefetch_next_group=true", arguments)
        self.assertEqual(arguments[arguments.index("--search") + 1], "unfused")

    def test_outside(self):
        done = self.run_with(500e6 / 230 * 1.2)
        self.assertEqual(done.returncode, 1)
        self.assertIn("OUTSIDE 10 %", done.stdout)

    def test_a_part_writes_nothing_unasked(self):
        self.assertEqual(self.run_with(2e6, "small").returncode, 0)
        self.assertFalse((self.root / "results").exists())

    def test_faults(self):
        for arguments, status, message in (
            (["other"], 0, "other: expected one of small"),
            ([], 1, "exit 1"),
        ):
            done = self.run_with(2e6, *arguments, status=status)
            self.assertEqual((done.returncode, message in done.stderr), (2, True), done.stderr)


class Script(unittest.TestCase):
    def test_list_names_every_design_without_a_build(self):
        command = [str(SOURCE / "scripts" / "validate"), "--no-install", "--list"]
        environment = {**os.environ, "FUSESIM_BUILD_DIR": "/nowhere"}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        for path in sorted((SOURCE / "validation").glob("*.yaml")):
            self.assertIn(f"{path.stem}: ", done.stdout)


if __name__ == "__main__":
    unittest.main()
