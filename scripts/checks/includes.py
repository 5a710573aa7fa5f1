"""No folder includes upwards: every include against layers.txt."""

import os
import re
from collections import defaultdict

from tree import CPP, Finding, lies_under, longest, read, read_table

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|(<[^>]+>))', re.MULTILINE)


class Layers:
    """The table of who may include whom. Raises ValueError if a line names a folder that does not stand above it."""

    def __init__(self, text):
        table = read_table(text)
        self.generated = set(table.pop("generated", []))
        self.libraries = {name: words for name, words in table.items() if name.startswith("<")}
        self.folders = {name: words for name, words in table.items() if not name.startswith("<")}
        above = set()
        for name, words in self.folders.items():
            for word in words:
                if word != "*" and word not in above:
                    raise ValueError(f"layers.txt: {name} names {word}, which does not stand above it")
            above.add(name)

    def room(self, path):
        return longest(path, self.folders)

    def may(self, includer, included):
        """Whether files of one room may include headers of another; rooms are names of the table."""
        if included == includer:
            return True
        words = [w for name, own in self.folders.items() if lies_under(includer, name) for w in own]
        return "*" in words or included in words

    def may_library(self, path, header):
        """Whether a file may include a library's header, "<torch/torch.h>"; those without a line are free."""
        return all(any(lies_under(path, place) for place in places)
                   for prefix, places in self.libraries.items() if header.startswith(prefix))


class Headers:
    """Which file of the tree an include means."""

    def __init__(self, paths):
        self.paths = {p for p in paths if p.endswith(".h")}
        self.public = defaultdict(list)
        for path in self.paths:
            _, found, name = path.partition("/include/")
            if found:
                self.public[name].append(path)

    def _beside(self, folder, name):
        """Looks in the folder and in all folders around it."""
        while True:
            path = os.path.normpath(os.path.join(folder, name))
            if path in self.paths:
                return path
            if not folder:
                return None
            folder = os.path.dirname(folder)

    def find(self, includer, name):
        folder = os.path.dirname(includer)
        mirrored = folder.partition("tests/")[2] if folder.startswith("tests/") else folder
        found = self._beside(folder, name) or self._beside(mirrored, name)
        if found:
            return found
        ends = self.public.get(name) or [p for p in self.paths if p.endswith("/" + name)]
        return ends[0] if len(ends) == 1 else None


def is_public(path):
    return "/include/" in path


def includes_of(text):
    """(line, name in quotes or None, name in brackets or None) of every include."""
    for match in INCLUDE.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match.group(1), match.group(2)


def _fault(layers, path, name, found):
    """What is wrong with including the header that was found; None: nothing."""
    mine, other = layers.room(path), layers.room(found)
    if mine is None or other is None:
        return f"no line of layers.txt covers {path if mine is None else found}"
    if not layers.may(mine, other):
        return f"{mine} may not include \"{name}\" of {other} (scripts/checks/layers.txt)"
    tree = "/".join(mine.split("/")[:2])
    inside = lies_under(found, tree) or mine.startswith(("hw", "tests"))
    if not is_public(found) and not inside:
        return f"\"{name}\" is a header of {other}'s own"
    return None


def check(root, paths, every_path, layers):
    """`every_path`: all of the tree, to find headers in."""
    headers = Headers(every_path)
    for path in paths:
        if not path.endswith(CPP):
            continue
        for line, quoted, library in includes_of(read(root, path)):
            if library:
                if not layers.may_library(path, library):
                    yield Finding(path, line, f"{library} does not belong here (scripts/checks/layers.txt)", "includes")
                continue
            found = headers.find(path, quoted)
            if found is None:
                if quoted not in layers.generated:
                    yield Finding(path, line, f"no header \"{quoted}\" in the tree", "includes")
            elif fault := _fault(layers, path, quoted, found):
                yield Finding(path, line, fault, "includes")


def sources_to_compile(root, changed, every_path):
    """The sources among `changed`, and for every header one source that includes it, its own if there is one."""
    headers = Headers(every_path)
    users = defaultdict(set)
    for path in every_path:
        if path.endswith(CPP):
            for _, quoted, _ in includes_of(read(root, path)):
                found = headers.find(path, quoted) if quoted else None
                if found:
                    users[found].add(path)
    chosen = {p for p in changed if p.endswith(".cc")}
    for header in (p for p in changed if p.endswith(".h")):
        chosen |= _one_user(header, users)
    return sorted(chosen)


def _one_user(header, users):
    seen, level = {header}, [header]
    while level:
        found = sorted({u for h in level for u in users[h]} - seen)
        sources = [p for p in found if p.endswith(".cc")]
        own = [p for p in sources if os.path.basename(p)[:-3] == os.path.basename(header)[:-2]]
        if sources:
            return {(own or sources)[0]}
        seen |= set(found)
        level = found
    return set()
