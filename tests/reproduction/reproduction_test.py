"""scripts/paper: what a curve says, how methods are made comparable, what the summary says of them."""

import argparse
import contextlib
import csv
import io
import json
import os
import sys
import tempfile
import unittest

SOURCE = os.environ["FUSESIM_SOURCE"]
BUILD = os.environ["FUSESIM_BUILD"]
sys.path.insert(0, os.path.join(SOURCE, "scripts", "paper"))

import cells
import compare
import output
import published
import reproduce
import runs
import summary_text
import tables


def point(plans, queries, cpu_seconds, bytes_moved):
    return {"plans": plans, "queries": queries, "cpu_seconds": cpu_seconds, "fusable_bytes": bytes_moved,
            "network_bytes": bytes_moved + 1000}


def run(points, edges=3.0):
    last = points[-1]
    return runs.Run(last["plans"], last["queries"], last["cpu_seconds"], last["cpu_seconds"], 0.0,
                    last["fusable_bytes"], last["network_bytes"], 64, points,
                    {"all": {"edges_per_group": edges}, "proposed": {"edges_per_group": edges, "groups": 5,
                     "one_cut_rate": 0.5, "split_rate": 1.0}, "rectify_rate": 0.75, "weighted_rectify_rate": 0.5})


CELL = cells.Cell("IV", "paper", "mobilenet_v2", "lbdf", 128, 100, "local")


class FakeRunner:
    """Searches at the budget as told; a longer search finds `longer`."""

    def __init__(self, at_budget, longer=None):
        self.at_budget = at_budget
        self.longer = longer or {}
        self.asked = []

    def search(self, cell, method, seed, budget=None, edges=None, max_queries=None, max_cpu_seconds=None, threads=1):
        if budget is None:
            return self.at_budget[method]
        self.asked.append((method, budget, edges, max_queries, max_cpu_seconds))
        return self.longer[method]


class Curves(unittest.TestCase):
    def test_give_the_last_point_within_a_limit(self):
        curve = run([point(1, 10, 0.1, 900), point(50, 40, 0.4, 800), point(100, 70, 0.9, 800)])
        self.assertEqual(curve.within("plans", 49)["fusable_bytes"], 900)
        self.assertEqual(curve.within("plans", 50)["fusable_bytes"], 800)
        self.assertEqual(curve.within("queries", 39)["fusable_bytes"], 900)
        self.assertEqual(curve.within("cpu_seconds", 5.0)["plans"], 100)

    def test_take_the_first_step_in_any_case(self):
        self.assertEqual(run([point(1, 10, 0.1, 900)]).within("queries", 3)["queries"], 10)


class Comparisons(unittest.TestCase):
    def measured(self, longer):
        at_budget = {
            "none": run([point(1, 10, 0.01, 900), point(100, 50, 0.1, 850)]),
            "gnne": run([point(1, 20, 1.0, 800), point(100, 90, 4.0, 700)]),
            "rg": run([point(1, 20, 0.5, 790), point(60, 75, 1.5, 740), point(100, 80, 2.0, 720)]),
            "random_edges": run([point(1, 30, 0.5, 810), point(100, 95, 2.1, 750)]),
        }
        self.runner = FakeRunner(at_budget, longer)
        found = compare.measure(self.runner, CELL, 1, ["none", "gnne", "rg", "random_edges"])
        return {m.method: m for m in found}

    def test_let_cheap_methods_go_on_to_equal_queries_and_time(self):
        longer = {
            "none": run([point(1, 10, 0.01, 900), point(300, 80, 0.3, 840), point(9000, 85, 2.0, 760),
                         point(15000, 90, 3.9, 705)]),
            "random_edges": run([point(1, 30, 0.02, 810), point(5000, 200, 2.0, 710)]),
        }
        found = self.measured(longer)
        self.assertEqual(found["none"].queries, 80)
        self.assertEqual(found["none"].cpu_seconds, 2.0)
        self.assertEqual(found["none"].points["plans"]["fusable_bytes"], 850)
        self.assertEqual(found["none"].points["queries"]["fusable_bytes"], 840)
        self.assertEqual(found["none"].points["cpu"]["fusable_bytes"], 760)
        self.assertEqual(found["gnne"].points["queries"]["fusable_bytes"], 800, "within 80 of its 90 queries")
        self.assertEqual(found["gnne"].points["cpu"]["fusable_bytes"], 800, "within 2 of its 4 seconds")
        self.assertEqual(found["gnne"].points["own"]["fusable_bytes"], 700)
        self.assertEqual(found["gnne"].bare["own"]["fusable_bytes"], 705, "the bare search after 4 seconds")
        self.assertEqual(found["rg"].bare["own"]["fusable_bytes"], 760, "and after 2")
        self.assertNotIn("own", found["random_edges"].points)
        self.assertEqual(found["rg"].points["cpu"]["fusable_bytes"], 720)
        self.assertEqual(found["random_edges"].points["cpu"]["fusable_bytes"], 710)
        self.assertIn(("none", 5000, None, 80, None), self.runner.asked)
        self.assertIn(("none", compare.NO_LIMIT, None, None, 4.0), self.runner.asked)
        self.assertIn(("random_edges", compare.NO_LIMIT, 3, None, 2.0), self.runner.asked)
        self.assertEqual(len(self.runner.asked), 3)

    def test_save_relative_to_the_bare_search_of_the_same_seeds(self):
        def one(method, seed, value, bare):
            return compare.Measurement(method, seed, None, 0, 0.0, {"plans": point(1, 1, 1.0, value)},
                                       {"plans": point(1, 1, 1.0, bare), "cpu": point(1, 1, 1.0, bare)})
        found = [one("none", 1, 100, 100), one("none", 2, 300, 300), one("gnne", 1, 90, 100), one("rg", 1, 90, 100),
                 one("rg", 2, 310, 300)]
        self.assertAlmostEqual(compare.saving(found, "gnne", "plans"), 10.0)
        self.assertAlmostEqual(compare.saving(found, "rg", "plans"), 0.0)
        self.assertIsNone(compare.saving(found, "pg", "plans"))
        self.assertIsNone(compare.saving(found, "gnne", "cpu"))

    def test_spread_is_the_sample_deviation(self):
        self.assertEqual(compare.spread([1.0, 3.0]), {"mean": 2.0, "min": 1.0, "max": 3.0, "deviation": 2.0**0.5})
        self.assertEqual(compare.spread([5.0])["deviation"], 0.0)


