"""Documents that are damaged are refused."""

import copy
import itertools
import json
import unittest

import damage
from documents import DocumentTest, SweepTest, faults, validator


# "auto" or a number
AUTO = ["config.energy.buffer_read_byte_pj", "config.energy.buffer_write_byte_pj", "config.area.buffer_mm2",
        "config.area.pe_mm2"]
# null where no byte moved, or no burst
NOTHING_MOVED = [f"{place}.roofline.{key}" for place in ("totals", "groups", "groups.ops.simulated")
                 for key in ("macs_per_byte", "row_hit_rate")]


class DamagedReport(DocumentTest):
    POSITIVE = {"model.ops", "totals.groups", "groups.ops.shape", "outputs.shape", "groups.brr.slice_channels",
                "groups.brr.tile_rows", "groups.brr.tiles", "groups.brr.block_channels", "groups.brr.passes",
                "search.budget", "config.pe.rows", "config.dram.cl", "config.dram.channels"}

    def report(self, *arguments):
        report = self.documents("run_sim", *arguments, "--search", "exact")["report"]
        report["groups"] = list({group["mode"]: group for group in report["groups"]}.values())
        return report

    def test_damage_anywhere_is_refused(self):
        for arguments in (["--model", "alexnet", "--fusion", "lbdf"], ["--model", "vgg16", "--fusion", "brr"],
                          ["--model", self.tiny, "--fusion", "brr"]):
            report = self.report(*arguments)
            report["mismatches"] = [{"group": 0, "kind": "ifmap", "subject": "x", "expected_bytes": 2,
                                     "actual_bytes": 1, "first_row": 0}]
            report["search"].update(algorithm="nsga2", budget=7, lower_bound_bytes=None,
                                    front=[{"network_bytes": 1, "peak_buffer_bytes": 1}])
            rates = {f"config.{part}.{key}" for part in ("energy", "area", "dram") for key in report["config"][part]
                     if key.endswith(("_pj", "_mw", "_mhz", "_mm2"))}
            allowed = {"totals.unfused_bytes": None, "groups.ops.inputs": -1, "config.clock_mhz": 0.5,
                       **dict.fromkeys(rates, 0.5), "config.search.traffic_slack": 0.5,
                       **dict.fromkeys(AUTO, 7), **dict.fromkeys(NOTHING_MOVED, None)}
            self.assert_refuses_all(validator("report"), report, optional={"mismatches.first_row"}, allowed=allowed,
                                    positive=self.POSITIVE)

    def test_modes_and_their_parameters_belong_together(self):
        schema = validator("report")
        lbdf = self.report("--model", "alexnet", "--fusion", "lbdf")
        brr = self.report("--model", "vgg16", "--fusion", "brr")

        def group(report, mode):
            return next(g for g in report["groups"] if g["mode"] == mode)

        tiles, passes = group(brr, "brr_tiles")["brr"], group(brr, "brr_passes")["brr"]
        for change in (
                lambda r: group(r, "lbdf").update(brr=tiles),
                lambda r: group(r, "lbdf").update(scheme="brr"),
                lambda r: group(r, "lbdf").update(mode="opaque", brr=tiles),
                lambda r: group(r, "lbdf").update(mode="brr_tiles")):
            self.assert_refuses(schema, lbdf, change)
        for change in (
                lambda r: group(r, "brr_tiles").update(brr=passes),
                lambda r: group(r, "brr_passes").update(brr=tiles),
                lambda r: group(r, "brr_passes").pop("brr"),
                lambda r: group(r, "brr_passes").update(scheme="lbdf"),
                lambda r: group(r, "brr_tiles").update(scheme="lbdf"),
                lambda r: group(r, "brr_tiles")["brr"].update(passes=2),
                lambda r: group(r, "brr_passes")["ops"].extend(group(r, "brr_passes")["ops"])):
            self.assert_refuses(schema, brr, change)

    def test_values_out_of_their_sets_are_refused(self):
        report = self.report("--model", "alexnet", "--fusion", "lbdf")
        for change in (
                lambda r: r.update(format="fusesim.report/2"),
                lambda r: r.update(fusion="LBDF"),
                lambda r: r.update(groups=[]),
                lambda r: r.update(outputs=[]),
                lambda r: r["model"].update(sha256=r["model"]["sha256"].upper()),
                lambda r: r["model"].update(sha256=r["model"]["sha256"][1:]),
                lambda r: r["model"].update(ops=0),
                lambda r: r["outputs"][0].update(provenance="0123"),
                lambda r: r["outputs"][0]["shape"].append(1),
                lambda r: r["groups"][0]["ops"][0].update(kind="convolution"),
                lambda r: r["totals"]["simulated"].update(pe_utilization=1.01),
                lambda r: r["config"]["buffer"].update(capacity="256KB"),
                lambda r: r["config"]["datatypes"].update(bias_bits=12),
                lambda r: r["config"]["dram"].update(bank_groups=3),
                lambda r: r["config"]["brr"].update(slice_channels=[8, 8]),
                lambda r: r["config"]["brr"].update(double_buffer=False),
                lambda r: r["unfusable"][0].update(rejection="opaque"),
                lambda r: r["unfusable"][0].update(reason="why"),
                lambda r: r["search"].update(algorithm="greedy"),
                lambda r: r["search"].update(algorithm="local"),
                lambda r: r["search"].update(algorithm="auto", budget=1),
                lambda r: r["search"].update(algorithm="nsga2", budget=1),
                lambda r: r["search"].update(budget=1),
                lambda r: r["search"].update(explainer="all_edges"),
                lambda r: r["search"].update(proposed_bytes=1),
                lambda r: r["search"].update(front=[{"network_bytes": 1, "peak_buffer_bytes": 1}])):
            self.assert_refuses(validator("report"), report, change)


