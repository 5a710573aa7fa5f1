"""The scripts while another build holds the lock of the build folder. Environment: FUSESIM_SOURCE."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import unittest

SCRIPTS = pathlib.Path(os.environ["FUSESIM_SOURCE"]) / "scripts"

CMAKE_LISTS = """\
cmake_minimum_required(VERSION 3.25)
project(Small C)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
add_executable(run_sim sw/run_sim.c)
add_executable(run_search sw/run_sim.c)
add_custom_target(slow COMMAND sh ${CMAKE_SOURCE_DIR}/slow.sh)
"""
PRESETS = """\
{"version": 6, "configurePresets": [
  {"name": "release", "generator": "Ninja", "binaryDir": "${sourceDir}/build/release"}]}
"""
# A build that takes until the file "go" is there.
SLOW = """\
#!/bin/bash
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/setup.sh"
take_no_install --no-install
prepare "" slow
"""


def program(version):
    return f'#include <stdio.h>\nint main(void) {{ puts("run_sim {version}"); return 0; }}\n'


class Lock(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="fusesim-scripts-")
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name).resolve()
        self.build = self.root / "build/release"
        for folder in ("scripts", "sw", "hw", "cmake"):
            (self.root / folder).mkdir()
        shutil.copy(SCRIPTS / "setup.sh", self.root / "scripts")
        for name in ("run_sim", "run_search"):
            shutil.copy(SCRIPTS / name, self.root / "scripts" / name)
        self.write("scripts/packages.txt", "cmake\n")
        self.write("scripts/slow", SLOW)
        (self.root / "scripts/slow").chmod(0o755)
        self.write("slow.sh", "touch begun\nuntil test -e go; do sleep 0.05; done\n")
        self.write("CMakeLists.txt", CMAKE_LISTS)
        self.write("CMakePresets.json", PRESETS)
        self.write("sw/run_sim.c", program("1"))
        self.environment = {k: v for k, v in os.environ.items() if k != "FUSESIM_BUILD_DIR"}
        built = self.start("run_sim", "--no-install")
        self.assertEqual(built.communicate()[0], "run_sim 1\n")

    def write(self, name, text):
        (self.root / name).write_text(text)

    def start(self, script, *arguments, **options):
        return subprocess.Popen([self.root / "scripts" / script, *arguments], env=self.environment, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def start_slow_build(self):
        """Another build, which holds the lock until let_go()."""
        slow = self.start("slow", start_new_session=True)
        self.addCleanup(slow.communicate)
        self.addCleanup(self.let_go)
        while not (self.build / "begun").exists():
            self.assertIsNone(slow.poll())
        return slow

    def let_go(self):
        (self.build / "go").touch()

    def test_what_is_built_runs_at_once(self):
        slow = self.start_slow_build()
        done = self.start("run_sim", "--no-install", "--version").communicate()
        self.assertEqual(done, ("run_sim 1\n", ""))
        self.assertIsNone(slow.poll(), "the other build goes on")

    def expect_wait(self, script, parts, said_after):
        """The script names whom it waits for, and runs once the other build is over."""
        waiting = self.start(script, "--no-install", "--version")
        message = waiting.stderr.readline()
        for part in parts:
            self.assertIn(part, message)
        self.assertIsNone(waiting.poll())
        self.let_go()
        self.assertEqual(waiting.communicate()[0], said_after)

    def test_changed_source_waits_and_says_for_whom(self):
        slow = self.start_slow_build()
        self.write("sw/run_sim.c", program("2"))
        self.expect_wait("run_sim", [f"waiting for process {slow.pid} (", "scripts/slow), which builds slow",
                                     str(self.build)], "run_sim 2\n")

    def test_removed_file_counts_as_a_change(self):
        self.write("hw/unused.h", "")
        self.start("run_sim", "--no-install").communicate()
        slow = self.start_slow_build()
        (self.root / "hw/unused.h").unlink()
        self.expect_wait("run_sim", [f"waiting for process {slow.pid} ("], "run_sim 1\n")

    def test_program_that_was_never_built_waits(self):
        slow = self.start_slow_build()
        self.expect_wait("run_search", [f"waiting for process {slow.pid} ("], "run_sim 1\n")

    def test_build_whose_script_was_killed_is_named(self):
        slow = self.start_slow_build()
        os.kill(slow.pid, signal.SIGKILL)
        os.waitpid(slow.pid, 0)
        self.write("sw/run_sim.c", program("2"))
        self.expect_wait("run_sim", ["waiting for process ", "(ninja ", "which was left behind"], "run_sim 2\n")

    def test_failed_build_leaves_nothing_to_run_as_it_is(self):
        self.write("sw/run_sim.c", "no C\n")
        failed = self.start("run_sim", "--no-install")
        failed.communicate()
        self.assertEqual(failed.returncode, 3)
        self.start_slow_build()
        self.write("sw/run_sim.c", program("3"))
        self.expect_wait("run_sim", ["waiting for process "], "run_sim 3\n")

    def start_without_rights(self, script):
        """As somebody who can write nothing in the checkout."""
        for path in [self.root, *self.root.rglob("*")]:
            path.chmod(0o555 if path.is_dir() or os.access(path, os.X_OK) else 0o444)
        self.addCleanup(lambda: [path.chmod(0o755) for path in [self.root, *self.root.rglob("*")] if path.is_dir()])
        nobody = {"user": 65534, "group": 65534} if os.geteuid() == 0 else {}
        self.environment["HOME"] = "/nonexistent"
        return self.start(script, "--no-install", "--version", **nobody)

    def test_checkout_that_cannot_be_written_runs_what_is_built(self):
        self.assertEqual(self.start_without_rights("run_sim").communicate(), ("run_sim 1\n", ""))

    def test_checkout_that_cannot_be_written_says_so(self):
        refused = self.start_without_rights("run_search")
        out, err = refused.communicate()
        self.assertEqual((refused.returncode, out), (3, ""))
        self.assertIn(f"run_search: cannot write in {self.build}, where run_search is to be built", err)
        self.assertEqual(err.count("\n"), 1)


if __name__ == "__main__":
    unittest.main()
