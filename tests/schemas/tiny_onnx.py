"""Writes small ONNX files without the onnx package: the few protobuf fields of onnx.proto that shapes need."""


def _varint(value):
    out = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        out.append(low | (0x80 if value else 0))
        if not value:
            return bytes(out)


def _number(field, value):
    return _varint(field << 3) + _varint(value)


def _bytes(field, value):
    value = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _value(name, shape):
    """ValueInfoProto of a float tensor."""
    dims = b"".join(_bytes(1, _number(1, size)) for size in shape)
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, 1) + _bytes(2, dims)))


def model(inputs, nodes, outputs):
    """`inputs`: name -> shape, weights among them; `nodes`: (operator, inputs, output); `outputs`: name -> shape."""
    graph = _bytes(2, "tiny")
    for operator, read, made in nodes:
        names = b"".join(_bytes(1, name) for name in read)
        graph += _bytes(1, names + _bytes(2, made) + _bytes(3, f"{operator}_{made}") + _bytes(4, operator))
    graph += b"".join(_bytes(11, _value(name, shape)) for name, shape in inputs.items())
    graph += b"".join(_bytes(12, _value(name, shape)) for name, shape in outputs.items())
    return _number(1, 7) + _bytes(8, _number(2, 13)) + _bytes(7, graph)


def with_opaque_and_unread():
    """conv -> hardmax, which has no kind of its own, and an activation that nobody reads."""
    return model({"x": [1, 3, 8, 8], "w": [4, 3, 3, 3]},
                 [("Conv", ["x", "w"], "c"), ("Hardmax", ["c"], "s"), ("Sigmoid", ["c"], "unread")],
                 {"s": [1, 4, 6, 6]})
