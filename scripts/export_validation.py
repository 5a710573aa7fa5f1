#!/usr/bin/python3
"""Writes validation/networks/*.onnx: the parts of networks that published machines were measured on, with shapes
instead of weights.

  alexnet_conv  the five convolutions of AlexNet with its groups (Krizhevsky, Sutskever, Hinton, NIPS 2012), input
                227x227, with ReLU and max pools, without local response normalisation
  vgg19_head    the first five convolutions and two pools of VGG-19 (Simonyan, Zisserman, ICLR 2015), input 224x224

Every file is a function of this script alone and comes out byte for byte the same; needs the Debian package
python3-onnx.

  scripts/export_validation.py           write both
  scripts/export_validation.py --check   make them again in memory, compare, exit 1 on a difference
"""

import sys

from export.network import Network, write


class Chain(Network):
    """Every operator reads the one before it."""

    producer = "export_validation.py"

    def __init__(self, name, side):
        super().__init__(name, side)
        self.last, self.side = "input", side

    def layer(self, name, out, kernel, stride=1, pad=0, groups=1):
        """A convolution with bias, and a ReLU behind it."""
        self.last = self.relu(f"{name}/relu", self.conv(name, self.last, out, kernel, stride, groups, pad))
        self.side = (self.side + 2 * pad - kernel) // stride + 1

    def pool(self, name, kernel):
        self.last = self.node(
            "MaxPool", name, [self.last], self.channels[self.last], kernel_shape=[kernel, kernel], strides=[2, 2]
        )
        self.side = (self.side - kernel) // 2 + 1

    def model(self):
        return self.made({self.last: [1, self.channels[self.last], self.side, self.side]})


def alexnet_conv():
    net = Chain("alexnet_conv", 227)
    net.layer("conv1", 96, 11, stride=4)
    net.pool("pool1", 3)
    net.layer("conv2", 256, 5, pad=2, groups=2)
    net.pool("pool2", 3)
    net.layer("conv3", 384, 3, pad=1)
    net.layer("conv4", 384, 3, pad=1, groups=2)
    net.layer("conv5", 256, 3, pad=1, groups=2)
    return net.model()


def vgg19_head():
    net = Chain("vgg19_head", 224)
    net.layer("conv1_1", 64, 3, pad=1)
    net.layer("conv1_2", 64, 3, pad=1)
    net.pool("pool1", 2)
    net.layer("conv2_1", 128, 3, pad=1)
    net.layer("conv2_2", 128, 3, pad=1)
    net.pool("pool2", 2)
    net.layer("conv3_1", 256, 3, pad=1)
    return net.model()


if __name__ == "__main__":
    sys.exit(write(__doc__, "validation/networks", (alexnet_conv, vgg19_head)))
