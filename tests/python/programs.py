"""The programs, which say independently of the package what a network comes to. Environment: FUSESIM_PROGRAMS."""

import json
import os
import pathlib
import subprocess

BIN = pathlib.Path(os.environ["FUSESIM_PROGRAMS"])


def answer(program, *arguments):
    """The JSON that a program prints."""
    done = subprocess.run([BIN / program, "--format", "json", *arguments], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def refusal(program, *arguments):
    """(exit code, the message) of a program that fails."""
    done = subprocess.run([BIN / program, *arguments], capture_output=True, text=True)
    return done.returncode, done.stderr.rstrip("\n")


def resident_bytes():
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def children_of(pid):
    """Names of the programs that a process has started and that still run, by their process."""
    found = {}
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            try:
                found[int(child)] = pathlib.Path(f"/proc/{child}/comm").read_text().strip()
            except FileNotFoundError:
                pass
    return found
