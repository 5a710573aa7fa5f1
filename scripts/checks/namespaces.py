"""Every file opens only the namespaces of its folder: namespaces.txt."""

from cpp_text import scopes
from tree import CPP, Finding, longest, read


def _opened(scope, outer=""):
    """(line, full name) of every named namespace inside."""
    for inner in scope.inside:
        if inner.kind != "namespace":
            continue
        name = "::".join(part for part in (outer, inner.name) if part)
        if inner.name:
            yield inner.first, name
        yield from _opened(inner, name)


def check(root, paths, table):
    for path in paths:
        place = longest(path, table)
        if not path.endswith(CPP) or place is None:
            continue
        allowed = table[place]
        for line, name in _opened(scopes(read(root, path))):
            if name not in allowed and not any(a.startswith(name + "::") for a in allowed):
                yield Finding(path, line, f"expected namespace {' or '.join(allowed)}, got {name}", "namespaces")
