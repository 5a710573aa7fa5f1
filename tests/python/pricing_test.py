"""Prices of groups: what the programs predict, why groups do not fit, memory that does not grow."""

import gc
import unittest

import fusesim as fs
import programs

MODEL = "squeezenet1_1"
MEBIBYTE = 1 << 20


class Prices(unittest.TestCase):
    def test_groups_are_priced_as_run_sim_predicts_them(self):
        for fusion in ("lbdf", "brr"):
            said = programs.answer("run_sim", "--model", MODEL, "--fusion", fusion, "--search", "exact", "--buffer",
                                   "96KiB", "--objective", "cycles", "--no-alternatives")
            groups = said["groups"]
            pricer = fs.Pricer(MODEL, fusion, buffer="96KiB")
            prices = pricer.price_all([[op["index"] for op in group["ops"]] for group in groups], "cycles")
            for price, group in zip(prices, groups, strict=True):
                self.assertTrue(price.fits)
                self.assertEqual((price.mode, price.scheme, price.buffer_bytes, price.f_beta_bytes),
                                 (group["mode"], group["scheme"], group["buffer_bytes"], group["f_beta_bytes"]))
                self.assertEqual(price.outcome.dram_bytes, group["analytic"]["total_bytes"])
                self.assertEqual(price.outcome.traffic.weight_bytes, group["analytic"]["weight_bytes"])
                self.assertEqual((price.outcome.cycles, price.outcome.energy_pj, price.macs),
                                 tuple(group["predicted"][name] for name in ("cycles", "energy_pj", "macs")))

    def test_the_first_convolution_moves_its_maps_and_weights_once(self):
        price = fs.Pricer(MODEL, "lbdf").price([0])
        # 3 x 224 x 224 in, 64 filters of 3 x 3 x 3 with biases of 4 bytes, 64 x 111 x 111 out
        self.assertEqual(price.outcome.traffic, fs.Traffic(3 * 224 * 224, 64 * 111 * 111, 64 * 27 + 64 * 4))

    def test_an_objective_takes_the_schedule_that_is_best_for_it(self):
        pricer = fs.Pricer("resnet18", "brr", buffer="64KiB")
        for op in range(len(pricer.network.ops)):
            by_traffic, by_time = pricer.price([op], "dram"), pricer.price([op], "cycles")
            self.assertLessEqual(by_traffic.outcome.dram_bytes, by_time.outcome.dram_bytes)
            self.assertLessEqual(by_time.outcome.cycles, by_traffic.outcome.cycles)

    def test_ops_may_be_named(self):
        pricer = fs.Pricer(MODEL, "lbdf")
        self.assertEqual(pricer.price("0..2"), pricer.price([0, 1, 2]))
        self.assertEqual(pricer.price(pricer.network.ops[0].name), pricer.price([0]))


class Misfits(unittest.TestCase):
    def test_a_group_that_does_not_fit_says_what_it_needs(self):
        pricer = fs.Pricer(MODEL, "lbdf", buffer="64KiB")
        price = pricer.price("0..12")
        self.assertFalse(price.fits)
        self.assertIsNone(price.outcome)
        self.assertGreaterEqual(price.f_beta_bytes, pricer.buffer_bytes)
        self.assertIn(f"needs {price.f_beta_bytes} bytes on chip, buffer.capacity is 65536", price.why_not)

    def test_it_fits_where_the_buffer_is_larger_than_that(self):
        needed = fs.Pricer(MODEL, "lbdf", buffer="64KiB").price("0..12").f_beta_bytes
        self.assertFalse(fs.Pricer(MODEL, "lbdf", buffer=needed).price("0..12").fits)
        self.assertTrue(fs.Pricer(MODEL, "lbdf", buffer=needed + 1).price("0..12").fits)

    def test_the_breakdown_adds_up_to_the_need(self):
        for fusion in ("lbdf", "brr"):
            pricer = fs.Pricer(MODEL, fusion, buffer="64KiB")
            parts = pricer.breakdown("0..12")
            self.assertEqual(sum(part.bytes for part in parts), pricer.price("0..12").f_beta_bytes)
            self.assertEqual([part.bytes for part in parts], sorted((part.bytes for part in parts), reverse=True))
            weights = next(part for part in fs.Pricer(MODEL, "lbdf").breakdown([0]) if part.use == "weights")
            self.assertEqual((weights.op, weights.subject, weights.bytes),
                             (0, pricer.network.ops[0].name, 64 * 27 + 64 * 4))
            self.assertIn(-1, {part.op for part in parts if part.use == "rows"})


