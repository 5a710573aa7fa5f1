"""What the platforms of the consumer have to say, given what their programs printed."""

import re

ALONE = "squeezenet1_1"
TOGETHER = ("alexnet", "resnet18")


def accelerators(test, said):
    """(network, groups, bytes, cycles) of every line of an accelerator."""
    found = re.findall(r"^(\w+): (\d+) groups, (\d+) bytes, (\d+) mismatches, (\d+) cycles$", said, re.MULTILINE)
    for name, _, _, mismatches, _ in found:
        test.assertEqual(mismatches, "0", name)
    return [(name, int(groups), int(size), int(cycles)) for name, groups, size, _, cycles in found]


def check_plain_memory(test, said):
    (name, groups, size, cycles), = accelerators(test, said)
    test.assertEqual(name, ALONE)
    test.assertGreater(min(groups, size), 0)
    # 8 bytes cross in a nanosecond, and a cycle of this machine takes 2 ns (500 MHz)
    test.assertGreaterEqual(cycles * 2, size / 8)
    return groups, size


def check_shared_dram(test, said):
    ran = accelerators(test, said)
    test.assertEqual(tuple(name for name, _, _, _ in ran), TOGETHER)
    *alone, together = (float(t) for t in
                        re.search(r"alone ([\d.e+]+) and ([\d.e+]+) ns, together ([\d.e+]+) ns", said).groups())
    test.assertGreater(together, max(alone), "longer than alone")
    test.assertLess(together, sum(alone), "shorter than one after the other")
    # bandwidth is shared: each has less of it than it had alone (a cycle of this machine takes 1 ns), both together more
    for (name, _, _, cycles), before in zip(ran, alone):
        test.assertGreater(cycles, before, name)
    sizes = [size for _, _, size, _ in ran]
    test.assertGreater(sum(sizes) / together, max(size / before for size, before in zip(sizes, alone)))
