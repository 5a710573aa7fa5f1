"""HRNet-W18-C: Wang et al., Deep High-Resolution Representation Learning for Visual Recognition, TPAMI 2020."""

from .network import Irregular


def bottleneck(net, name, x, inner):
    out = 4 * inner
    y = net.rectified(f"{name}/2", net.rectified(f"{name}/1", x, inner), inner, 3)
    y = net.conv(f"{name}/3", y, out)
    if net.channels[x] != out:
        x = net.conv(f"{name}/shortcut", x, out)
    return net.relu(f"{name}/relu", net.add(f"{name}/add", [y, x]))


def basic(net, name, x):
    c = net.channels[x]
    y = net.conv(f"{name}/2", net.rectified(f"{name}/1", x, c, 3), c, 3)
    return net.relu(f"{name}/relu", net.add(f"{name}/add", [y, x]))


def between(net, name, x, source, target, widths):
    """A map of resolution `source`, where 0 is the largest, at the width and resolution `target`."""
    if source == target:
        return x
    if source > target:
        x = net.conv(f"{name}/conv", x, widths[target])
        return net.enlarged(f"{name}/resize", x, 2 ** (source - target))
    for step in range(source, target - 1):
        x = net.rectified(f"{name}/{step}", x, net.channels[x], 3, 2)
    return net.conv(f"{name}/conv", x, widths[target], 3, 2)


def module(net, name, maps, widths):
    """Four blocks on every resolution, then every resolution gets the sum of all."""
    maps = list(maps)
    for branch, x in enumerate(maps):
        for block in range(4):
            x = basic(net, f"{name}/branch{branch}/{block}", x)
        maps[branch] = x
    fused = []
    for target in range(len(maps)):
        path = f"{name}/fuse{target}"
        parts = [between(net, f"{path}/{source}", x, source, target, widths) for source, x in enumerate(maps)]
        fused.append(net.relu(f"{path}/relu", net.add(f"{path}/sum", parts)))
    return fused


def hrnet_w18():
    net = Irregular("hrnet_w18", 224)
    widths = (18, 36, 72, 144)
    x = net.rectified("stem2", net.rectified("stem1", "input", 64, 3, 2), 64, 3, 2)
    for block in range(4):
        x = bottleneck(net, f"stage1/{block}", x, 64)
    maps = [net.rectified("stage2/new0", x, widths[0], 3), net.rectified("stage2/new1", x, widths[1], 3, 2)]
    for stage, modules in ((2, 1), (3, 4), (4, 3)):
        if len(maps) < stage:
            maps.append(net.rectified(f"stage{stage}/new{stage - 1}", maps[-1], widths[stage - 1], 3, 2))
        for number in range(modules):
            maps = module(net, f"stage{stage}/module{number}", maps, widths)
    x = None
    for branch, y in enumerate(maps):
        y = bottleneck(net, f"head/increase{branch}", y, 32 << branch)
        if x is not None:
            y = net.add(f"head/add{branch}", [y, net.rectified(f"head/down{branch}", x, 128 << branch, 3, 2)])
        x = y
    net.classifier(net.rectified("head/final", x, 2048))
    return net.model()
