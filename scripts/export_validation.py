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

import argparse
import os
import sys

import onnx
from onnx import TensorProto, helper

OPSET = 13
DIRECTORY = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "validation", "networks")


class Chain:
    """An ONNX graph under construction in which every operator reads the one before it."""

    def __init__(self, name, side):
        self.name, self.nodes, self.parameters = name, [], []
        self.last, self.channels, self.side = "input", 3, side
        self.input = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, side, side])

    def parameter(self, name, shape):
        self.parameters.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        return name

    def node(self, kind, name, parameters=(), **attributes):
        self.nodes.append(helper.make_node(kind, [self.last, *parameters], [name], name=name, **attributes))
        self.last = name

    def conv(self, name, out, kernel, stride=1, pad=0, groups=1):
        """With bias, and a ReLU behind it."""
        weight = self.parameter(f"{name}.weight", [out, self.channels // groups, kernel, kernel])
        bias = self.parameter(f"{name}.bias", [out])
        self.node(
            "Conv", name, (weight, bias), kernel_shape=[kernel, kernel], strides=[stride, stride], pads=[pad] * 4,
            group=groups,
        )
        self.node("Relu", f"{name}/relu")
        self.channels = out
        self.side = (self.side + 2 * pad - kernel) // stride + 1

    def pool(self, name, kernel):
        self.node("MaxPool", name, kernel_shape=[kernel, kernel], strides=[2, 2])
        self.side = (self.side - kernel) // 2 + 1

    def model(self):
        shape = [1, self.channels, self.side, self.side]
        output = helper.make_tensor_value_info(self.last, TensorProto.FLOAT, shape)
        graph = helper.make_graph(self.nodes, self.name, [self.input] + self.parameters, [output])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = 7
        model.producer_name = "export_validation.py"
        helper.set_model_props(model, {"fusesim.inputs": "input"})
        onnx.checker.check_model(model)
        return model


def alexnet_conv():
    net = Chain("alexnet_conv", 227)
    net.conv("conv1", 96, 11, stride=4)
    net.pool("pool1", 3)
    net.conv("conv2", 256, 5, pad=2, groups=2)
    net.pool("pool2", 3)
    net.conv("conv3", 384, 3, pad=1)
    net.conv("conv4", 384, 3, pad=1, groups=2)
    net.conv("conv5", 256, 3, pad=1, groups=2)
    return net.model()


def vgg19_head():
    net = Chain("vgg19_head", 224)
    net.conv("conv1_1", 64, 3, pad=1)
    net.conv("conv1_2", 64, 3, pad=1)
    net.pool("pool1", 2)
    net.conv("conv2_1", 128, 3, pad=1)
    net.conv("conv2_2", 128, 3, pad=1)
    net.pool("pool2", 2)
    net.conv("conv3_1", 256, 3, pad=1)
    return net.model()


def main():
    parser = argparse.ArgumentParser(description="writes validation/networks/*.onnx")
    parser.add_argument("--check", action="store_true", help="compare with the files instead of writing them")
    check = parser.parse_args().check
    different = False
    for network in (alexnet_conv, vgg19_head):
        path = os.path.join(DIRECTORY, f"{network.__name__}.onnx")
        made = network().SerializeToString(deterministic=True)
        if not check:
            with open(path, "wb") as file:
                file.write(made)
            continue
        with open(path, "rb") as file:
            if file.read() != made:
                print(f"{path}: differs from what this script makes")
                different = True
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
