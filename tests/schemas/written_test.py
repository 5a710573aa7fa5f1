"""Everything that the programs write is valid."""

import json
import re
import subprocess
import unittest

import jsonschema

from documents import PROGRAMS, SCHEMAS, DocumentTest, faults

SEARCH_HELP = subprocess.run([PROGRAMS / "run_search", "--help"], capture_output=True, text=True).stdout
EXPLAINERS = re.search(r"--explainer (\S+)", SEARCH_HELP).group(1).split("|")


class Written(DocumentTest):
    def test_schemas_are_valid(self):
        for path in SCHEMAS.glob("*.schema.json"):
            jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text()))

    def test_lbdf_with_unfusable_ops(self):
        report = self.assert_valid("run_sim", "--model", "alexnet", "--fusion", "lbdf")["report"]
        self.assertTrue(report["unfusable"])

    def test_brr_on_every_accelerator(self):
        for path in (SCHEMAS.parent / "configs/accelerators").glob("*.yaml"):
            self.assert_valid("run_sim", "--model", "squeezenet1_1", "--fusion", "brr", "--config", path)

    def test_brr_tiles_and_passes(self):
        report = self.assert_valid("run_sim", "--model", "vgg16", "--fusion", "brr")["report"]
        self.assertEqual({group["mode"] for group in report["groups"]}, {"brr_tiles", "brr_passes"})

    def test_opaque_operators(self):
        for fusion in ("lbdf", "brr"):
            report = self.assert_valid("run_sim", "--model", self.tiny, "--fusion", fusion)["report"]
            self.assertIn("opaque", {group["mode"] for group in report["groups"]})

    def test_stored_schedule(self):
        stored = self.scratch / "stored.json"
        made = self.documents("run_sim", "--model", "squeezenet1_1", "--fusion", "lbdf")
        stored.write_text(json.dumps(made["schedule"]))
        self.assert_valid("run_sim", "--model", "squeezenet1_1", "--schedule", stored)

    def test_comparisons(self):
        runs = {}
        for name, more in (("small", ["--buffer", "64KiB"]), ("large", ["--buffer", "512KiB"]),
                           ("again", ["--buffer", "512KiB", "--set", "pe.rows=16"])):
            runs[name] = self.scratch / name
            done = self.run_program("run_sim", "--model", "squeezenet1_1", "--fusion", "lbdf", "--no-alternatives",
                                    *more, "--out", runs[name])
            self.assertEqual(done.returncode, 0, done.stderr)

        def compared(a, b):
            done = self.run_program("run_sim", "--compare", runs[a], runs[b] / "report.json", "--format", "json")
            self.assertEqual(done.returncode, 0, done.stderr)
            document = json.loads(done.stdout)
            self.assertEqual(faults(document), [])
            return document

        plans = compared("small", "large")
        self.assertTrue(plans["groups"]["only_a"] and plans["groups"]["only_b"])
        self.assertTrue(compared("large", "again")["groups"]["changed"])
        self.assertEqual(compared("large", "large")["settings"], [])

    def test_every_search_in_both_programs(self):
        for search in ("exact", "columns", "contiguous", "unfused", "random", "local", "nsga2", "auto"):
            proposes = search not in ("exact", "columns", "contiguous", "unfused")
            budget = ["--budget", "30"] if proposes else []
            for program in ("run_sim", "run_search"):
                self.assert_valid(program, "--model", "squeezenet1_1", "--fusion", "lbdf", "--search", search,
                                  *budget)

    def test_every_explainer(self):
        for explainer in EXPLAINERS:
            self.assert_valid("run_search", "--model", "squeezenet1_1", "--fusion", "brr", "--search", "local",
                              "--budget", "30", "--explainer", explainer)

    def test_explanations(self):
        def explain(model, fusion, group, *more):
            arguments = ["--model", model, "--fusion", fusion, "--group", group, *more]
            return self.assert_valid("run_explain", *arguments)["explanation"]

        for explainer in EXPLAINERS:
            self.assertFalse(explain("alexnet", "lbdf", "0..8", "--explainer", explainer)["fits"])
            explain("resnet18", "brr", "0..12", "--buffer", "64KiB", "--explainer", explainer)
        self.assertTrue(explain("alexnet", "lbdf", "0..1", "--buffer", "16MiB")["fits"])
        self.assertIn("illegal", explain("mobilenet_v3_small", "brr", "1..5")["needs"])
        self.assertIsNotNone(explain("alexnet", "brr", "4", "--buffer", "32KiB")["needs"]["brr"])
        self.assertTrue(explain(self.tiny, "lbdf", "1")["ops"])

    def test_search_stopped_short_of_proof(self):
        search = self.assert_valid("run_search", "--model", "squeezenet1_1", "--fusion", "lbdf", "--search", "exact",
                                   "--set", "search.state_limit=10")["search"]
        self.assertFalse(search["optimal"])


if __name__ == "__main__":
    unittest.main()
