"""Networks of any size, with shapes instead of weights: one kind of layer after another, and residual networks."""

from export.network import Network

SIDE = 224
CLASSES = 1000


class Grown(Network):
    producer = "measure_growth"

    def __init__(self, name, side):
        super().__init__(name, side)
        self.side = side

    def layer(self, name, x, out, kernel=1, stride=1, groups=1):
        """A convolution with its activation."""
        self.side //= stride
        return self.relu(f"{name}.relu", self.conv(name, x, out, kernel, stride, groups))

    def head(self, x):
        c = self.channels[x]
        x = self.node("Flatten", "flatten", [self.node("GlobalAveragePool", "pool", [x], c)], c)
        weight, bias = self.parameter("fc.weight", [CLASSES, c]), self.parameter("fc.bias", [CLASSES])
        return self.made({self.node("Gemm", "output", [x, weight, bias], CLASSES, transB=1): [1, CLASSES]})


def chain(ops):
    """Convolutions of 3 x 3 and 1 x 1 in turn, after two that make the map small; as many ops."""
    network = Grown(f"chain_{ops}", SIDE)
    x = "input"
    for i in range(ops):
        kernel, stride = (3, 2) if i < 2 else (3 if i % 2 else 1, 1)
        x = network.layer(f"conv{i}", x, 32 if i % 4 < 2 else 64, kernel, stride)
    return network.made({x: [1, network.channels[x], network.side, network.side]})


def stages_of(blocks, shape):
    """So many blocks, at least one a stage, shared out as in a published network."""
    counts = [max(1, blocks * part // sum(shape)) for part in shape]
    counts[shape.index(max(shape))] += max(0, blocks - sum(counts))
    return counts


def residual(name, counts, block, widths, stem):
    """ResNet: a stem, stages of blocks that halve the map from the second on, and a classifier."""
    network = Grown(name, SIDE)
    x = network.layer("stem", "input", stem, 7, 2)
    x = network.node("MaxPool", "maxpool", [x], stem, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
    network.side //= 2
    for s, (count, width) in enumerate(zip(counts, widths)):
        for b in range(count):
            x = block(network, f"layer{s + 1}.{b}", x, width, 2 if s > 0 and b == 0 else 1)
    return network.head(x)


def joined(network, name, x, y, out, stride):
    shortcut = x
    if stride > 1 or network.channels[x] != out:
        shortcut = network.conv(f"{name}.down", x, out, 1, stride)
    return network.relu(f"{name}.relu", network.node("Add", f"{name}.add", [y, shortcut], out))


def basic_block(network, name, x, width, stride):
    y = network.layer(f"{name}.conv1", x, width, 3, stride)
    return joined(network, name, x, network.conv(f"{name}.conv2", y, width, 3), width, stride)


def bottleneck_block(network, name, x, width, stride):
    y = network.layer(f"{name}.conv1", x, width)
    y = network.layer(f"{name}.conv2", y, width, 3, stride)
    return joined(network, name, x, network.conv(f"{name}.conv3", y, 4 * width), 4 * width, stride)


WIDTHS = (64, 128, 256, 512)
# Convolution, pool, add, classifier: what is not in a block; an op more where a stage's shortcut has a convolution.
OPS_BESIDE_BLOCKS = 4


def basic_resnet(ops):
    """About so many ops in basic blocks, shared out over the stages as in ResNet-34."""
    counts = stages_of((ops - OPS_BESIDE_BLOCKS - 3) // 3, (3, 4, 6, 3))
    return residual(f"basic_resnet_{ops}", counts, basic_block, WIDTHS, 64)


def bottleneck_resnet(ops):
    """About so many ops in bottlenecks, shared out over the stages as in ResNet-152."""
    counts = stages_of((ops - OPS_BESIDE_BLOCKS - 4) // 4, (3, 8, 36, 3))
    return residual(f"bottleneck_resnet_{ops}", counts, bottleneck_block, WIDTHS, 64)


FAMILIES = {make.__name__: make for make in (chain, basic_resnet, bottleneck_resnet)}
