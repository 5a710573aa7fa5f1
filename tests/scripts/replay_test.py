"""scripts/replay_dram: traces of run_sim, replayed by our DRAM and by small programs that stand for other people's."""

import gzip
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["FUSESIM_SOURCE"])
BIN = pathlib.Path(os.environ["FUSESIM_BIN"])

# Moves a burst every ten cycles from its arrival on.
DRAMSIM3 = """#!/usr/bin/env python3
import json, sys
cycles, trace, out = int(sys.argv[3]), sys.argv[5], sys.argv[7]
now, reads, writes = 0, 0, 0
for line in open(trace):
    address, kind, arrival = line.split()
    now = max(now, int(arrival)) + 10
    if now <= cycles:
        reads, writes = reads + (kind == "READ"), writes + (kind == "WRITE")
json.dump({"0": {"num_reads_done": reads, "num_writes_done": writes}}, open(out + "/dramsim3.json", "w"))
"""
RAMULATOR2 = """#!/usr/bin/env python3
import sys
path = sys.argv[4].split("=")[1]
lines = [line.split() for line in open(path)]
assert all(word in ("LD", "ST") and address.startswith("0x") for word, address in lines)
print("MemorySystem:\\n  memory_system_cycles: " + str(7 * len(lines)))
"""


def program(folder, name, text):
    path = pathlib.Path(folder, name)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return str(path)


class Replay(unittest.TestCase):
    def setUp(self):
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.folder = held.name

    def replay(self, trace, *options):
        return subprocess.run([SOURCE / "scripts/replay_dram", trace, "--ours", BIN / "replay_trace", *options],
                              capture_output=True, text=True, check=False)

    def run_sim(self, trace, *options):
        done = subprocess.run([BIN / "run_sim", "--model", "alexnet", "--fusion", "lbdf", "--search", "exact", "--no-alternatives",
                               "--format", "json", "--dram-trace", trace, *options], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["totals"]["simulated"]

    def small_trace(self):
        path = os.path.join(self.folder, "small.trc")
        with open(path, "w", encoding="ascii") as file:
            file.writelines(f"0x{64 * i:x} {'WRITE' if i % 4 == 3 else 'READ'} {20 * i}\n" for i in range(100))
        return path

    def test_a_run_writes_every_burst_of_the_report_in_both_formats(self):
        timed, plain = os.path.join(self.folder, "a.trc.gz"), os.path.join(self.folder, "b.trace")
        counts = self.run_sim(timed)
        self.assertEqual(counts, self.run_sim(plain, "--dram-trace-format", "ramulator2"))
        with gzip.open(timed, "rt") as file:
            lines = [line.split() for line in file]
        with open(plain, encoding="ascii") as file:
            loads = [line.split() for line in file]
        self.assertEqual(sum(line[1] == "READ" for line in lines), counts["dram_reads"])
        self.assertEqual(sum(line[1] == "WRITE" for line in lines), counts["dram_writes"])
        self.assertEqual([("ST" if kind == "WRITE" else "LD", address) for address, kind, _ in lines], [tuple(l) for l in loads])
        cycles = [int(line[2]) for line in lines]
        self.assertEqual(cycles, sorted(cycles))
        done = self.replay(timed)
        self.assertEqual(done.returncode, 0, done.stderr)
        replayed = int(re.search(r"ours, timed +(\d+) cycles", done.stdout).group(1))
        # The machine's last transfer ends where its run does; 1.2 clocks of the DRAM a cycle.
        self.assertAlmostEqual(replayed / 1.2 / counts["cycles"], 1.0, delta=0.01)

    def test_other_programs_are_compared_where_they_are(self):
        done = self.replay(self.small_trace(), "--dramsim3", program(self.folder, "dramsim3main", DRAMSIM3), "--dramsim3-config",
                           "x.ini", "--ramulator2", program(self.folder, "ramulator2", RAMULATOR2), "--ramulator2-config", "x.yaml")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("100 bursts", done.stdout)
        self.assertIn(f"DRAMsim3       {20 * 99 + 10:12} cycles", done.stdout)
        self.assertIn(f"Ramulator 2    {700:12} cycles", done.stdout)

    def test_bad_input_is_said(self):
        trace = self.small_trace()
        empty = os.path.join(self.folder, "empty.trc")
        pathlib.Path(empty).touch()
        for options, message in (((empty,), "got no bursts"), ((trace, "--dramsim3", "x"), "--dramsim3-config"),
                                 ((trace, "--dram", "ddr9"), "a DRAM preset"),
                                 ((trace, "--dramsim3", "/none", "--dramsim3-config", "x"), "expected a program"),
                                 ((trace, "--ramulator2", "/bin/false", "--ramulator2-config", "x"), "ended with 1")):
            done = self.replay(*options)
            self.assertEqual(done.returncode, 2, done.stdout)
            self.assertIn(message, done.stderr)


if __name__ == "__main__":
    unittest.main()
