#!/usr/bin/python3
"""Writes models/irregular/*.onnx: networks whose graphs are not chains of blocks, with shapes instead of weights.

  randwire_ws    after RandWire-WS(4, 0.75), small regime, C = 78, N = 32: Xie et al., Exploring Randomly Wired Neural
                 Networks for Image Recognition, ICCV 2019
  nasnet_mobile  after NASNet-A (4 @ 1056): Zoph et al., Learning Transferable Architectures for Scalable Image
                 Recognition, CVPR 2018

models/irregular/README.md says where they differ from the papers. Every file is a function of this script alone and
comes out byte for byte the same; needs the Debian package python3-onnx.

  scripts/export_irregular.py           write both
  scripts/export_irregular.py --check   make them again in memory, compare, exit 1 on a difference
"""

import random
import sys

from export.network import Network, write


class Irregular(Network):
    producer = "export_irregular.py"

    def depthwise(self, name, x, kernel, stride=1):
        """Without bias: no normalisation between depthwise and pointwise."""
        c = self.channels[x]
        return self.conv(name, x, c, kernel, stride, groups=c, bias=False)

    def add(self, name, values):
        return self.node("Sum" if len(values) > 2 else "Add", name, values, self.channels[values[0]])

    def concat(self, name, values):
        return self.node("Concat", name, values, sum(self.channels[v] for v in values), axis=1)

    def pool(self, kind, name, x, kernel=3, stride=1):
        return self.node(
            kind, name, [x], self.channels[x], kernel_shape=[kernel, kernel], strides=[stride, stride],
            pads=[kernel // 2] * 4,
        )

    def classifier(self, x, classes=1000):
        c = self.channels[x]
        x = self.node("GlobalAveragePool", "pool", [x], c)
        x = self.node("Flatten", "flatten", [x], c)
        weight, bias = self.parameter("fc.weight", [classes, c]), self.parameter("fc.bias", [classes])
        return self.node("Gemm", "output", [x, weight, bias], classes, transB=1)

    def model(self):
        return self.made("output", [1, 1000])


def watts_strogatz(nodes, neighbours, probability, source):
    """Edges (i, j), i < j, of a ring in which each node knows its nearest neighbours and each edge leads elsewhere
    with this probability; drawn again until the graph is connected."""
    while True:
        edges = {tuple(sorted((i, (i + k) % nodes))) for k in range(1, neighbours // 2 + 1) for i in range(nodes)}
        for k in range(1, neighbours // 2 + 1):
            for i in range(nodes):
                old = tuple(sorted((i, (i + k) % nodes)))
                free = [j for j in range(nodes) if j != i and tuple(sorted((i, j))) not in edges]
                if source.random() >= probability or not free or old not in edges:
                    continue
                edges.remove(old)
                edges.add(tuple(sorted((i, free[int(source.random() * len(free))]))))
        reached, waiting = {0}, [0]
        while waiting:
            node = waiting.pop()
            for a, b in edges:
                other = b if a == node else a if b == node else node
                if other not in reached:
                    reached.add(other)
                    waiting.append(other)
        if len(reached) == nodes:
            return sorted(edges)


def random_stage(net, name, x, channels, nodes, source):
    """Nodes without a source read the stage's input with stride 2; the stage's output is the sum of the nodes that
    nothing reads."""
    edges = watts_strogatz(nodes, 4, 0.75, source)
    values = []
    for i in range(nodes):
        sources = [values[a] for a, b in edges if b == i]
        node = f"{name}/{i}"
        y = x if not sources else sources[0]
        if len(sources) > 1:
            y = net.add(f"{node}/sum", sources)
        y = net.relu(f"{node}/relu", y)
        y = net.depthwise(f"{node}/depthwise", y, 3, 1 if sources else 2)
        values.append(net.conv(f"{node}/pointwise", y, channels))
    read = {a for a, _ in edges}
    return net.add(f"{name}/sum", [values[i] for i in range(nodes) if i not in read])


def randwire_ws():
    net = Irregular("randwire_ws", 224)
    source = random.Random(2019)
    c = 78
    x = net.conv("conv1", "input", c // 2, 3, 2)
    x = net.depthwise("conv2/depthwise", net.relu("conv2/relu", x), 3, 2)
    x = net.conv("conv2/pointwise", x, c)
    for stage, channels in (("conv3", c), ("conv4", 2 * c), ("conv5", 4 * c)):
        x = random_stage(net, stage, x, channels, 32, source)
    x = net.conv("conv6", net.relu("conv6/relu", x), 1280)
    net.classifier(net.relu("relu", x))
    return net.model()


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


NETWORKS = (nasnet_mobile, randwire_ws)

if __name__ == "__main__":
    sys.exit(write(__doc__, "models/irregular", NETWORKS))
