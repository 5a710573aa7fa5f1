"""Inception-ResNet-v2: Szegedy et al., Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning, AAAI
2017."""

from .network import Irregular


def branches(net, name, x, paths):
    """`paths`: of each branch its convolutions as (channels, kernel, stride); a stride of 2 leaves out the border."""
    ends = []
    for number, path in enumerate(paths):
        y = x
        for step, (out, kernel, stride) in enumerate(path):
            y = net.rectified(f"{name}/{number}/{step}", y, out, kernel, stride, pad=0 if stride == 2 else None)
        ends.append(y)
    return ends


def residual(net, name, x, paths, last=False):
    """The scale of the sum's second term is in the weights of its convolution."""
    y = net.concat(f"{name}/concat", branches(net, name, x, paths))
    y = net.add(f"{name}/add", [x, net.conv(f"{name}/conv", y, net.channels[x])])
    return y if last else net.relu(f"{name}/relu", y)


def reduction(net, name, x, paths):
    ends = branches(net, name, x, paths)
    return net.concat(f"{name}/concat", [*ends, net.pool("MaxPool", f"{name}/pool", x, 3, 2, pad=0)])


BLOCK_A = (((32, 1, 1),), ((32, 1, 1), (32, 3, 1)), ((32, 1, 1), (48, 3, 1), (64, 3, 1)))
BLOCK_B = (((192, 1, 1),), ((128, 1, 1), (160, (1, 7), 1), (192, (7, 1), 1)))
BLOCK_C = (((192, 1, 1),), ((192, 1, 1), (224, (1, 3), 1), (256, (3, 1), 1)))
REDUCTION_A = (((384, 3, 2),), ((256, 1, 1), (256, 3, 1), (384, 3, 2)))
REDUCTION_B = (((256, 1, 1), (384, 3, 2)), ((256, 1, 1), (288, 3, 2)), ((256, 1, 1), (288, 3, 1), (320, 3, 2)))


def inception_resnet_v2():
    net = Irregular("inception_resnet_v2", 299)
    x = net.rectified("stem1", "input", 32, 3, 2, pad=0)
    x = net.rectified("stem3", net.rectified("stem2", x, 32, 3, pad=0), 64, 3)
    x = net.rectified("stem4", net.pool("MaxPool", "stem4/pool", x, 3, 2, pad=0), 80)
    x = net.pool("MaxPool", "stem5/pool", net.rectified("stem5", x, 192, 3, pad=0), 3, 2, pad=0)
    ends = branches(
        net, "mixed", x, (((96, 1, 1),), ((48, 1, 1), (64, 5, 1)), ((64, 1, 1), (96, 3, 1), (96, 3, 1)))
    )
    pooled = net.pool("AveragePool", "mixed/pool", x)
    x = net.concat("mixed/concat", [*ends, net.rectified("mixed/3/0", pooled, 64)])
    for i in range(10):
        x = residual(net, f"a{i}", x, BLOCK_A)
    x = reduction(net, "reduction_a", x, REDUCTION_A)
    for i in range(20):
        x = residual(net, f"b{i}", x, BLOCK_B)
    x = reduction(net, "reduction_b", x, REDUCTION_B)
    for i in range(10):
        x = residual(net, f"c{i}", x, BLOCK_C, last=i == 9)
    net.classifier(net.rectified("final", x, 1536))
    return net.model()
