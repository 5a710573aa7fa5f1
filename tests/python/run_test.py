"""fusesim.run(): a report is run_sim's, a fault too; Ctrl-C ends what runs."""

import os
import pathlib
import pickle
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import fusesim as fs
import programs

MODEL = "squeezenet1_1"


class Run(unittest.TestCase):
    def test_a_report_is_what_run_sim_says(self):
        report = fs.run(MODEL, fusion="lbdf", buffer="192KiB", objective="edp", set={"pe.rows": 16}, search="exact")
        said = programs.answer("run_sim", "--model", MODEL, "--fusion", "lbdf", "--buffer", "192KiB", "--objective",
                               "edp", "--set", "pe.rows=16", "--search", "exact")
        del report.json["search"]["seconds"], said["search"]["seconds"]
        self.assertEqual(report.json, said)

    def test_fields_are_the_totals_and_groups_of_the_json(self):
        report = fs.run(MODEL, fusion="brr", buffer=100_000, set={"clock_mhz": 500})
        simulated = report.json["totals"]["simulated"]
        self.assertEqual(report.buffer_bytes, 100_000)
        self.assertEqual(report.dram_bytes, simulated["total_bytes"])
        self.assertEqual(report.cycles, simulated["cycles"])
        self.assertEqual(report.energy_pj, simulated["energy_pj"])
        self.assertEqual(report.milliseconds, simulated["cycles"] / 500e3)  # 500 MHz: 500,000 cycles a millisecond
        self.assertAlmostEqual(report.edp, simulated["energy_pj"] * 1e-9 * report.milliseconds)
        self.assertEqual(sum(group.simulated.dram_bytes for group in report.groups), report.dram_bytes)
        self.assertEqual(sum(group.predicted.cycles for group in report.groups), report.predicted.cycles)
        ops = sorted(op for group in report.groups for op in group.ops)
        self.assertEqual(ops, list(range(report.json["model"]["ops"])))
        self.assertTrue(report.confirmed)

    def test_a_table_has_a_line_for_each_group(self):
        report = fs.run(MODEL, fusion="lbdf", search="exact", alternatives=False)
        table = report.to_pandas()
        self.assertEqual(list(table.index), [group.index for group in report.groups])
        self.assertEqual(table.dram_bytes.sum(), report.dram_bytes)
        kinds = table.ifmap_bytes + table.ofmap_bytes + table.weight_bytes
        self.assertEqual(kinds.tolist(), table.dram_bytes.tolist())
        self.assertEqual(report.alternatives, ())

    def test_a_drawing_has_the_ops_and_a_box_for_each_group_of_several(self):
        report = fs.run(MODEL, fusion="lbdf", search="exact", alternatives=False)
        drawing = report.draw()._repr_svg_()
        self.assertEqual(drawing.count('class="node"'), report.json["model"]["ops"])
        self.assertEqual(drawing.count('class="cluster"'), sum(len(group.ops) > 1 for group in report.groups))
        self.assertIn(f"{report.groups[0].simulated.dram_bytes:,} bytes", drawing)

    def test_a_network_is_run_as_it_was_read(self):
        network = fs.Network(MODEL, batch=2)
        self.assertEqual(fs.run(network, fusion="lbdf", search="unfused").json["model"]["batch"], 2)
        apart = fs.Network(MODEL, fold_epilogues=False)
        self.assertGreater(len(apart.ops), len(network.ops))
        self.assertEqual(fs.run(apart, fusion="lbdf", search="unfused").json["model"]["ops"], len(apart.ops))
        self.assertEqual(len(fs.explain(apart, "lbdf", "0..3").json["ops"]), 4)


