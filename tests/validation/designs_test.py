"""validation/*.yaml and its loader. Environment: FUSESIM_SOURCE."""

import copy
import os
import pathlib
import sys
import tempfile
import unittest

import yaml

SOURCE = pathlib.Path(os.environ["FUSESIM_SOURCE"])
sys.path.insert(0, str(SOURCE / "scripts" / "validation"))
import designs  # noqa: E402  (after its folder is known)

SMALL = {
    "title": "A machine", "source": "A paper, table 1", "model": "resnet18", "config": "configs/default.yaml",
    "settings": {"pe.rows": 8}, "operators": ["conv"], "images_per_weight_fetch": 3,
    "runs": [
        {"name": "alone", "fusion": "brr", "search": "unfused", "objective": "cycles", "adds_on_the_fly": True},
        {"name": "fused", "fusion": "lbdf", "search": "exact"},
    ],
    "points": [{
        "name": "large", "settings": {"pe.columns": 4},
        "published": [{
            "quantity": "frames_per_second", "value": 12, "run": "alone", "tolerance": 0.25, "reason": "measured there"
        }],
    }],
    "left_out": ["compression"], "about_fusion": ["fused"],
}


def load(value):
    with tempfile.TemporaryDirectory(prefix="fusesim-validation-") as folder:
        path = pathlib.Path(folder) / "small.yaml"
        path.write_text(value if isinstance(value, str) else yaml.safe_dump(value), encoding="utf-8")
        return designs.load(path)


class Shipped(unittest.TestCase):
    def setUp(self):
        self.designs = designs.load_all(SOURCE / "validation")

    def test_at_least_four_designs(self):
        self.assertGreaterEqual(len(self.designs), 4)

    def test_networks_and_machines_exist(self):
        for design in self.designs:
            self.assertTrue((SOURCE / design.config).is_file(), design.config)
            for point in design.points:
                zoo = SOURCE / "models" / f"{point.model}.onnx"
                self.assertTrue(zoo.is_file() or (SOURCE / point.model).is_file(), point.model)

    def test_every_design_is_judged_and_says_what_it_leaves_out(self):
        for design in self.designs:
            judged = [p for point in design.points for p in point.published if p.tolerance is not None]
            self.assertTrue(judged, design.name)
            self.assertTrue(design.left_out, design.name)

    def test_nvdla_has_seven_sizes_and_one_set_of_settings(self):
        design = next(d for d in self.designs if d.name == "nvdla_primer")
        self.assertEqual(len(design.points), 7)
        keys = {"pe.rows", "pe.columns", "buffer.capacity", "buffer.read_bytes_per_cycle", "pe.weight_bytes_per_cycle"}
        for point in design.points:
            others = {key for key in point.settings if not key.startswith("dram.")}
            self.assertEqual(others, keys, point.name)
            rows, columns = point.settings["pe.rows"], point.settings["pe.columns"]
            self.assertEqual(point.name.split()[0], str(rows * columns))
            self.assertEqual(point.settings["pe.weight_bytes_per_cycle"], rows * columns // 16)
            self.assertEqual(point.settings["buffer.read_bytes_per_cycle"], 4 * rows)
            bandwidth = 2 * point.settings["dram.bus_bits"] / 8 * point.settings["dram.clock_mhz"] / 1000
            self.assertIn(f" {bandwidth:g} GB/s", point.name)
            self.assertIn(point.settings["buffer.capacity"].replace("KiB", " KB"), point.name)


class Loader(unittest.TestCase):
    def test_everything_arrives(self):
        design = load(SMALL)
        self.assertEqual((design.name, design.title, design.config), ("small", SMALL["title"], SMALL["config"]))
        self.assertEqual((design.settings, design.operators), ({"pe.rows": 8}, ("conv",)))
        self.assertEqual(design.images_per_weight_fetch, 3)
        self.assertEqual(design.runs[0], designs.Run("alone", "brr", "unfused", "cycles", True))
        self.assertEqual(design.runs[1], designs.Run("fused", "lbdf", "exact", "dram", False))
        self.assertEqual(design.points[0].model, "resnet18")
        self.assertEqual(
            design.points[0].published,
            (designs.Published("frames_per_second", 12.0, "alone", 0.25, "measured there"),),
        )
        self.assertEqual((design.left_out, design.about_fusion), (("compression",), ("fused",)))

    def test_without_tolerance_a_figure_is_only_shown(self):
        value = copy.deepcopy(SMALL)
        del value["points"][0]["published"][0]["tolerance"]
        self.assertIsNone(load(value).points[0].published[0].tolerance)

    def refuse(self, change, message):
        value = copy.deepcopy(SMALL)
        change(value)
        with self.assertRaises(designs.Fault) as caught:
            load(value)
        self.assertIn(message, str(caught.exception))

    def test_missing_and_unknown_keys(self):
        self.refuse(lambda v: v.pop("source"), "small.yaml: source: expected a text, got nothing")
        self.refuse(lambda v: v.update(sauce="x"), "small.yaml: expected a known key, got sauce")
        self.refuse(lambda v: v.pop("model"), "small.yaml: points[0]: model: expected a text, got nothing")
        self.refuse(
            lambda v: v["points"][0]["published"][0].pop("reason"), "points[0].published[0]: reason: expected a text"
        )

    def test_values_of_the_wrong_kind(self):
        figure = "small.yaml: points[0].published[0]: "
        self.refuse(lambda v: _figure(v).update(value="many"), figure + "value: expected a number above 0, got 'many'")
        self.refuse(lambda v: _figure(v).update(value=True), figure + "value: expected a number above 0, got True")
        self.refuse(lambda v: _figure(v).update(value=0), figure + "value: expected a number above 0, got 0")
        self.refuse(lambda v: _figure(v).update(tolerance=2), figure + "tolerance: expected a number between 0 and 1")
        self.refuse(lambda v: v.update(runs={}), "small.yaml: runs: expected a list, got {}")
        self.refuse(lambda v: v.update(left_out=[{"a": "b"}]), "small.yaml: left_out: expected texts")
        self.refuse(lambda v: v.update(settings={"pe.rows": [1]}), "settings: expected dotted keys")

    def test_words_that_are_not_known(self):
        self.refuse(lambda v: _figure(v).update(quantity="speed"), "quantity: expected one of frames_per_second, ")
        self.refuse(lambda v: _figure(v).update(run="other"), "run: expected one of alone, fused, got other")
        self.refuse(lambda v: v["runs"][0].update(fusion="none"), "runs[0]: fusion: expected one of lbdf, brr, got none")
        self.refuse(lambda v: v.update(about_fusion=["x"]), "about_fusion: expected names of runs, got x")

    def test_rules_between_keys(self):
        self.refuse(lambda v: v["runs"][1].update(name="alone"), "runs: expected names that differ")
        self.refuse(lambda v: v["runs"][0].update(search="exact"), "adds_on_the_fly: expected fusion brr and search")
        self.refuse(lambda v: v["points"][0].update(published=[]), "published: expected at least one figure")

    def test_text_that_is_no_map(self):
        for text in ("- a\n", "a: [", ""):
            with self.assertRaises(designs.Fault):
                load(text)


def _figure(value):
    return value["points"][0]["published"][0]


if __name__ == "__main__":
    unittest.main()
