"""A man page in roff from what a program says of itself."""

import re


def _escaped(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text


def _tag(argument):
    names = ", ".join(f"\\fB{_escaped(name)}\\fR" for name in argument.names)
    kind = "|".join(argument.choices()) or argument.type.rpartition(":")[2]
    value = f"\\fI{_escaped(kind)}\\fR" if kind else ""
    repeated = "..." if "..." in argument.notes else ""
    return " ".join(part for part in (names, value, repeated) if part)


def _remarks(argument):
    remarks = []
    for note in argument.notes:
        if note == "REQUIRED":
            remarks.append("(required)")
        elif note.startswith("Excludes: "):
            remarks.append(f"(not with {note[len('Excludes: '):]})")
        elif note.startswith("Needs: "):
            remarks.append(f"(only with {note[len('Needs: '):]})")
    return remarks


def _entry(argument):
    lines = [".TP", _tag(argument), _escaped(argument.text) if argument.text else "\\&"]
    return lines + [_escaped(remark) for remark in _remarks(argument)]


def _exit_codes(lines):
    """ "exit code: 0 fine; 1 not" as a list of tags."""
    text = " ".join(" ".join(lines).split())[len("exit code: "):]
    result = [".SH EXIT STATUS"]
    for code in text.split("; "):
        number, meaning = re.fullmatch(r"(\d+(?: \+ \w+)?):? (.*)", code).groups()
        result += [".TP", f"\\fB{number}\\fR", _escaped(meaning)]
    return result


def _footer(paragraphs):
    result = []
    for lines in paragraphs:
        if lines[0].startswith("exit code: "):
            result += _exit_codes(lines)
            continue
        if re.match(r"^\S.*:$", lines[0]):
            result.append(f".SH {_escaped(lines[0][:-1].upper())}")
            lines = lines[1:]
        result += [".nf", *[_escaped(line.strip()) for line in lines], ".fi"]
    return result


def render(help_text, version, others):
    """`others`: the names of the other programs, for SEE ALSO."""
    program = help_text.program
    summary, _, _ = help_text.description.partition(". ")
    summary = summary.rstrip(".")
    summary = summary[:1].lower() + summary[1:]
    lines = [
        f'.TH {program.upper()} 1 "" "FuseSim {version}" "FuseSim"',
        ".SH NAME",
        f"{program} \\- {_escaped(summary)}",
        ".SH SYNOPSIS",
        f"\\fB{program}\\fR {_escaped(help_text.usage[len(program):].strip())}",
        ".SH DESCRIPTION",
        _escaped(help_text.description),
        ".SH OPTIONS",
    ]
    for argument in help_text.arguments:
        lines += _entry(argument)
    lines += _footer(help_text.footer)
    lines += [
        ".SH FILES",
        "Configurations, models and schemas are in share/fusesim of the prefix that the program",
        "is installed in, or in \\fB$FUSESIM_DATA_DIR\\fR.",
    ]
    if others:
        lines += [".SH SEE ALSO", ", ".join(f"\\fB{name}\\fR(1)" for name in others)]
    return "\n".join(lines) + "\n"
