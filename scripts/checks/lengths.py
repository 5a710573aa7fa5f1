"""No file over 400 lines, no function over 60, no comment beyond column 110, where clang-format leaves it."""

import ast
import re

from cpp_text import scopes, walk
from tree import CPP, Finding, read

MOST_FILE_LINES = 400
MOST_FUNCTION_LINES = 60
MOST_COLUMNS = 110
SUFFIXES = (*CPP, ".py", ".sh", ".js", ".mjs", ".cmake", "CMakeLists.txt")


def _language(path, text):
    if path.endswith(CPP):
        return "c++"
    if path.endswith(".py") or re.match(r"#!.*\bpython3?\b", text):
        return "python"
    return "other" if path.endswith(SUFFIXES) or text.startswith("#!") else None


def _cpp_functions(text):
    for scope in walk(scopes(text)):
        if scope.kind == "function":
            name = scope.head.split("(")[0].split()
            yield scope.first, scope.last, name[-1].lstrip("*&") if name else "?"


def _python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno, node.name


def _long_comments(text):
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > MOST_COLUMNS and "//" in line:
            yield number, len(line)


def check(root, paths):
    for path in paths:
        text = read(root, path)
        language = _language(path, text)
        if language is None:
            continue
        lines = len(text.splitlines())
        if lines > MOST_FILE_LINES:
            yield Finding(path, 1, f"{lines} lines; at most {MOST_FILE_LINES}", "lengths")
        for number, columns in _long_comments(text) if language == "c++" else ():
            yield Finding(path, number, f"{columns} columns; at most {MOST_COLUMNS}", "lengths")
        functions = {"c++": _cpp_functions, "python": _python_functions}.get(language, lambda _: ())
        for first, last, name in functions(text):
            if last - first + 1 > MOST_FUNCTION_LINES:
                yield Finding(path, first, f"{name} has {last - first + 1} lines; at most {MOST_FUNCTION_LINES}",
                              "lengths")
