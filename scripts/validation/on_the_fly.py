"""Joins every addition with the convolution before it, as a machine does that adds while results leave its array.

NVDLA documentation, unit description of the single data point processor: an element-wise layer takes one cube from the
convolution pipeline and the other from memory. The rest of the plan stays as it is, so that what is compared are the
machine's own layers. Only 1x1 convolutions of stride 1 have additions behind them in the networks used here.
"""


class NotJoinable(Exception):
    """An addition that this module cannot describe."""


def join_additions(report, schedule):
    """A schedule of single operators under brr, changed. run_sim checks it: structure, buffer, bytes."""
    ops = {g["ops"][0]["index"]: g["ops"][0] for g in report["groups"]}
    groups = {g["ops"][0]["index"]: g for g in schedule["groups"]}
    capacity = schedule["buffer_bytes"]
    joined = {}
    for index, op in ops.items():
        if op["kind"] == "eltwise":
            conv = _convolution_before(index, op, ops)
            joined[conv] = None
            joined[index] = _pair(conv, index, ops, groups, report["config"], capacity)
    kept = [joined.get(index, group) for index, group in groups.items()]
    changed = {key: schedule[key] for key in schedule if key not in ("content_sha256", "prediction")}
    return {**changed, "groups": [group for group in kept if group is not None]}


def _convolution_before(index, op, ops):
    """The input that only this addition reads; of two, the one that was made first: the main path of a block."""
    for source in sorted(op["inputs"]):
        readers = [i for i, other in ops.items() if source in other["inputs"]]
        if source >= 0 and ops[source]["kind"] == "conv" and readers == [index]:
            return source
    raise NotJoinable(f"{op['name']}: no convolution that only it reads")


def _pair(conv, add, ops, groups, config, capacity):
    source = ops[conv]["inputs"][0]
    other = next(i for i in ops[add]["inputs"] if i != conv)
    if other == source or min(other, source) < 0:
        raise NotJoinable(f"{ops[add]['name']}: reads what its convolution reads, or the network's input")
    if ops[source]["shape"][1:] != ops[add]["shape"][1:]:
        raise NotJoinable(f"{ops[conv]['name']}: changes height or width")
    tensors = {i: groups[i]["outgoing"][0] for i in (source, conv, other, add)}
    slices = {source: "full", conv: "slice", other: "slice", add: "slice"}
    brr = _tiles(ops[conv], ops[source]["shape"], ops[add]["shape"], config, capacity)
    brr["residency"] = [
        {**tensors[i], "residency": slices[i]} for i in sorted(tensors, key=lambda i: tensors[i]["index"])
    ]
    return {
        "mode": "brr_tiles", "ops": [groups[conv]["ops"][0], groups[add]["ops"][0]],
        "outgoing": groups[add]["outgoing"], "brr": brr,
    }


def _tiles(conv, source, result, config, capacity):
    """Slices as wide as the array; of what fits the buffer, the least weight traffic, then the tallest tiles."""
    channels, height, width = result
    wide = min(config["pe"]["columns"], channels)
    both = config["brr"]["double_buffer"]
    weights = conv["weights"] * _bytes(config, "weight") + conv["biases"] * _bytes(config, "bias")
    sub_group = min(config["pe"]["rows"], source[0]) * wide * _bytes(config, "weight") + wide * _bytes(config, "bias")
    streamed = sub_group if both == "none" else min(2 * sub_group, weights)
    best = None
    for rows in range(1, height + 1):
        tiles = -(-height // rows)
        for resident in (True, False):
            kept = weights if resident else streamed
            if _storage(config, source, result, wide, rows, tiles, both) + kept >= capacity:
                continue
            rank = (weights * (1 if resident else tiles), -rows)
            if best is None or rank < best[0]:
                best = (rank, rows, tiles, resident)
    if best is None:
        raise NotJoinable(f"{conv['name']}: does not fit the buffer with its addition")
    _, rows, tiles, resident = best
    tile = {"start": "full", "join": "all", "slice_channels": wide, "tile_rows": rows, "tiles": tiles}
    tile["weights_resident"] = resident
    return tile if both == "none" else {**tile, "double_buffer": both}


def _storage(config, source, result, wide, rows, tiles, both):
    """Feature maps of a tile: the convolution's input, its slice with partial sums, the other operand, the sum."""
    element = _bytes(config, "activation")
    width = result[2]
    twice = both == "all"
    accumulates = source[0] > config["pe"]["rows"]
    partial = _bytes(config, "partial_sum") - element if accumulates else 0
    inputs = source[0] * rows * width * element * (2 if twice and tiles > 1 else 1)
    return inputs + wide * rows * width * (element + partial + (2 if twice else 1) * element + element)


def _bytes(config, kind):
    return config["datatypes"][f"{kind}_bits"] // 8

