"""What the irregular networks are made of."""

from onnx import TensorProto

from ..network import Network


class Irregular(Network):
    producer = "export_irregular.py"

    def depthwise(self, name, x, kernel, stride=1, dilation=1, shared=None):
        """Without bias: no normalisation between depthwise and pointwise."""
        c = self.channels[x]
        return self.conv(name, x, c, kernel, stride, groups=c, bias=False, dilation=dilation, shared=shared)

    def rectified(self, name, x, out, kernel=1, stride=1, pad=None):
        """Convolution, normalisation, ReLU."""
        return self.relu(f"{name}/relu", self.conv(f"{name}/conv", x, out, kernel, stride, pad=pad))

    def sigmoid(self, name, x):
        return self.node("Sigmoid", name, [x], self.channels[x])

    def swish(self, name, x):
        return self.multiply(f"{name}/mul", x, self.sigmoid(f"{name}/sigmoid", x))

    def multiply(self, name, x, factor):
        return self.node("Mul", name, [x, factor], self.channels[x])

    def add(self, name, values):
        return self.node("Sum" if len(values) > 2 else "Add", name, values, self.channels[values[0]])

    def concat(self, name, values):
        return self.node("Concat", name, values, sum(self.channels[v] for v in values), axis=1)

    def pool(self, kind, name, x, kernel=3, stride=1, pad=None):
        return self.node(
            kind, name, [x], self.channels[x], kernel_shape=[kernel, kernel], strides=[stride, stride],
            pads=[kernel // 2 if pad is None else pad] * 4,
        )

    def enlarged(self, name, x, factor):
        """Every element `factor` times in each direction."""
        scales = self.constant(f"{name}.scales", TensorProto.FLOAT, [1, 1, factor, factor])
        return self.node(
            "Resize", name, [x, "", scales], self.channels[x], mode="nearest", nearest_mode="floor",
            coordinate_transformation_mode="asymmetric",
        )

    def shifted(self, name, x):
        """One row up and one column to the left, with zeros behind."""
        pads = self.constant(f"{name}.pads", TensorProto.INT64, [0, 0, -1, -1, 0, 0, 1, 1])
        return self.node("Pad", name, [x, pads], self.channels[x])

    def mean(self, name, x):
        return self.node("GlobalAveragePool", name, [x], self.channels[x])

    def classifier(self, x, classes=1000):
        c = self.channels[x]
        x = self.node("Flatten", "flatten", [self.mean("pool", x)], c)
        weight, bias = self.parameter("fc.weight", [classes, c]), self.parameter("fc.bias", [classes])
        return self.node("Gemm", "output", [x, weight, bias], classes, transB=1)

    def model(self):
        return self.made({"output": [1, 1000]})
