"""The files of the tree, what is wrong with them, and tables of folders."""

import os
import subprocess
from dataclasses import dataclass

CPP = (".cc", ".h")
PLACES = ("sw", "hw", "tests", "scripts", "packaging", "cmake", "web", ".ci")


@dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    text: str
    check: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.text} [{self.check}]"


def git(root, *arguments):
    """Lines of what git says; nothing where it fails."""
    done = subprocess.run(["git", "-C", root, *arguments], capture_output=True, text=True)
    return done.stdout.splitlines() if done.returncode == 0 else []


def all_files(root):
    """Paths from the root, sorted: what git knows or does not ignore; without git, all there is."""
    known = git(root, "ls-files", "--cached", "--others", "--exclude-standard")
    if not known:
        known = [os.path.relpath(os.path.join(folder, name), root)
                 for place in PLACES for folder, _, names in os.walk(os.path.join(root, place)) for name in names]
    return sorted(p for p in set(known) if p.split("/")[0] in PLACES and os.path.isfile(os.path.join(root, p)))


def changed_files(root, base):
    """Files that differ from the commit `base`, those that git does not know yet included."""
    named = set(git(root, "diff", "--name-only", base, "--"))
    named |= set(git(root, "ls-files", "--others", "--exclude-standard"))
    return [p for p in all_files(root) if p in named]


def default_base(root):
    """Where this branch left origin/main; on it, the commit before."""
    head = git(root, "rev-parse", "HEAD")
    base = git(root, "merge-base", "HEAD", "origin/main")
    if base and base != head:
        return base[0]
    before = git(root, "rev-parse", "--verify", "--quiet", "HEAD~1")
    return before[0] if before else None


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read()


def read_table(text):
    """Lines "name: words" as a dictionary in their order; # begins a comment."""
    table = {}
    for number, line in enumerate(text.splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        name, colon, words = line.rpartition(": ") if ": " in line else line.rpartition(":")
        if not colon or name.strip() in table:
            raise ValueError(f"line {number}: expected 'name: words', each name once, got '{line}'")
        table[name.strip()] = words.split()
    return table


def lies_under(path, place):
    return path == place or path.startswith(place + "/")


def longest(path, places):
    """The longest of the places that the path lies under; None: there is none."""
    return max((place for place in places if lies_under(path, place)), key=len, default=None)
