"""RandWire-WS(4, 0.75), small regime, C = 78, N = 32: Xie et al., Exploring Randomly Wired Neural Networks for Image
Recognition, ICCV 2019."""

import random

from .network import Irregular


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


def randomly_wired(name, seed):
    net = Irregular(name, 224)
    source = random.Random(seed)
    c = 78
    x = net.conv("conv1", "input", c // 2, 3, 2)
    x = net.depthwise("conv2/depthwise", net.relu("conv2/relu", x), 3, 2)
    x = net.conv("conv2/pointwise", x, c)
    for stage, channels in (("conv3", c), ("conv4", 2 * c), ("conv5", 4 * c)):
        x = random_stage(net, stage, x, channels, 32, source)
    x = net.conv("conv6", net.relu("conv6/relu", x), 1280)
    net.classifier(net.relu("relu", x))
    return net.model()


def randwire_ws():
    return randomly_wired("randwire_ws", 2019)


def randwire_ws_2():
    return randomly_wired("randwire_ws_2", 2020)