class DamagedSchedule(DocumentTest):
    OPTIONAL = {"content_sha256", "prediction"}
    LEFT_OUT = {f"groups.{key}" for key in ("mode", "outgoing", "rings", "prefetch_rows", "brr.residency", "brr.tiles",
                                            "brr.passes")}
    POSITIVE = {"buffer_bytes", "groups.rings.rows", "groups.brr.slice_channels", "groups.brr.tile_rows",
                "groups.brr.tiles", "groups.brr.block_channels", "groups.brr.passes"}

    def schedules(self):
        """Between them all modes, in few groups."""
        for arguments in (["--model", "alexnet", "--fusion", "lbdf", "--search", "exact", "--objective", "cycles"],
                          ["--model", self.tiny, "--fusion", "brr"]):
            yield arguments[1], self.documents("run_search", *arguments)["schedule"]

    def test_damage_anywhere_is_refused(self):
        modes = set()
        for _, schedule in self.schedules():
            groups = {group["mode"]: i for i, group in enumerate(schedule["groups"])}.values()
            schedule["groups"] = [schedule["groups"][i] for i in groups]
            schedule["prediction"]["groups"] = [schedule["prediction"]["groups"][i] for i in groups]
            modes |= {group["mode"] for group in schedule["groups"]}
            self.assert_refuses_all(validator("schedule"), schedule, optional=self.OPTIONAL | self.LEFT_OUT,
                                    positive=self.POSITIVE)
        self.assertEqual(modes, {"lbdf", "brr_tiles", "brr_passes", "opaque"})

    def test_run_sim_refuses_the_same_damage(self):
        """Every other one, because each takes a process."""
        for model, schedule in self.schedules():
            for key in self.OPTIONAL:
                del schedule[key]
            path = self.scratch / "damaged.json"
            damages = damage.damaged(schedule, self.LEFT_OUT, positive=self.POSITIVE)
            for what in itertools.islice(damages, 0, None, 2):
                path.write_text(json.dumps(schedule))
                done = self.run_program("run_sim", "--model", model, "--schedule", path)
                self.assertEqual(done.returncode, 2, what)

    def test_what_follows_from_the_rest_may_be_left_out(self):
        for model, schedule in self.schedules():
            written = copy.deepcopy(schedule["groups"])
            for key in self.OPTIONAL:
                del schedule[key]
            for group in schedule["groups"]:
                for key in ("outgoing", "rings", "prefetch_rows"):
                    group.pop(key, None)
                for key in ("residency", "tiles", "passes"):
                    group.get("brr", {}).pop(key, None)
                group["ops"] = [op["index"] for op in group["ops"]]
            self.assertEqual(faults(schedule), [])
            path = self.scratch / "short.json"
            path.write_text(json.dumps(schedule))
            again = self.documents("run_sim", "--model", model, "--schedule", path)["schedule"]
            self.assertEqual(again["groups"], written)

    def test_a_file_written_by_hand_is_valid(self):
        for _, schedule in self.schedules():
            for key in self.OPTIONAL:
                del schedule[key]
            self.assertEqual(faults(schedule), [])

    def test_modes_and_their_parameters_belong_together(self):
        tiny = self.documents("run_search", "--model", self.tiny, "--fusion", "lbdf")["schedule"]
        ring = {"index": 0, "name": "x", "rows": 1}
        lbdf = next(g for g in tiny["groups"] if g["mode"] == "lbdf")
        self.assertTrue(lbdf["rings"])

        def group(schedule, mode):
            return next(g for g in schedule["groups"] if g["mode"] == mode)

        for change in (
                lambda s: group(s, "opaque").update(rings=[ring]),
                lambda s: group(s, "opaque").update(prefetch_rows=0),
                lambda s: group(s, "opaque").update(mode="brr_tiles"),
                lambda s: group(s, "opaque")["ops"].extend(group(s, "lbdf")["ops"]),
                lambda s: group(s, "lbdf").update(mode="brr_tiles"),
                lambda s: group(s, "lbdf").pop("mode"),
                lambda s: s["groups"].append({"ops": [0], "strips": 2}),
                lambda s: s["groups"].append({"ops": [-1]}),
                lambda s: group(s, "lbdf").update(brr={}),
                lambda s: s.update(groups=[]),
                lambda s: s.update(content_sha256="0" * 63),
                lambda s: s["datatypes"].update(weight_bits=9),
                lambda s: s.update(buffer_bytes=0)):
            self.assert_refuses(validator("schedule"), tiny, change)


