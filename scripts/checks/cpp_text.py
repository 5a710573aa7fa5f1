"""C++ without a compiler: text without comments, and the braces of a file."""

import re
from dataclasses import dataclass, field

TOKEN = re.compile(
    r"""//(?:[^\n\\]|\\.|\\\n)*            # comment to the end of the line
      | /\*.*?\*/                          # comment
      | R"([^()\\\s]{0,16})\(.*?\)\1"      # raw text
      | "(?:[^"\\\n]|\\.)*"                # text
      | (?<![0-9a-zA-Z_])'(?:[^'\\\n]|\\.)+'   # character, but not the ' of 1'000
    """,
    re.VERBOSE | re.DOTALL)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", re.MULTILINE)
TEMPLATE = re.compile(r"\btemplate\s*<")
CLASS = re.compile(r"^(?:\w+\s+)*?(?:class|struct|union|enum)\b")
CONSTRUCTOR = re.compile(r"\)\s*(?:noexcept\s*)?:(?!:)")


def _blank(match):
    """As many lines, nothing in them; a text stays a text."""
    taken = match.group(0)
    ends = '""' if taken.endswith('"') else "''" if taken.endswith("'") else ""
    return ends + "\n" * taken.count("\n")


def bare(text):
    """The text without comments, directives and what stands between quotes; every line stays where it is."""
    return DIRECTIVE.sub(lambda m: "\n" * m.group(0).count("\n"), TOKEN.sub(_blank, text))


@dataclass
class Scope:
    kind: str  # "namespace", "class", "function", "values" (braces that hold values) or "block"
    name: str  # of a namespace, as it is written
    head: str  # what stands before the brace
    first: int  # line on which the head begins
    last: int = 0  # line of the closing brace
    inside: list = field(default_factory=list)


def _without_templates(head):
    """Drops every `template <...>`."""
    while match := TEMPLATE.search(head):
        depth, at = 1, match.end()
        while at < len(head) and depth:
            depth += {"<": 1, ">": -1}.get(head[at], 0)
            at += 1
        head = head[: match.start()] + head[at:]
    return head.strip()


def _outside_parentheses(head):
    kept, depth = [], 0
    for c in head:
        depth += c == "("
        if depth == 0:
            kept.append(c)
        depth -= c == ")"
    return "".join(kept)


def _kind(head, around):
    """What a brace opens after this head inside a scope of the kind `around`."""
    if around not in ("namespace", "class"):
        return "block"
    head = _without_templates(head)
    if re.search(r"\bnamespace\b[\w:\s]*$", head) or head in ('extern ""', "extern"):
        return "namespace"
    if CLASS.search(head):
        return "class"
    if head.count("(") != head.count(")"):
        return "values"  # of a default argument
    if "(" not in head or "=" in _outside_parentheses(re.sub(r"operator\W+", "operator", head)):
        return "values"
    if CONSTRUCTOR.search(head) and re.search(r"[\w>]$", head):
        return "values"  # of a member in a constructor's list
    return "function"


def scopes(text):
    """The scopes of a file as a tree: a namespace scope that holds all."""
    root = Scope("namespace", "", "", 1)
    stack, head, begins, line = [root], "", 1, 1
    for c in bare(text):
        if c == "\n":
            line += 1
        if c == "{":
            kind = _kind(head.strip(), stack[-1].kind)
            name = re.sub(r".*\bnamespace\b", "", head, flags=re.DOTALL).strip() if kind == "namespace" else ""
            scope = Scope(kind, name, head.strip(), begins)
            stack[-1].inside.append(scope)
            stack.append(scope)
            head = ""
        elif c == "}" and len(stack) > 1:
            scope = stack.pop()
            scope.last = line
            # values are part of a statement that goes on
            head, begins = (scope.head + "{}", scope.first) if scope.kind == "values" else ("", line)
        elif c == ";":
            head = ""
        else:
            if not head.strip() and not c.isspace():
                begins = line
            head += c
            if re.fullmatch(r"\s*(?:public|private|protected)\s*:", head):
                head = ""
    root.last = line
    return root


def walk(scope):
    yield scope
    for inner in scope.inside:
        yield from walk(inner)
