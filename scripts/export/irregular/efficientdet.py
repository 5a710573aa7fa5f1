"""EfficientDet-D0: Tan, Pang, Le, EfficientDet: Scalable and Efficient Object Detection, CVPR 2020."""

from .network import Irregular

SIDE, CLASSES, ANCHORS, WIDTH = 512, 90, 9, 64
# EfficientNet-B0: of each stage expansion, kernel, stride, channels and blocks.
STAGES = (
    (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)
LEVELS = range(3, 8)  # a map of level n has SIDE / 2^n rows


def inverted(net, name, x, expansion, kernel, stride, out):
    """Depthwise convolution between two pointwise ones, with squeeze and excitation."""
    c = net.channels[x]
    hidden = expansion * c
    y = x if expansion == 1 else net.swish(f"{name}/expand", net.conv(f"{name}/expand", x, hidden))
    y = net.swish(f"{name}/depthwise", net.conv(f"{name}/depthwise", y, hidden, kernel, stride, groups=hidden))
    gate = net.conv(f"{name}/squeeze", net.mean(f"{name}/mean", y), c // 4)
    gate = net.conv(f"{name}/excite", net.swish(f"{name}/squeeze", gate), hidden)
    y = net.multiply(f"{name}/scale", y, net.sigmoid(f"{name}/gate", gate))
    y = net.conv(f"{name}/project", y, out)
    return net.add(f"{name}/add", [x, y]) if stride == 1 and c == out else y


def backbone(net):
    """The maps of levels 3, 4 and 5."""
    x = net.swish("stem", net.conv("stem", "input", 32, 3, 2))
    maps = []
    for stage, (expansion, kernel, stride, out, blocks) in enumerate(STAGES, 1):
        for block in range(blocks):
            x = inverted(net, f"stage{stage}/{block}", x, expansion, kernel, stride if block == 0 else 1, out)
        if out in (40, 112, 320):
            maps.append(x)
    return maps


def fused(net, name, values):
    """The sum of values, each times a learned scalar, then swish and a separable convolution."""
    parts = []
    for number, value in enumerate(values):
        weight = net.parameter(f"{name}/weight{number}", [1])
        parts.append(net.multiply(f"{name}/weighted{number}", value, weight))
    x = net.swish(name, net.add(f"{name}/sum", parts))
    return net.conv(f"{name}/pointwise", net.depthwise(f"{name}/depthwise", x, 3), WIDTH)


def narrowed(net, name, x):
    return x if net.channels[x] == WIDTH else net.conv(name, x, WIDTH)


def pyramid(net, name, maps):
    """One layer of the BiFPN over maps of all levels: down the levels, then up again."""
    down = {7: maps[7]}
    for level in (6, 5, 4, 3):
        path = f"{name}/down{level}"
        above = net.enlarged(f"{path}/resize", down[level + 1], 2)
        down[level] = fused(net, path, [narrowed(net, f"{path}/narrow", maps[level]), above])
    up = {3: down[3]}
    for level in (4, 5, 6, 7):
        path = f"{name}/up{level}"
        same = [narrowed(net, f"{path}/narrow", maps[level])] + ([down[level]] if level < 7 else [])
        up[level] = fused(net, path, [*same, net.pool("MaxPool", f"{path}/pool", up[level - 1], 3, 2)])
    return up


def head(net, name, level, x, out):
    """Three separable convolutions and the predicting one. All levels share their weights, but not the normalisations that
    are folded into pointwise ones."""
    for step in range(3):
        path = f"{name}{level}/{step}"
        x = net.depthwise(f"{path}/depthwise", x, 3, shared=f"{name}/{step}/depthwise")
        x = net.swish(path, net.conv(f"{path}/pointwise", x, WIDTH))
    x = net.depthwise(f"{name}{level}/predict/depthwise", x, 3, shared=f"{name}/predict/depthwise")
    return net.conv(f"{name}{level}/predict/pointwise", x, out, shared=f"{name}/predict/pointwise")


def efficientdet_d0():
    net = Irregular("efficientdet_d0", SIDE)
    maps = dict(zip(LEVELS, backbone(net)))
    maps[6] = net.pool("MaxPool", "level6/pool", net.conv("level6/narrow", maps[5], WIDTH), 3, 2)
    maps[7] = net.pool("MaxPool", "level7/pool", maps[6], 3, 2)
    for layer in range(3):
        maps = pyramid(net, f"bifpn{layer}", maps)
    outputs = {}
    for name, out in (("class", ANCHORS * CLASSES), ("box", ANCHORS * 4)):
        for level in LEVELS:
            outputs[head(net, name, level, maps[level], out)] = [1, out, SIDE >> level, SIDE >> level]
    return net.made(outputs)