class DamagedSearch(DocumentTest):
    MODEL = ["--model", "squeezenet1_1", "--fusion", "lbdf", "--budget", "30"]

    def test_damage_anywhere_is_refused(self):
        both = ["auto", "--set", "search.state_limit=16"]  # local search proposes soon
        for search in (["nsga2", "--explainer", "all_edges"], both):
            proposed = {"heuristic"} if search is both else set()
            document = self.documents("run_search", *self.MODEL, "--search", *search)["search"]
            document["groups"] = document["groups"][:1]
            for point in document["heuristic"].get("front", []):
                point["groups"] = point["groups"][:1]
            self.assert_refuses_all(validator("search"), document, optional={"lower_bound_bytes", "bound_share"} | proposed,
                                    positive={"buffer_bytes", "heuristic.plans", "heuristic.curve.plans"})

    def test_results_belong_to_their_algorithm(self):
        nsga2 = self.documents("run_search", *self.MODEL, "--search", "nsga2")["search"]
        for change in (
                lambda s: s.update(algorithm="local"),
                lambda s: s.update(algorithm="auto"),
                lambda s: s.update(algorithm="exact"),
                lambda s: s["heuristic"].pop("front"),
                lambda s: s["heuristic"].update(explainer="all_edges"),
                lambda s: s["heuristic"].update(explainer="most_edges"),
                lambda s: s["heuristic"].update(curve=[]),
                lambda s: s.update(groups=[[0, 0]]),
                lambda s: s.update(groups=[[]]),
                lambda s: s.update(exact={"network_bytes": 1, "optimal": True, "evaluated": 1, "seconds": 0})):
            self.assert_refuses(validator("search"), nsga2, change)


