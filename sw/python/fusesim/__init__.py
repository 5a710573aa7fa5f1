"""FuseSim from Python: operator fusion for CNN accelerators, predicted and simulated.

    import fusesim as fs
    report = fs.run("resnet50", fusion="lbdf", buffer="256KiB", objective="edp")
    print(report)
    report.to_pandas()

run() and sweep() simulate, each run in a process of its own; Network, Pricer, Plan and search() work in this one.
Sizes are bytes, or text as "256KiB"; energy is picojoule, time cycles of the accelerator's clock, unless a name says
otherwise. Every fault is an Error in the words of FuseSim's programs.
"""

from . import plots
from .drawing import Drawing
from .errors import Error, ErrorKind
from .explaining import Explanation, explain
from .network import Graph, Network, Op, Tensor, models
from .plan import Plan
from .pricing import BufferPart, GroupPrice, Pricer
from .report import Alternative, GroupReport, Outcome, Report, Traffic, Unfusable
from .running import run
from .searching import Found, FrontPoint, search
from .sweeping import Point, Sweep, sweep

__all__ = ["Alternative", "BufferPart", "Drawing", "Error", "ErrorKind", "Explanation", "Found", "FrontPoint",
           "Graph", "GroupPrice", "GroupReport", "Network", "Op", "Outcome", "Plan", "Point", "Pricer", "Report",
           "Sweep", "Tensor", "Traffic", "Unfusable", "explain", "models", "plots", "run", "search", "sweep"]
