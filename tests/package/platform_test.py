"""The platforms of the consumer, built with this project.

Environment: PLAIN_MEMORY, SHARED_DRAM, the programs.
"""

import os
import subprocess
import unittest

import platform_checks


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class OnePlatform(unittest.TestCase):
    def test_an_accelerator_behind_a_plain_memory_confirms_every_byte(self):
        platform_checks.check_plain_memory(self, run(os.environ["PLAIN_MEMORY"], platform_checks.ALONE))


class SharedPlatform(unittest.TestCase):
    def test_two_accelerators_share_a_dram_and_confirm_every_byte(self):
        platform_checks.check_shared_dram(self, run(os.environ["SHARED_DRAM"], *platform_checks.TOGETHER))


if __name__ == "__main__":
    unittest.main()
