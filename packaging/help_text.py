"""What --help of a program says, as data."""

import re
from dataclasses import dataclass, field

# Notes that CLI11 writes behind the type of an option.
NOTES = re.compile(r"\s+(REQUIRED|\.\.\.|Excludes: .*|Needs: .*)$")
ENTRY = re.compile(r"^  (\S.*?)(?: {2,}(\S.*))?$")
CONTINUATION = re.compile(r"^ {20,}(\S.*)$")


@dataclass
class Argument:
    """An option, or an argument that stands for itself (no names)."""

    names: list
    type: str  # "FILE", "lbdf|brr", empty for a flag
    notes: list
    text: str = ""

    def choices(self):
        """The values that the type enumerates: "lbdf|brr" or "TEXT:{lbdf,brr}". Placeholders are upper case."""
        listed = re.search(r"\{(.*)\}$", self.type)
        values = listed.group(1).split(",") if listed else self.type.split("|")
        return values if all(v and v == v.lower() for v in values) else []

    def placeholders(self):
        """The upper-case words of the type: {"NAME", "FILE"}."""
        return set(re.findall(r"\b[A-Z]+\b", self.type))


@dataclass
class Help:
    program: str
    description: str = ""
    usage: str = ""
    arguments: list = field(default_factory=list)
    footer: list = field(default_factory=list)  # paragraphs, each a list of lines


def _argument(text, positional):
    notes = []
    while match := NOTES.search(text):
        notes.insert(0, match.group(1))
        text = text[: match.start()]
    first, _, rest = text.partition(" ")
    if positional:
        return Argument([], rest or first, notes)
    return Argument(first.split(","), rest, notes)


def _sections(lines):
    """Splits at headings ("Options:", "Positionals:"); what follows the last entry is the footer."""
    heading, body = None, []
    for line in lines:
        if re.match(r"^\S.*:$", line):
            yield heading, body
            heading, body = line[:-1], []
        else:
            body.append(line)
    yield heading, body


def _read_entries(result, lines, positional):
    for line in lines:
        if match := CONTINUATION.match(line):
            last = result.arguments[-1]
            last.text = f"{last.text} {match.group(1)}".strip()
        elif match := ENTRY.match(line):
            argument = _argument(match.group(1), positional)
            argument.text = match.group(2) or ""
            result.arguments.append(argument)
        elif line.strip():
            raise ValueError(f"{result.program} --help: expected an option, got {line!r}")


def _paragraphs(lines):
    paragraphs = [[]]
    for line in lines:
        if line.strip():
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    return [p for p in paragraphs if p]


def parse(program, text):
    """Reads the layout of CLI11: description, "Usage:", sections of entries, footer."""
    above, found, below = text.partition("Usage: ")
    if not found:
        raise ValueError(f"{program} --help: expected a line 'Usage: ...'")
    usage, _, rest = below.partition("\n")
    result = Help(program, " ".join(above.split()), usage)
    footer = []
    for heading, lines in _sections(rest.splitlines()):
        if heading in ("Options", "Positionals") and not footer:
            entries = lines[: lines.index("")] if "" in lines else lines
            _read_entries(result, entries, heading == "Positionals")
            footer += lines[len(entries):]
        else:
            footer += ([f"{heading}:"] if heading else []) + lines
        if not any(line.strip() for line in footer):
            footer = []
    result.footer = _paragraphs(footer)
    if not any("--help" in a.names for a in result.arguments):
        raise ValueError(f"{program} --help: expected options, got none that could be read")
    return result