class Summaries(unittest.TestCase):
    def findings(self, gnne):
        values = {"none": 200_000_000, "gnne": gnne, "all_edges": 150_000_000}
        own = [compare.Measurement(m, s, run([point(100, 50, 1.0, v)]), 50, 1.0,
                                   {c: point(100, 50, 1.0, v) for c in compare.COMPARISONS},
                                   {c: point(100, 50, 1.0, values["none"]) for c in compare.COMPARISONS})
               for m, v in values.items() for s in (1, 2)]
        cell = cells.Cell("II", "paper", "efficientnet_b3", "lbdf", 256, 5000, "local")
        found = output.Findings(tables=[(cell, own)])
        found.exact["paper", "efficientnet_b3", "lbdf", 256] = runs.Exact(140_001_000, 140_000_000, 140_001_000, True, 0.1)
        return found

    def text(self, gnne):
        environment = {"command": "c", "commit": "abc", "processor": "p", "seeds": [1, 2]}
        return summary_text.markdown(self.findings(gnne), environment)

    def test_name_every_explainer_that_is_worse_than_its_bare_search(self):
        self.assertIn("(mean over seeds ± standard error, 1 cells): none.", self.text(190_000_000))
        self.assertIn("efficientnet_b3, local + gnne: 1.000 ± 0.000 % above the bare search", self.text(202_000_000))

    def test_say_whether_the_target_is_met(self):
        self.assertIn("saves 16.00 % over it.", self.text(168_000_000))
        self.assertIn("bare search is within 3 %): met.", self.text(168_000_000))
        self.assertIn("bare search is within 3 %): missed.", self.text(180_000_000))
        self.assertIn("42.86 % above the proven optimum", self.text(180_000_000))

    def test_put_our_saving_beside_the_papers(self):
        self.assertIn("16.00 / 16.00 / 16.00 / 16.00", self.text(168_000_000))
        self.assertAlmostEqual(published.saving_percent("II", "local", "efficientnet_b3", "pg"), 18.71, 2)
        self.assertIn("| 18.7 |", self.text(168_000_000))

    def test_count_duels(self):
        found = self.findings(160_000_000).tables
        self.assertEqual(tables.duel(found, "gnne", "none", "plans"), "1 / 0 / 0")
        self.assertEqual(tables.duel(found, "gnne", "all_edges", "plans"), "0 / 0 / 1")


class EqualPlans(unittest.TestCase):
    def setUp(self):
        bare = {1: 1000, 2: 3000}
        self.found = [(CELL, {"none": bare, "gnne": {1: 900, 2: 2900}, "pg": {1: 1100, 2: 3140}, "rg": {1: 900, 2: 3300},
                              "all_edges": dict(bare)})]

    def test_give_the_mean_difference_and_its_standard_error(self):
        own = self.found[0][1]
        self.assertEqual(tables.paired_saving(own, "gnne"), {"mean": 5.0, "standard_error": 0.0})
        rg = tables.paired_saving(own, "rg")  # 5 and -15 per cent of the mean of 2000
        self.assertAlmostEqual(rg["mean"], -5.0)
        self.assertAlmostEqual(rg["standard_error"], 10.0)

    def test_name_what_is_above_by_more_than_chance(self):
        lines = tables.clearly_above(self.found)
        self.assertEqual(len(lines), 1)
        self.assertIn("mobilenet_v2, lbdf, local + pg: 6.00 ± 1.00 % above the bare search", lines[0])

    def test_count_cells(self):
        self.assertIn("| gnne | 1 / 0 / 0 |", tables.signs(self.found))
        self.assertIn("| all_edges | 0 / 1 / 0 |", tables.signs(self.found))

    def test_are_written_with_the_rules_they_kept(self):
        found = output.Findings(more_seeds=self.found, paper_rules=self.found)
        rows = list(csv.DictReader(io.StringIO(output.equal_plans_csv(found))))
        self.assertEqual(len(rows), 20)
        self.assertEqual([rows[0]["rules"], rows[0]["buffer_kib"], rows[10]["rules"]], ["ours", "128", "paper"])
        text = summary_text.markdown(found, {"command": "c", "commit": "abc", "processor": "p", "seeds": [1, 2]})
        self.assertIn("## 2 other seeds, equal plans", text)
        self.assertIn("| 5.00 ± 0.00 |", text)


