#!/usr/bin/env python3
"""Writes the man page (PROGRAM.1.gz) and the bash completion (PROGRAM.bash) of programs from their --help."""

import argparse
import gzip
import pathlib
import subprocess
import sys

import completion
import help_text
import man_page


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("program", type=pathlib.Path)
    arguments.add_argument("--version", required=True)
    arguments.add_argument("--out", type=pathlib.Path, required=True)
    arguments.add_argument("--programs", nargs="*", default=[], help="all programs, for SEE ALSO")
    given = arguments.parse_args()
    name = given.program.name
    said = subprocess.run([given.program, "--help"], check=True, capture_output=True, text=True).stdout
    try:
        parsed = help_text.parse(name, said)
    except ValueError as error:
        sys.exit(f"make_pages.py: {error}")
    given.out.mkdir(parents=True, exist_ok=True)
    others = [other for other in given.programs if other != name]
    page = man_page.render(parsed, given.version, others)
    # The same bytes every time: no name, no time of day.
    (given.out / f"{name}.1.gz").write_bytes(gzip.compress(page.encode(), 9, mtime=0))
    (given.out / f"{name}.bash").write_text(completion.render(parsed))


if __name__ == "__main__":
    main()