class DamagedExplanation(DocumentTest):
    LBDF = ["--model", "squeezenet1_1", "--fusion", "lbdf", "--group", "0..20"]

    def explanation(self, *arguments):
        return self.documents("run_explain", *arguments)["explanation"]

    def test_damage_anywhere_is_refused(self):
        nullable = {key: None for key in ("alone_bytes", "whole_bytes", "p_invalid", "split")}
        brr = ["--model", "resnet18", "--fusion", "brr", "--group", "0..12", "--buffer", "64KiB"]
        for arguments in (self.LBDF, brr):
            document = self.explanation(*arguments, "--explainer", "gnne")
            self.assertTrue(document["split"]["parts"])
            document["split"]["parts"] = document["split"]["parts"][:2]
            for part in document["split"]["parts"]:
                part["ops"] = part["ops"][:1]
            document["lone_misfits"] = [{"op": 0, "f_beta_bytes": 1}]
            allowed = {**nullable, "lone_misfits.f_beta_bytes": None, "explanation.edges.score": -1.0,
                       "needs.parts.producer": None}
            optional = {"needs.parts.channels"}
            self.assert_refuses_all(validator("explanation"), document, optional=optional, allowed=allowed,
                                    positive={"buffer_bytes", "needs.parts.bytes", "ops.output_shape"})

    def test_findings_belong_together(self):
        lbdf = self.explanation(*self.LBDF, "--explainer", "gnne")
        illegal = self.explanation("--model", "mobilenet_v3_small", "--fusion", "brr", "--group", "1..5")
        weights = next(i for i, part in enumerate(lbdf["needs"]["parts"]) if part["use"] == "weights")
        for change in (
                lambda e: e.update(fits=True),
                lambda e: e.update(p_invalid=1.01),
                lambda e: e["needs"].update(f_beta_bytes=None),
                lambda e: e["needs"].update(illegal="why"),
                lambda e: e["needs"].update(brr={"mode": "brr_passes", "slice_channels": 8}),
                lambda e: e["needs"]["parts"][weights].update(rows=1),
                lambda e: e["needs"]["parts"][weights].update(use="rows"),
                lambda e: e["explanation"].update(explainer="none"),
                lambda e: e["split"].update(category=4),
                lambda e: e["split"].update(category=None),
                lambda e: e["split"].update(parts=e["split"]["parts"][:1])):
            self.assert_refuses(validator("explanation"), lbdf, change)
        for change in (
                lambda e: e["needs"].update(parts=lbdf["needs"]["parts"]),
                lambda e: e["needs"].pop("illegal")):
            self.assert_refuses(validator("explanation"), illegal, change)


class DamagedSweep(SweepTest):
    def test_sweep_and_points_are_valid(self):
        sweep, points = self.sweep()
        self.assertEqual(faults(sweep), [])
        self.assertEqual(len(points), 4)
        for point in points:
            self.assertEqual(faults(point), [])
        self.assertEqual({point["status"] for point in points}, {"ok", "failed"})

    def test_damage_anywhere_is_refused(self):
        sweep, points = self.sweep()
        sweep["not_monotone"] = [{"smaller": points[0]["id"], "larger": points[1]["id"], "objective": "edp",
                                  "smaller_value": 1.5, "larger_value": 2.5}]
        sweep["best_buffers"] = [{"sizes": 2, "edp": points[0]["id"], "edp_area": points[1]["id"]}]
        sweep.update(zip=[["fusion", "buffer"]], config="machine.yaml")
        values = {f"{place}.{axis}" for place in ("axes", "points.axes", "fixed")
                  for axis in ("model", "fusion", "buffer", "search")}
        self.assert_refuses_all(validator("sweep"), sweep, optional=values,
                                allowed={"config": None, "points.figures.alternatives.objective": None})
        for point in points:
            self.assert_refuses_all(validator("point"), point, optional=values,
                                    allowed={"exit_code": None, "signal": None})

    def test_status_and_reason_belong_together(self):
        sweep, points = self.sweep()
        well = next(point for point in points if point["status"] == "ok")
        failed = next(point for point in points if point["status"] == "failed")
        for change in (
                lambda p: p.update(reason="why"),
                lambda p: p.update(exit_code=1),
                lambda p: p.update(exit_code=None),
                lambda p: p.update(signal=9),
                lambda p: p.update(id="alexnet"),
                lambda p: p.update(commit="main"),
                lambda p: p.update(command=["run_search"])):
            self.assert_refuses(validator("point"), well, change)
        self.assert_refuses(validator("point"), failed, lambda p: p.update(reason=""))
        self.assert_refuses(validator("sweep"), sweep, lambda s: s.update(points=[]))
        self.assert_refuses(validator("sweep"), sweep, lambda s: s["axes"][0].update(values=[]))


if __name__ == "__main__":
    unittest.main()
