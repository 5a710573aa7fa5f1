"""Searches in the process: run_search's plans, progress, other threads, Ctrl-C."""

import signal
import threading
import time
import unittest

import fusesim as fs
import programs

MODEL = "mobilenet_v2"
ENDLESS = dict(search="local", budget=1_000_000_000)


class Search(unittest.TestCase):
    def test_every_search_finds_what_run_search_finds(self):
        for search in ("exact", "contiguous", "unfused", "random", "local", "nsga2", "auto"):
            heuristic = search in ("random", "local", "nsga2", "auto")
            budget = 200 if heuristic else None
            said = programs.answer("run_search", "--model", MODEL, "--fusion", "lbdf", "--buffer", "192KiB",
                                   "--search", search, *(["--budget", "200"] if heuristic else []))
            found = fs.search(MODEL, "lbdf", buffer="192KiB", search=search, budget=budget)
            with self.subTest(search=search):
                self.assertEqual(found.plan.outcome.dram_bytes, said["network_bytes"])
                self.assertEqual(found.optimal, said["optimal"])
                self.assertEqual(found.lower_bound_bytes, said.get("lower_bound_bytes"))
                self.assertEqual([list(group.ops) for group in found.plan.groups], said["groups"])

    def test_a_front_has_the_cheapest_and_the_quickest(self):
        found = fs.search(MODEL, "lbdf", search="exact", front=("dram", "cycles"))
        self.assertEqual(found.front[0].dram_bytes, min(point.dram_bytes for point in found.front))
        quickest = fs.search(MODEL, "lbdf", search="exact", objective="cycles")
        self.assertEqual(found.front[-1].cycles, quickest.plan.outcome.cycles)

    def test_a_limit_is_kept(self):
        least = fs.search(MODEL, "lbdf", search="exact").plan.outcome.dram_bytes
        found = fs.search(MODEL, "lbdf", search="exact", objective="cycles", max_dram="1.05x")
        self.assertLessEqual(found.plan.outcome.dram_bytes, 1.05 * least)
        self.assertIsNone(found.lower_bound_bytes)


class Told(unittest.TestCase):
    def test_progress_is_told(self):
        told = []
        fs.search(MODEL, "lbdf", search="local", budget=5000, progress=lambda *said: told.append(said))
        self.assertTrue(told)
        for stage, done, total, note in told:
            self.assertEqual((stage, total), ("search", 5000))
            self.assertTrue(0 < done <= total and "best" in note)

    def test_what_it_raises_ends_the_search(self):
        def refuse(*_):
            raise LookupError("enough")

        with self.assertRaisesRegex(LookupError, "enough"):
            fs.search(MODEL, "lbdf", progress=refuse, **ENDLESS)

    def test_ctrl_c_ends_the_search(self):
        begun = threading.Event()
        presser = threading.Thread(target=lambda: (begun.wait(), signal.pthread_kill(main, signal.SIGINT)))
        main = threading.main_thread().ident
        presser.start()
        with self.assertRaises(KeyboardInterrupt):
            fs.search(MODEL, "lbdf", progress=lambda *_: begun.set(), **ENDLESS)
        presser.join()

    def test_ctrl_c_ends_it_before_there_is_any_progress(self):
        # Pricing every op alone comes first, and takes seconds where time counts and ops have many schedules.
        network = fs.Network("irregular/nasnet_mobile")
        presser = threading.Timer(0.2, lambda: signal.pthread_kill(main, signal.SIGINT))
        main = threading.main_thread().ident
        presser.start()
        with self.assertRaises(KeyboardInterrupt):
            fs.search(network, "brr", objective="edp", progress=lambda *_: self.fail("it has got on"), **ENDLESS)
        presser.join()

    def test_other_threads_go_on_meanwhile(self):
        counted, stop = [0], threading.Event()

        def count():
            while not stop.is_set():
                counted[0] += 1
                time.sleep(0.001)

        counter = threading.Thread(target=count)
        counter.start()
        before = counted[0]
        fs.search(MODEL, "brr", search="exact", objective="edp")
        during = counted[0] - before
        stop.set()
        counter.join()
        self.assertGreater(during, 2)

    def test_searches_side_by_side_find_what_each_finds_alone(self):
        network = fs.Network(MODEL)
        sizes = ["96KiB", "128KiB", "192KiB", "256KiB"]
        alone = [fs.search(network, "lbdf", buffer=size, search="exact").plan.outcome for size in sizes]
        found = {}

        def work(size):
            found[size] = fs.search(network, "lbdf", buffer=size, search="exact").plan.outcome

        threads = [threading.Thread(target=work, args=(size,)) for size in sizes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([found[size] for size in sizes], alone)


if __name__ == "__main__":
    unittest.main()
