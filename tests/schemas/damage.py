"""Damages a JSON document in every place, one at a time."""

WRONG = {int: ("text", -1, 0.5, None), float: ("text", -1.0, None), str: (7, None), bool: ("yes", 1, None),
         type(None): ("text", -1, True), list: ({}, None), dict: ([], None)}


def steps(path):
    """A path without positions in lists: ("groups", 3, "mode") -> "groups.mode"."""
    return ".".join(step for step in path if isinstance(step, str))


def _kind(value):
    """Elements of a list are alike if they have the same keys and mode."""
    if isinstance(value, dict):
        return (value.get("mode"), tuple(value))
    return type(value)


def _children(value):
    if isinstance(value, dict):
        return list(value.items())
    if isinstance(value, list):
        return list({_kind(item): (i, item) for i, item in reversed(list(enumerate(value)))}.values())
    return []


def _each(value, path):
    yield path, value
    for step, child in _children(value):
        yield from _each(child, path + (step,))


def _parent(document, path):
    for step in path[:-1]:
        document = document[step]
    return document


def damaged(document, optional=(), allowed=None, positive=()):
    """Yields a description of each damage while `document` has it: wrong type, below the range, missing key, unknown
    key. Of list elements that are alike, the first is damaged. `optional`: keys that may be missing, like
    "search.front"; `allowed`: key -> a value that is no damage there; `positive`: keys that may not be 0 either."""
    allowed = allowed or {}
    for path, value in list(_each(document, ())):
        if isinstance(value, dict):
            value["unknown_key"] = 1
            yield f"{steps(path)}: unknown key"
            del value["unknown_key"]
        if not path:
            continue
        parent, last = _parent(document, path), path[-1]
        for wrong in WRONG[type(value)] + ((0,) if steps(path) in positive and type(value) is int else ()):
            if steps(path) in allowed and wrong == allowed[steps(path)]:
                continue
            parent[last] = wrong
            yield f"{steps(path)} = {wrong!r}"
        parent[last] = value
        if isinstance(last, str) and steps(path) not in optional:
            items = list(parent.items())
            del parent[last]
            yield f"{steps(path)} is missing"
            parent.clear()
            parent.update(items)