class Faults(unittest.TestCase):
    def refused(self, kind, **keywords):
        with self.assertRaises(fs.Error) as caught:
            fs.run(**keywords)
        self.assertEqual(caught.exception.kind, kind)
        return str(caught.exception)

    def test_bad_input_is_told_in_the_words_of_run_sim(self):
        for keywords, options in (
                (dict(model=MODEL, fusion="lbdff"), ["--model", MODEL, "--fusion", "lbdff"]),
                (dict(model="resnet19", fusion="lbdf"), ["--model", "resnet19", "--fusion", "lbdf"]),
                (dict(model=MODEL), ["--model", MODEL]),
                (dict(model=MODEL, fusion="lbdf", buffer=2**70),
                 ["--model", MODEL, "--fusion", "lbdf", "--buffer", str(2**70)]),
                (dict(model=MODEL, fusion="lbdf", buffer=-1), ["--model", MODEL, "--fusion", "lbdf", "--buffer=-1"]),
                (dict(model=MODEL, fusion="lbdf", set={"pe.row": 4}),
                 ["--model", MODEL, "--fusion", "lbdf", "--set", "pe.row=4"]),
                (dict(model=MODEL, fusion="lbdf", buffer=1000),
                 ["--model", MODEL, "--fusion", "lbdf", "--buffer", "1000"])):
            with self.subTest(keywords=keywords):
                said = self.refused(fs.ErrorKind.BAD_INPUT, **keywords)
                self.assertEqual((2, said), programs.refusal("run_sim", *options))

    def test_a_value_is_never_taken_for_an_option(self):
        self.assertIn("'--help'", self.refused(fs.ErrorKind.BAD_INPUT, model=MODEL, fusion="--help"))
        self.assertIn("NUL", self.refused(fs.ErrorKind.BAD_INPUT, model="a\0b", fusion="lbdf"))

    def test_an_error_survives_a_pipe(self):
        error = pickle.loads(pickle.dumps(fs.Error("--x: no", fs.ErrorKind.INTERNAL)))
        self.assertEqual((str(error), error.kind, error.report), ("--x: no", fs.ErrorKind.INTERNAL, None))

    def test_a_keyword_that_is_none(self):
        with self.assertRaises(TypeError):
            fs.run(MODEL, fusion="lbdf", buffr=1)

    def test_cycles_that_are_not_confirmed_are_a_mismatch_with_its_report(self):
        with self.assertRaises(fs.Error) as caught:
            # no tolerance but a refresh of one clock for each group; what refreshes meet is not predicted to the cycle
            fs.run("resnet18", fusion="lbdf", search="unfused", set={"confirm.cycles_tolerance": 0, "dram.rfc": 1})
        self.assertEqual(caught.exception.kind, fs.ErrorKind.MISMATCH)
        self.assertIn("cycles lie more than confirm.cycles_tolerance away", str(caught.exception))
        self.assertFalse(caught.exception.report.confirmed)
        self.assertGreater(caught.exception.report.dram_bytes, 0)


LONG = """\
import fusesim as fs
try:
    {work}
except KeyboardInterrupt:
    print("interrupted")
"""


class Interrupted(unittest.TestCase):
    def interrupt(self, work, children):
        """What is left of a process and of the simulations that it runs, after Ctrl-C once so many run."""
        process = subprocess.Popen([sys.executable, "-B", "-c", LONG.format(work=work)], stdout=subprocess.PIPE,
                                   text=True)
        try:
            while len(programs.children_of(process.pid)) < children:
                self.assertIsNone(process.poll(), "ended by itself")
                time.sleep(0.02)
            running = list(programs.children_of(process.pid))
            process.send_signal(signal.SIGINT)
            said, _ = process.communicate()
        finally:
            process.kill()
        self.assertEqual(said, "interrupted\n")
        for pid in running:
            self.assertFalse(pathlib.Path(f"/proc/{pid}").exists())

    def test_a_run_ends_its_simulation(self):
        self.interrupt("fs.run('vgg16', fusion='brr', search='local', budget=1000000000)", 1)

    def test_a_sweep_ends_all_of_them(self):
        self.interrupt("list(fs.sweep(['vgg16'], ['lbdf', 'brr'], search='local', budget=1000000000, workers=2))", 2)


class Explained(unittest.TestCase):
    def test_it_is_what_run_explain_says(self):
        arguments = ["--model", "efficientnet_b0", "--fusion", "lbdf", "--buffer", "256KiB", "--group", "20..40"]
        found = fs.explain("efficientnet_b0", "lbdf", "20..40", buffer="256KiB")
        self.assertEqual(found.json, programs.answer("run_explain", *arguments))
        self.assertFalse(found.fits)
        self.assertEqual(sorted(op for part in found.parts for op in part), list(range(20, 41)))
        self.assertIn("<svg", found._repr_svg_())

    def test_a_fault_is_run_explains(self):
        with self.assertRaises(fs.Error) as caught:
            fs.explain(MODEL, "lbdf", [0, 5])
        self.assertEqual((2, str(caught.exception)),
                         programs.refusal("run_explain", "--model", MODEL, "--fusion", "lbdf", "--group", "0,5"))


class Elsewhere(unittest.TestCase):
    def test_the_data_are_those_that_the_environment_names(self):
        with tempfile.TemporaryDirectory() as empty:
            asked = "import fusesim as fs; print(fs.models())"
            said = subprocess.run([sys.executable, "-B", "-c", asked], env=dict(os.environ, FUSESIM_DATA_DIR=empty),
                                  capture_output=True, text=True)
            self.assertNotIn(MODEL, said.stdout)


if __name__ == "__main__":
    unittest.main()
