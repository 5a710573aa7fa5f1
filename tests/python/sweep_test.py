"""Sweeps: every combination in order, several at a time, failures as points."""

import contextlib
import gc
import io
import itertools
import os
import signal
import threading
import time
import unittest

import fusesim as fs
import programs

MODEL = "squeezenet1_1"
QUICK = dict(search="unfused")


class Points(unittest.TestCase):
    def test_every_combination_comes_in_order(self):
        sweep = fs.sweep([MODEL, "alexnet"], ["lbdf", "brr"], buffer=["256KiB", "512KiB"], workers=2, **QUICK)
        self.assertEqual(len(sweep), 8)
        met = [tuple(point.settings.values()) for point in sweep]
        self.assertEqual(met, [(model, fusion, buffer) for model in (MODEL, "alexnet") for fusion in ("lbdf", "brr")
                               for buffer in ("256KiB", "512KiB")])
        self.assertEqual(sweep.done, 8)

    def test_a_point_is_the_run_of_its_settings(self):
        points = list(fs.sweep(MODEL, "lbdf", set={"pe.rows": [8, 16], "pe.columns": 16}, **QUICK))
        for point, rows in zip(points, (8, 16), strict=True):
            alone = fs.run(MODEL, "lbdf", set={"pe.rows": rows, "pe.columns": 16}, alternatives=False, **QUICK)
            self.assertEqual(point.settings, {"set": {"pe.rows": rows, "pe.columns": 16}})
            self.assertEqual(point.report.simulated, alone.simulated)

    def test_a_point_that_fails_says_why_and_the_others_go_on(self):
        points = list(fs.sweep(MODEL, "lbdf", buffer=["1", "256KiB"], **QUICK))
        self.assertIsNone(points[0].report)
        _, said = programs.refusal("run_sim", "--model", MODEL, "--fusion", "lbdf", "--buffer", "1", "--search",
                                   "unfused")
        self.assertEqual((str(points[0].error), points[0].error.kind), (said, fs.ErrorKind.BAD_INPUT))
        self.assertIsNone(points[1].error)
        table = fs.sweep(MODEL, "lbdf", buffer=["1", "256KiB"], **QUICK).to_pandas()
        self.assertEqual(table.error.tolist(), [said, ""])
        self.assertEqual(table.dram_bytes[1], points[1].report.dram_bytes)

    def test_mappings_that_go_together_are_one_axis(self):
        shapes = [{"pe.rows": 16, "pe.columns": 64}, {"pe.rows": 64, "pe.columns": 16}]
        sweep = fs.sweep(MODEL, "lbdf", set=shapes, **QUICK)
        self.assertEqual([point.settings["set"] for point in sweep], shapes)

    def test_what_is_no_sweep(self):
        for error, keywords in ((TypeError, dict(bufer=1)), (ValueError, dict(buffer=[])),
                                (ValueError, dict(workers=0)), (ValueError, dict(set={"pe.rows": []}))):
            with self.subTest(keywords=keywords), self.assertRaises(error):
                fs.sweep(MODEL, "lbdf", **keywords)


class Work(unittest.TestCase):
    def test_as_many_run_at_a_time_as_there_are_workers(self):
        endless = dict(search="local", budget=1_000_000_000)
        for workers in (1, 3):
            sweep = fs.sweep(["vgg16", MODEL, MODEL, MODEL], "lbdf", workers=workers, **endless)
            most = self.most_children(sweep)
            self.assertEqual(most, workers)
            self.assertFalse(programs.children_of(os.getpid()))

    def most_children(self, sweep):
        """Most simulations that were met at once while the sweep waits for its first point, until it is ended."""
        met = []

        def watch():
            # One more than there should be would have come up long before so many looks.
            while len(met) < 40:
                if children := len(programs.children_of(os.getpid())):
                    met.append(children)
                time.sleep(0.02)
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

        watcher = threading.Thread(target=watch)
        watcher.start()
        with self.assertRaises(KeyboardInterrupt):
            next(sweep)
        watcher.join()
        return max(met)

    def test_leaving_the_loop_ends_what_runs(self):
        sweep = fs.sweep(MODEL, "lbdf", search=["unfused", "local", "local"], workers=2)
        for _ in sweep:
            break
        sweep.close()
        self.assertFalse(programs.children_of(os.getpid()))

    def test_reports_that_were_given_are_not_kept(self):
        sweep = fs.sweep(MODEL, "lbdf", set={"clock_mhz": list(range(500, 560))}, workers=2, **QUICK)
        for _ in itertools.islice(sweep, 20):
            pass
        gc.collect()
        before = programs.resident_bytes()
        for _ in sweep:
            pass
        gc.collect()
        # Forty of these reports are 11 MiB, and the interpreter takes memory in steps of 1 MiB.
        self.assertLess(programs.resident_bytes() - before, 3 << 20)

    def test_progress_is_told(self):
        told = []
        sweep = fs.sweep(MODEL, ["lbdf", "brr"], workers=1, progress=lambda *said: told.append(said), **QUICK)
        points = list(sweep)
        self.assertEqual(told, [(1, 2, points[0]), (2, 2, points[1])])
        with contextlib.redirect_stderr(io.StringIO()) as said:
            list(fs.sweep(MODEL, "lbdf", progress=True, **QUICK))
        self.assertIn("1/1", said.getvalue())


class Plots(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        import matplotlib

        matplotlib.use("Agg")
        cls.points = list(fs.sweep(MODEL, "lbdf", buffer=["1", "128KiB", "256KiB"], **QUICK))

    def test_traffic_is_stacked_to_each_groups_total(self):
        report = self.points[-1].report
        axes = fs.plots.traffic(report)
        tops = [bar.get_y() + bar.get_height() for bar in axes.patches[-len(report.groups):]]
        for top, group in zip(tops, report.groups, strict=True):
            self.assertAlmostEqual(top, group.simulated.dram_bytes / 1e6)

    def test_a_line_against_the_buffer_has_the_points_that_ran(self):
        axes = fs.plots.against_buffer(self.points)
        (line,) = axes.lines
        self.assertEqual(line.get_xdata().tolist() if hasattr(line.get_xdata(), "tolist") else list(line.get_xdata()),
                         [128, 256])
        self.assertEqual(list(line.get_ydata()), [point.report.dram_bytes for point in self.points[1:]])

    def test_parts_of_the_buffer_follow_one_another(self):
        pricer = fs.Pricer(MODEL, "lbdf")
        parts = pricer.breakdown("0..12")
        axes = fs.plots.buffer(parts, pricer.buffer_bytes, most=4)
        ends = [bar.get_x() + bar.get_width() for bar in axes.patches]
        self.assertEqual(len(ends), 5)
        self.assertAlmostEqual(ends[-1], sum(part.bytes for part in parts) / 1024)


if __name__ == "__main__":
    unittest.main()
