"""Plans by hand: order, changes, what does not fit, the machine's answer."""

import pathlib
import tempfile
import unittest

import fusesim as fs
import programs

MODEL = "squeezenet1_1"


def all_ops(plan):
    return sorted(op for group in plan.groups for op in group.ops)


class Plans(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pricer = fs.Pricer(MODEL, "lbdf", buffer="256KiB")
        cls.ops = len(cls.pricer.network.ops)

    def test_ops_in_no_group_run_alone(self):
        plan = fs.Plan(self.pricer, [[0, 1]])
        self.assertEqual(len(plan.groups), self.ops - 1)
        self.assertEqual(all_ops(plan), list(range(self.ops)))
        self.assertEqual(plan.groups[0].ops, (0, 1))

    def test_no_groups_is_every_op_alone_as_run_search_has_it(self):
        said = programs.answer("run_search", "--model", MODEL, "--fusion", "lbdf", "--search", "unfused")
        self.assertEqual(fs.Plan(self.pricer).outcome.dram_bytes, said["network_bytes"])

    def test_groups_come_in_an_order_in_which_they_can_run(self):
        plan = fs.Plan(self.pricer, [[5, 6], [2, 3], [0, 1]])
        done = set()
        tensors = self.pricer.network.graph.tensors
        for group in plan.groups:
            done.update(group.ops)
            for op in group.ops:
                for tensor in self.pricer.network.ops[op].inputs:
                    self.assertIn(tensors[tensor].producer, done | {-1})

    def test_fusing_two_ops_saves_the_map_between_them_written_and_read(self):
        apart, together = fs.Plan(self.pricer), fs.Plan(self.pricer, [[0, 1]])
        # 64 x 111 x 111 elements of one byte; op 1 pools windows of 3 x 3 with a stride of 2, all of it
        self.assertEqual(apart.outcome.dram_bytes - together.outcome.dram_bytes, 2 * 64 * 111 * 111)

    def test_merging_and_splitting_undo_each_other(self):
        plan = fs.Plan(self.pricer, [[0, 1], [2, 3]])
        merged = plan.merge(0, 1)
        self.assertEqual(merged.groups[0].ops, (0, 1, 2, 3))
        self.assertEqual(merged.split(0, 2).groups, plan.groups)
        self.assertEqual(plan.groups[0].ops, (0, 1))  # as it was

    def test_a_plan_of_a_search_is_what_was_searched(self):
        found = fs.search(MODEL, "brr", buffer="128KiB", objective="edp", search="exact")
        said = programs.answer("run_sim", "--model", MODEL, "--fusion", "brr", "--buffer", "128KiB", "--objective",
                               "edp", "--search", "exact", "--no-alternatives")["totals"]
        self.assertEqual((found.plan.outcome.cycles, found.plan.outcome.energy_pj, found.plan.outcome.dram_bytes),
                         (said["predicted"]["cycles"], said["predicted"]["energy_pj"], said["analytic"]["total_bytes"]))

    def test_the_machine_confirms_a_plan_by_hand(self):
        pricer = fs.Pricer(MODEL, "brr", buffer=100_000, set={"pe.rows": 16})
        plan = fs.Plan(pricer, ["0..1", [2, 3]], objective="cycles")
        report = plan.run(alternatives=False)
        self.assertTrue(report.confirmed)
        self.assertEqual(report.json["config"]["pe"]["rows"], 16)
        self.assertEqual(report.buffer_bytes, 100_000)
        self.assertEqual(report.predicted, plan.outcome)
        self.assertEqual([group.ops for group in report.groups], [group.ops for group in plan.groups])

    def test_a_saved_plan_is_a_schedule_of_run_sim(self):
        plan = fs.Plan(self.pricer, ["0..1"])
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "schedule.json")
            plan.save(path)
            said = programs.answer("run_sim", "--model", MODEL, "--schedule", path, "--no-alternatives")
        self.assertEqual(said["totals"]["analytic"]["total_bytes"], plan.outcome.dram_bytes)

    def test_a_table_and_a_drawing(self):
        plan = fs.Plan(self.pricer, ["0..1"])
        table = plan.to_pandas()
        self.assertEqual(table.dram_bytes.sum(), plan.outcome.dram_bytes)
        drawing = plan._repr_svg_()
        self.assertEqual(drawing.count('class="cluster"'), 1)
        self.assertEqual(drawing.count('class="node"'), self.ops)
        read = sum(tensor.producer >= 0 for op in self.pricer.network.ops
                   for tensor in map(self.pricer.network.graph.tensors.__getitem__, set(op.inputs)))
        self.assertEqual(drawing.count('class="edge"'), read)


class Refused(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pricer = fs.Pricer(MODEL, "lbdf", buffer="64KiB")

    def test_an_op_in_two_groups(self):
        with self.assertRaisesRegex(fs.Error, "^plan: "):
            fs.Plan(self.pricer, [[0, 1], [1, 2]])

    def test_ops_that_are_no_group(self):
        with self.assertRaisesRegex(fs.Error, "^group: "):
            fs.Plan(self.pricer, [[0, 9]])
        with self.assertRaisesRegex(fs.Error, "index below 38"):
            fs.Plan(self.pricer, [[99]])

    def test_a_split_where_there_is_nothing_to_split(self):
        plan = fs.Plan(self.pricer, [[0, 1]])
        for group, at in ((0, 0), (0, 7), (1, 2)):
            said = f"split: expected an op of group {group} that is not its first, got {at}"
            with self.assertRaisesRegex(fs.Error, said):
                plan.split(group, at)
        with self.assertRaisesRegex(fs.Error, "expected a group's index below 37, got 37"):
            plan.split(37, 1)

    def test_a_plan_that_does_not_fit_says_why_and_does_not_run(self):
        plan = fs.Plan(self.pricer, ["0..12"])
        self.assertFalse(plan.fits)
        self.assertIn("1 that do not fit", repr(plan))
        self.assertIn("does not fit", plan._repr_svg_())
        for work in (lambda: plan.outcome, plan.schedule_json, plan.run):
            with self.assertRaisesRegex(fs.Error, "needs [0-9]+ bytes on chip, buffer.capacity is 65536"):
                work()


if __name__ == "__main__":
    unittest.main()
