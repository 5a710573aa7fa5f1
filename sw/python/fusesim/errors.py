"""The one exception of the package."""

import enum


class ErrorKind(enum.Enum):
    """What went wrong; the value is the exit code that FuseSim's programs have for it."""

    MISMATCH = 1
    """Prediction and machine disagree, or the machine stopped."""
    BAD_INPUT = 2
    """A model, a configuration, an option or a plan that cannot be used."""
    INTERNAL = 3
    """A fault of FuseSim, or a program of it that is not there."""


class Error(Exception):
    """A fault, in the words of FuseSim's programs: "place: expected X, got Y", one line for each.

    kind: ErrorKind. report: the Report of a run whose figures were not confirmed, else None.
    """

    def __init__(self, text, kind=ErrorKind.BAD_INPUT, report=None):
        super().__init__(text)
        self.kind = kind
        self.report = report

    def __reduce__(self):
        return type(self), (str(self), self.kind, self.report)
