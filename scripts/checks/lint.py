"""Checks of the tree that need no compiler, clang-format and clang-tidy. Called by scripts/lint."""

import argparse
import os
import subprocess
import sys

import includes
import lengths
import namespaces
import switches
import tidy
import tree

HERE = os.path.dirname(os.path.abspath(__file__))
CHEAP = ("includes", "namespaces", "lengths", "switches")
CHECKS = (*CHEAP, "format", "tidy")


def table(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return file.read()


def format_findings(root, paths):
    sources = [p for p in paths if p.endswith(tree.CPP)]
    for at in range(0, len(sources), 50):
        done = subprocess.run(["clang-format", "--dry-run", "--Werror", *sources[at:at + 50]], cwd=root, text=True,
                              capture_output=True)
        seen = set()
        for line in done.stderr.splitlines():
            place = line.split(":")
            if ": error: " in line and place[0] not in seen:
                seen.add(place[0])
                yield tree.Finding(place[0], int(place[1]), "not as clang-format writes it", "format")


def cheap_findings(root, paths, every_path, wanted):
    if "includes" in wanted:
        yield from includes.check(root, paths, every_path, includes.Layers(table("layers.txt")))
    if "namespaces" in wanted:
        yield from namespaces.check(root, paths, tree.read_table(table("namespaces.txt")))
    if "lengths" in wanted:
        yield from lengths.check(root, paths)
    if "switches" in wanted:
        yield from switches.check(root, paths, switches.enums(root, every_path))
    if "format" in wanted:
        yield from format_findings(root, paths)


def chosen_files(given, every_path):
    """The files to look at, and what to call them."""
    if given.files:
        return sorted(given.files), "the files named"
    base = None if given.all else given.base or tree.default_base(given.root)
    if base is None:
        return every_path, "everything"
    if not tree.git(given.root, "rev-parse", "--verify", "--quiet", base + "^{commit}"):
        sys.exit(f"lint: --base: expected a commit, got '{base}'")
    return tree.changed_files(given.root, base), f"what changed since {base[:12]}"


def parse():
    parser = argparse.ArgumentParser(prog="scripts/lint", description="Findings are errors; exit 1 if there are any.")
    parser.add_argument("files", nargs="*", help="look at these files (default: at what changed)")
    parser.add_argument("--all", action="store_true", help="look at everything")
    parser.add_argument("--base", metavar="REV",
                        help="look at what changed since this commit (default: where this branch left origin/main; "
                             "on it, the commit before)")
    parser.add_argument("--only", metavar="CHECK", action="append", choices=CHECKS,
                        help=f"one of {', '.join(CHECKS)}; repeatable (default: all)")
    parser.add_argument("--root", default=os.path.dirname(os.path.dirname(HERE)), help=argparse.SUPPRESS)
    parser.add_argument("--build", help=argparse.SUPPRESS)
    return parser.parse_args()


def main():
    given = parse()
    wanted = given.only or CHECKS
    every_path = tree.all_files(given.root)
    paths, called = chosen_files(given, every_path)
    print(f"lint: {called}: {len(paths)} files", file=sys.stderr)
    findings = set(cheap_findings(given.root, paths, every_path, wanted))
    if "tidy" in wanted:
        sources = includes.sources_to_compile(given.root, paths, every_path)
        findings |= tidy.check(given.root, given.build, sources)
    for finding in sorted(findings):
        print(finding)
    print(f"lint: {len(findings)} findings", file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
