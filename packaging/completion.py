"""A bash completion from what a program says of itself. It asks for nothing but bash."""

FUNCTION = """\
# bash completion of {program}, made from its --help
_{program}() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} option=${{COMP_WORDS[COMP_CWORD-1]}}
  # bash splits --option=value into three words
  if [[ $current == = ]]; then
    current=
  elif [[ $option == = && $COMP_CWORD -gt 1 ]]; then
    option=${{COMP_WORDS[COMP_CWORD-2]}}
  fi
  COMPREPLY=()
  case $option in
{cases}
  esac
{rest}}}
complete -F _{program} {program}
"""

FILES = """\
{indent}compopt -o filenames 2>/dev/null
{indent}mapfile -t COMPREPLY < <(compgen -f -- "$current")
"""
DIRECTORIES = """\
{indent}compopt -o filenames 2>/dev/null
{indent}mapfile -t COMPREPLY < <(compgen -d -- "$current")
"""
MODELS = """\
{indent}compopt -o filenames 2>/dev/null
{indent}mapfile -t COMPREPLY < <(
{indent}  compgen -W "$("${{COMP_WORDS[0]}}" --list-models 2>/dev/null)" -- "$current"
{indent}  compgen -f -X '!*.onnx' -- "$current"
{indent}  compgen -d -- "$current"
{indent})
"""
WORDS = """\
{indent}mapfile -t COMPREPLY < <(compgen -W '{words}' -- "$current")
"""


def _values(argument, indent):
    """The lines that complete the argument's value; empty if there is nothing to offer."""
    if argument.choices():
        return WORDS.format(indent=indent, words=" ".join(argument.choices()))
    if "--model" in argument.names:
        return MODELS.format(indent=indent)
    if "FILE" in argument.placeholders():
        return FILES.format(indent=indent)
    if "DIR" in argument.placeholders():
        return DIRECTORIES.format(indent=indent)
    return ""


def _rest(help_text):
    """What is offered where no option waits for its value."""
    options = [name for a in help_text.arguments for name in a.names]
    words = WORDS.format(indent="    ", words=" ".join(options))
    files = any(not a.names and "FILE" in a.placeholders() for a in help_text.arguments)
    if not files:
        return words.replace("    ", "  ", 1)
    return "  if [[ $current == -* ]]; then\n" + words + "    return\n  fi\n" + FILES.format(indent="  ")


def render(help_text):
    cases = []
    for argument in help_text.arguments:
        if argument.names and argument.type:
            body = _values(argument, "      ")
            cases.append(f"    {'|'.join(argument.names)})\n{body}      return ;;")
    return FUNCTION.format(program=help_text.program, cases="\n".join(cases), rest=_rest(help_text))