class Refused(unittest.TestCase):
    def setUp(self):
        self.pricer = fs.Pricer(MODEL, "lbdf")

    def test_ops_that_are_no_group(self):
        for ops, said in (([], "empty"), ([0, 9], "connected"), ([0, 38], "index below 38, got 38"), ([-1], "got -1"),
                          ([3, 3], "ascending")):
            with self.subTest(ops=ops), self.assertRaisesRegex(fs.Error, said):
                self.pricer.price(ops)

    def test_numbers_past_what_an_index_holds(self):
        for op in (2**31, 2**63, 2**70):
            with self.assertRaises(TypeError):
                self.pricer.price([op])

    def test_shapes_past_64_bits(self):
        with self.assertRaises(TypeError):
            fs.Network(MODEL, input_shapes={"input": [1, 3, 224, 2**63]})
        with self.assertRaises(TypeError):
            fs.Network(MODEL, batch=2**63)

    def test_settings_in_the_words_of_run_search(self):
        for keywords, options in (
                (dict(fusion="x"), ["--fusion=x"]), (dict(fusion="brr", buffer="1"), ["--fusion=brr", "--buffer=1"]),
                (dict(fusion="brr", set={"pe.rows": 0}), ["--fusion=brr", "--set=pe.rows=0"])):
            code, said = programs.refusal("run_search", "--model", MODEL, *options)
            self.assertEqual(code, 2)
            with self.subTest(options=options), self.assertRaises(fs.Error) as caught:
                fs.search(MODEL, **keywords)
            self.assertEqual(str(caught.exception), said)

    def test_a_network_that_was_read_in_another_way(self):
        network = fs.Network(MODEL, fold_epilogues=False)
        said = "graph.fold_epilogues: expected false, as the network was read, got true"
        with self.assertRaisesRegex(fs.Error, said):
            fs.Pricer(network, "lbdf")
        self.assertEqual(fs.Pricer(network, "lbdf", set={"graph.fold_epilogues": False}).network, network)

    def test_an_objective_that_does_not_add_up(self):
        with self.assertRaisesRegex(fs.Error, "objective: expected one that adds up over groups .*, got 'edp'"):
            self.pricer.price([0], "edp")

    def test_a_file_that_is_no_model(self):
        with self.assertRaises(fs.Error) as caught:
            fs.Network("resnet19")
        _, said = programs.refusal("run_search", "--model", "resnet19", "--fusion", "lbdf")
        self.assertEqual(str(caught.exception), said)


class Memory(unittest.TestCase):
    ROUNDS = 60
    # Sixty of these networks kept are 3.5 MiB, as many plans 3 MiB. The interpreter takes memory in steps of 1 MiB.
    MOST_GROWTH = 2 * MEBIBYTE

    def work(self):
        network = fs.Network("mobilenet_v2")
        for fusion in ("lbdf", "brr"):
            found = fs.search(network, fusion, search="exact", buffer="128KiB")
            found.plan.split(0, found.plan.groups[0].ops[1]).to_pandas()
            self.assertTrue(found.plan.pricer.breakdown("0..9"))
        with self.assertRaises(fs.Error):
            fs.search(network, "lbdf", buffer=1)

    def test_it_does_not_grow(self):
        for _ in range(5):
            self.work()
        gc.collect()
        before = programs.resident_bytes()
        for _ in range(self.ROUNDS):
            self.work()
        gc.collect()
        self.assertLess(programs.resident_bytes() - before, self.MOST_GROWTH)


if __name__ == "__main__":
    unittest.main()
