"""Keyword arguments as options of the programs, which check them: one parser, one set of messages."""

import os
from collections.abc import Mapping, Sequence

from .errors import Error

# What may be set, beside the model, and whether it is an option of a search alone (not of a stored schedule).
NAMES = ("fusion", "buffer", "objective", "config", "set", "search", "explainer", "edges", "budget", "seed", "threads",
         "max_dram", "max_cycles", "front", "input_shapes", "batch", "skip_misfits", "alternatives", "schedule")


def spelled(value):
    """A value as a user would type it: true, [32, 16], 0.5, a path."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, os.PathLike)):
        return os.fspath(value)
    if isinstance(value, Sequence):
        return "[" + ", ".join(spelled(part) for part in value) + "]"
    return str(value)


def _option(name, value):
    text = f"--{name.replace('_', '-')}={spelled(value)}"
    if "\0" in text:
        raise Error(f"--{name.replace('_', '-')}: expected a text without NUL, got one with it")
    return text


def _mapping(name, value):
    if not isinstance(value, Mapping):
        raise TypeError(f"{name}: expected a mapping, got {type(value).__name__}")
    return value.items()


def _options(name, value):
    """The options that one keyword comes to."""
    if value is None:
        return []
    if name == "set":
        return [_option("set", f"{key}={spelled(part)}") for key, part in _mapping(name, value)]
    if name == "input_shapes":
        return [_option("input-shape", f"{key}={','.join(map(str, part))}") for key, part in _mapping(name, value)]
    if name == "skip_misfits":
        return ["--skip-misfits"] if value else []
    if name == "alternatives":
        return [] if value else ["--no-alternatives"]
    if name == "front" and not isinstance(value, str):
        return [_option("front", ",".join(value))]
    return [_option(name, value)]


def command_line(model, settings):
    """Options for a model (name or path) and settings, a dictionary by keyword; None: not given.

    Raises TypeError for a keyword that is none, Error for a text with NUL in it.
    """
    arguments = [_option("model", model)]
    for name, value in settings.items():
        if name not in NAMES:
            raise TypeError(f"unexpected keyword argument '{name}'")
        arguments += _options(name, value)
    return arguments
