#!/usr/bin/python3
"""Published designs against ours: called by scripts/validate.

Writes to --out (default results/validation): table.md, and a JSON file per design with every figure that was measured.
Exit codes: 0 every judged figure is within its tolerance, 1 one is not, 2 a file or a run is at fault.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import designs
import machine
import on_the_fly
import tables


def parse_arguments():
    parser = argparse.ArgumentParser(prog="validate", description="runs published designs and compares")
    parser.add_argument("designs", nargs="*", metavar="DESIGN", help="names of --list; default: all")
    parser.add_argument("--list", action="store_true", help="print the designs and what is compared, and stop")
    parser.add_argument("--out", help="folder of the results; default results/validation, if all designs run")
    parser.add_argument("--folder", help="folder of the validation files; default validation")
    parser.add_argument("--bin", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--root", required=True, help=argparse.SUPPRESS)
    return parser.parse_args()


def chosen(arguments):
    found = designs.load_all(arguments.folder or pathlib.Path(arguments.root) / "validation")
    names = {design.name for design in found}
    for name in arguments.designs:
        if name not in names:
            raise designs.Fault(f"{name}: expected one of {', '.join(sorted(names))}")
    return [design for design in found if not arguments.designs or design.name in arguments.designs]


def list_designs(found):
    for design in found:
        print(f"{design.name}: {design.title}")
        for point in design.points:
            for p in point.published:
                judged = f"within {100 * p.tolerance:g} %" if p.tolerance else "shown"
                print(f"  {point.name}: {designs.QUANTITIES[p.quantity]} {tables.number(p.value)}, {p.run}, {judged}")


def measure(design, arguments):
    """point name -> run name -> quantities."""
    measured = {}
    for point in design.points:
        measured[point.name] = {}
        for run in design.runs:
            print(f"{design.name}: {point.name}: {run.name}", file=sys.stderr, flush=True)
            with tempfile.TemporaryDirectory(prefix="fusesim-validate-") as scratch:
                ours = machine.Machine(arguments.bin, arguments.root, design, point, scratch)
                measured[point.name][run.name] = machine.measure(ours.report(run), design)
    return measured


def commit_of(root):
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=root, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


def write(found, arguments):
    if arguments.designs and not arguments.out:
        return
    commit = commit_of(arguments.root)
    out = pathlib.Path(arguments.out or pathlib.Path(arguments.root) / "results" / "validation")
    out.mkdir(parents=True, exist_ok=True)
    for design, measured in found:
        (out / f"{design.name}.json").write_text(tables.as_json(design, measured, commit), encoding="utf-8")
    (out / "table.md").write_text(tables.markdown(found, commit), encoding="utf-8")


def main():
    arguments = parse_arguments()
    try:
        wanted = chosen(arguments)
        if arguments.list:
            list_designs(wanted)
            return 0
        found = [(design, measure(design, arguments)) for design in wanted]
    except (designs.Fault, machine.Failed, on_the_fly.NotJoinable, OSError) as fault:
        print(f"validate: {fault}", file=sys.stderr)
        return 2
    table = [row for design, measured in found for row in tables.rows(design, measured)]
    print(tables.text_table([tables.HEAD, *table]), end="")
    write(found, arguments)
    outside = sum("OUTSIDE" in row[-1] for row in table)
    judged = sum("shown" not in row[-1] for row in table)
    print(f"\n{judged - outside} of {judged} judged figures are within their tolerances")
    return 1 if outside else 0


if __name__ == "__main__":
    sys.exit(main())
