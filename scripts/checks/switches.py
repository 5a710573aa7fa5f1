"""No `default:` in a switch over an enumeration of the project: the compiler names every place that a new one visits."""

import re

from cpp_text import bare
from tree import CPP, Finding, read

ENUM = re.compile(r"\benum\s+(?:class|struct)\s+(\w+)")
SWITCH = re.compile(r"\bswitch\s*\(")
LABEL = re.compile(r"\b(?:case\b(?P<value>(?:::|[^:;{}])*):(?!:)|(?P<default>default)\s*:(?!:))")


def enums(root, paths):
    """Names of all enumerations of the tree."""
    return {name for p in paths if p.endswith(CPP) for name in ENUM.findall(bare(read(root, p)))}


def _body(text, at):
    """Begin and end of the braces that follow the parentheses opened before `at`."""
    depth = 1
    while depth and at < len(text):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
    begin = text.find("{", at)
    depth, at = 1, begin + 1
    while depth and at < len(text):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        at += 1
    return begin + 1, at - 1


def _without_inner_switches(text):
    while match := SWITCH.search(text):
        _, end = _body(text, match.end())
        text = text[: match.start()] + re.sub(r"[^\n]", " ", text[match.start():end]) + text[end:]
    return text


def check(root, paths, known):
    for path in paths:
        if not path.endswith(CPP):
            continue
        text = bare(read(root, path))
        for match in SWITCH.finditer(text):
            begin, end = _body(text, match.end())
            labels = list(LABEL.finditer(_without_inner_switches(text[begin:end])))
            named = {part for label in labels if label["value"] for part in re.findall(r"(\w+)\s*::", label["value"])}
            for label in labels:
                if label["default"] and named & known:
                    line = text.count("\n", 0, begin + label.start()) + 1
                    yield Finding(path, line, f"default in a switch over {min(named & known)}", "switches")