class Rectified(unittest.TestCase):
    def test_tells_whose_rules_proposed_the_groups(self):
        found = tables.rectify_table({
            ("paper", "local", "gnne", None): [run([point(100, 50, 1.0, 7)])],
            ("ours", "local", "gnne", None): [run([point(100, 50, 1.0, 7)], 4.0)],
        })
        self.assertIn("| paper | local | gnne | own | 3.0 | 75.0 | 83.1 | 50.0 | 50.0 | 100.0 | 5 |", found)
        self.assertIn("| ours | local | gnne | own | 4.0 | 75.0 | - | 50.0 | 50.0 | 100.0 | 5 |", found)

    def test_asks_for_the_papers_rules(self):
        asked = []

        class Recorder:
            def search(self, cell, method, seed, edges=None, paper_rules=False):
                asked.append((cell.search, method, seed, edges, paper_rules))
                return run([point(100, 50, 1.0, 7)])

        arguments = argparse.Namespace(bin="", root=SOURCE, seeds=2, jobs=1)
        experiments = reproduce.Experiments(arguments)
        experiments.runner = Recorder()
        found = experiments.rectified([])
        self.assertTrue(asked and all(paper_rules for *_, paper_rules in asked))
        self.assertIn(("local", "rg", 2, 4, True), asked)
        self.assertNotIn(("local", "all_edges", 1, 4, True), asked)
        self.assertEqual(len(found["paper", "random", "all_edges", None]), 2)
        self.assertEqual(found["ours", "local", "rg", None], [])


class Files(unittest.TestCase):
    def test_hold_one_line_per_search_and_all_figures(self):
        with tempfile.TemporaryDirectory() as out:
            arguments = argparse.Namespace(out=out, root=SOURCE, seeds=2, more_seeds=2, configs=["paper"], only=["tables"])
            with contextlib.redirect_stdout(io.StringIO()):
                output.write(Summaries().findings(168_000_000), arguments)
            self.assertEqual(sorted(os.listdir(out)), ["README.md", "runs.csv", "summary.json"])
            with open(os.path.join(out, "runs.csv"), encoding="utf-8") as file:
                rows = list(csv.DictReader(file))
            self.assertEqual(len(rows), 6)
            self.assertEqual(rows[2]["fusable_at_equal_cpu"], "168000000")
            with open(os.path.join(out, "summary.json"), encoding="utf-8") as file:
                cell = json.load(file)["cells"][0]
            self.assertAlmostEqual(cell["methods"]["gnne"]["saving_percent"]["plans"], 16.0)
            self.assertAlmostEqual(cell["methods"]["none"]["percent_above_bound"], 100.0 * 60 / 140, 3)


class Searches(unittest.TestCase):
    def test_of_one_small_cell_are_comparable_and_repeat(self):
        runner = runs.Runner(os.path.join(BUILD, "bin", "run_search"), SOURCE)
        cell = cells.Cell("IV", "paper", "squeezenet1_0", "lbdf", 128, 60, "local")
        methods = ["none", "gnne", "all_edges"]
        first, second = (compare.measure(runner, cell, 1, methods) for _ in range(2))
        exact = runner.exact(cell)
        self.assertTrue(exact.optimal)
        for a, b in zip(first, second):
            for comparison in ("plans", "queries"):
                self.assertEqual(a.points[comparison]["fusable_bytes"], b.points[comparison]["fusable_bytes"])
            self.assertGreaterEqual(exact.percent_above(a.points["cpu"]["network_bytes"]), 0.0)
            self.assertLessEqual(a.points["cpu"]["cpu_seconds"], max(a.cpu_seconds, a.run.curve[0]["cpu_seconds"]))

    def test_say_which_op_does_not_fit(self):
        runner = runs.Runner(os.path.join(BUILD, "bin", "run_search"), SOURCE)
        cell = cells.Cell("III", "paper", "vgg16", "brr", 1, 20, "local")
        with self.assertRaisesRegex(runs.Infeasible, "features"):
            runner.search(cell, "none", 1)


if __name__ == "__main__":
    unittest.main()
