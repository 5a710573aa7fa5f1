"""Networks of cells that a search has found, each of which reads the two cells before it."""

from .network import Irregular


def separable(net, name, x, filters, kernel, stride=1):
    """ReLU, separable convolution, normalisation, twice."""
    for step, s in (("1", stride), ("2", 1)):
        x = net.relu(f"{name}/relu{step}", x)
        x = net.depthwise(f"{name}/depthwise{step}", x, kernel, s)
        x = net.conv(f"{name}/pointwise{step}", x, filters)
    return x


def squeezed(net, name, x, filters):
    return net.conv(f"{name}/conv", net.relu(f"{name}/relu", x), filters)


def adjusted(net, name, x, p, filters, halve):
    """The output of the cell before last at the last one's size: the factorised reduction, or a 1x1 convolution."""
    if p == x:
        return p
    if not halve:
        return p if net.channels[p] == filters else squeezed(net, name, p, filters)
    p = net.relu(f"{name}/relu", p)
    paths = []
    for path in ("1", "2"):
        y = net.pool("AveragePool", f"{name}/pool{path}", p, 1, 2)
        paths.append(net.conv(f"{name}/conv{path}", y, filters // 2))
    return net.concat(f"{name}/concat", paths)


def normal_cell(net, name, x, p, filters, halve):
    p = adjusted(net, f"{name}/adjust", x, p, filters, halve)
    h = squeezed(net, f"{name}/squeeze", x, filters)
    def block(number, a, b):
        return net.add(f"{name}/{number}/add", [a, b])
    def sep(number, side, value, kernel):
        return separable(net, f"{name}/{number}/{side}", value, filters, kernel)
    def average(number, side, value):
        return net.pool("AveragePool", f"{name}/{number}/{side}", value)
    x1 = block(1, sep(1, "left", h, 5), sep(1, "right", p, 3))
    x2 = block(2, sep(2, "left", p, 5), sep(2, "right", p, 3))
    x3 = block(3, average(3, "left", h), p)
    x4 = block(4, average(4, "left", p), average(4, "right", p))
    x5 = block(5, sep(5, "left", h, 3), h)
    return net.concat(f"{name}/concat", [p, x1, x2, x3, x4, x5])


def reduction_cell(net, name, x, p, filters, halve):
    p = adjusted(net, f"{name}/adjust", x, p, filters, halve)
    h = squeezed(net, f"{name}/squeeze", x, filters)
    def block(number, a, b):
        return net.add(f"{name}/{number}/add", [a, b])
    def sep(number, side, value, kernel, stride):
        return separable(net, f"{name}/{number}/{side}", value, filters, kernel, stride)
    x1 = block(1, sep(1, "left", h, 5, 2), sep(1, "right", p, 7, 2))
    x2 = block(2, net.pool("MaxPool", f"{name}/2/left", h, 3, 2), sep(2, "right", p, 7, 2))
    x3 = block(3, net.pool("AveragePool", f"{name}/3/left", h, 3, 2), sep(3, "right", p, 5, 2))
    x4 = block(4, x2, net.pool("AveragePool", f"{name}/4/right", x1))
    x5 = block(5, sep(5, "left", x1, 3, 1), net.pool("MaxPool", f"{name}/5/right", h, 3, 2))
    return net.concat(f"{name}/concat", [x2, x3, x4, x5])


def nasnet_mobile():
    net = Irregular("nasnet_mobile", 224)
    x = net.conv("stem", "input", 32, 3, 2, pad=0)
    p = x
    halve = False  # the cell before last has maps twice as large
    def cell(make, name, filters, halve_next):
        nonlocal x, p, halve
        x, p = make(net, name, x, p, filters, halve), x
        halve = halve_next
    cell(reduction_cell, "stem1", 11, True)
    cell(reduction_cell, "stem2", 22, True)
    for stage, filters in enumerate((44, 88, 176)):
        if stage > 0:
            cell(reduction_cell, f"reduce{stage}", filters, True)
        for i in range(4):
            cell(normal_cell, f"normal{4 * stage + i}", filters, False)
    net.classifier(net.relu("relu", x))
    return net.model()


# The cells of AmoebaNet-A and DARTS (second order): pairs of what is added, as (operation, number of a state). State 0 is made
# of the last cell, state 1 of the one before it; every pair makes the next state.
AMOEBANET_NORMAL = (
    (("average", 0), ("max", 0)),
    (("separable3", 1), ("same", 1)),
    (("same", 0), ("average", 1)),
    (("separable3", 0), ("separable5", 2)),
    (("average", 5), ("separable3", 0)),
)
AMOEBANET_REDUCTION = (
    (("separable3", 1), ("average", 0)),
    (("max", 0), ("separable7", 2)),
    (("max", 1), ("max", 0)),
    (("separable3", 4), ("line7", 0)),
    (("average", 1), ("separable7", 0)),
)
DARTS_NORMAL = (
    (("separable3", 1), ("separable3", 0)),
    (("separable3", 1), ("separable3", 0)),
    (("separable3", 0), ("same", 1)),
    (("same", 1), ("dilated3", 2)),
)
DARTS_REDUCTION = (
    (("max", 1), ("max", 0)),
    (("same", 2), ("max", 0)),
    (("max", 1), ("same", 2)),
    (("same", 2), ("max", 0)),
)


def operation(net, kind, name, x, filters, stride):
    if kind == "same":
        return x
    if kind in ("average", "max"):
        x = net.pool("MaxPool" if kind == "max" else "AveragePool", name, x, 3, stride)
        return x if net.channels[x] == filters else net.conv(f"{name}/conv", x, filters)
    if kind == "dilated3":
        x = net.depthwise(f"{name}/depthwise", net.relu(f"{name}/relu", x), 3, stride, dilation=2)
        return net.conv(f"{name}/pointwise", x, filters)
    if kind == "line7":
        return line(net, name, x, filters, stride)
    return separable(net, name, x, filters, int(kind[-1]), stride)


def line(net, name, x, filters, stride):
    """1x7 and 7x1 between convolutions to a quarter of the channels and back."""
    def step(number, x, out, kernel, strides):
        return net.conv(f"{name}/conv{number}", net.relu(f"{name}/relu{number}", x), out, kernel, strides)
    inner = filters // 4
    x = step(1, step(0, x, inner, 1, 1), inner, (1, 7), (1, stride))
    return step(3, step(2, x, inner, (7, 1), (stride, 1)), filters, 1, 1)


def cell_of(net, name, states, pairs, joined, filters, stride):
    """The states of the numbers `joined`, side by side; what reads the first two does so with this stride."""
    states = list(states)
    for number, pair in enumerate(pairs, 1):
        made = []
        for side, (kind, state) in zip(("left", "right"), pair):
            path = f"{name}/{number}/{side}"
            made.append(operation(net, kind, path, states[state], filters, stride if state < 2 else 1))
        states.append(net.add(f"{name}/{number}/add", made))
    return net.concat(f"{name}/concat", [states[state] for state in joined])


def factorised(net, name, x, filters):
    """Half the size by two convolutions, of which the second reads the pixels between those of the first."""
    x = net.relu(f"{name}/relu", x)
    first = net.conv(f"{name}/conv1", x, filters // 2, stride=2)
    second = net.conv(f"{name}/conv2", net.shifted(f"{name}/shift", x), filters - filters // 2, stride=2)
    return net.concat(f"{name}/concat", [first, second])


def chain_of_cells(net, x, p, halve, normal, reduction, cells):
    """The result of the last cell. A cell of `cells`, (name, filters), reads the last two results, at first x and, before it,
    p; `halve`: the maps of p are twice as large. `normal` and `reduction`, for names that say so: (pairs, joined)."""
    for name, filters in cells:
        reduces = name.startswith(("reduce", "stem"))
        if p == x:
            before = p
        elif halve:
            before = factorised(net, f"{name}/adjust", p, filters)
        else:
            before = squeezed(net, f"{name}/adjust", p, filters)
        states = [squeezed(net, f"{name}/squeeze", x, filters), before]
        pairs, joined = reduction if reduces else normal
        x, p = cell_of(net, name, states, pairs, joined, filters, 2 if reduces else 1), x
        halve = reduces
    return x


def amoebanet_a():
    net = Irregular("amoebanet_a", 224)
    x = net.conv("stem", "input", 32, 3, 2, pad=0)
    cells = [("stem1", 12), ("stem2", 25)]
    for stage, filters in enumerate((50, 100, 200)):
        cells += [(f"reduce{stage}", filters)] if stage else []
        cells += [(f"normal{4 * stage + i}", filters) for i in range(4)]
    normal, reduction = (AMOEBANET_NORMAL, (1, 3, 4, 6)), (AMOEBANET_REDUCTION, (2, 3, 4, 5, 6))
    net.classifier(net.relu("relu", chain_of_cells(net, x, x, False, normal, reduction, cells)))
    return net.model()


def darts():
    net = Irregular("darts", 224)
    p = net.conv("stem2", net.relu("stem1/relu", net.conv("stem1", "input", 24, 3, 2)), 48, 3, 2)
    x = net.conv("stem3", net.relu("stem3/relu", p), 48, 3, 2)
    filters, cells = 48, []
    for i in range(14):
        reduces = i in (4, 9)
        filters *= 2 if reduces else 1
        cells.append((f"reduce{i}" if reduces else f"normal{i}", filters))
    joined = (2, 3, 4, 5)
    net.classifier(chain_of_cells(net, x, p, True, (DARTS_NORMAL, joined), (DARTS_REDUCTION, joined), cells))
    return net.model()
