"""What the scripts that write networks by hand share: an ONNX graph under construction, and their command line."""

import argparse
import hashlib
import os

import onnx
from onnx import TensorProto, helper

OPSET = 13
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Network:
    """Shapes instead of weights. Values are tensor names; their channels are kept beside them."""

    producer = None  # the script that writes it, as the file names it

    def __init__(self, name, side):
        self.name, self.nodes, self.parameters, self.constants = name, [], {}, []
        self.channels = {"input": 3}
        self.input = self.tensor("input", [1, 3, side, side])

    @staticmethod
    def tensor(name, shape):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    def parameter(self, name, shape):
        """A second one of the same name is the first."""
        self.parameters.setdefault(name, self.tensor(name, shape))
        return name

    def constant(self, name, kind, values):
        """A tensor whose values the file keeps: bounds, scales."""
        self.constants.append(helper.make_tensor(name, kind, [len(values)], values))
        return name

    def node(self, kind, name, inputs, channels, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        self.channels[name] = channels
        return name

    def conv(self, name, x, out, kernel=1, stride=1, groups=1, pad=None, bias=True, dilation=1, shared=None):
        """The bias is what a folded batch normalisation leaves. Kernel and stride are one number or (down, across); without
        `pad` a window of stride 1 keeps the size. `shared`: the convolution whose weights, and biases, these are."""
        kernel, stride = (size if isinstance(size, tuple) else (size, size) for size in (kernel, stride))
        pads = [side // 2 * dilation if pad is None else pad for side in kernel]
        owner = shared or name
        inputs = [x, self.parameter(f"{owner}.weight", [out, self.channels[x] // groups, *kernel])]
        if bias:
            inputs.append(self.parameter(f"{owner}.bias", [out]))
        spread = {} if dilation == 1 else {"dilations": [dilation, dilation]}
        return self.node(
            "Conv", name, inputs, out, kernel_shape=kernel, strides=stride, pads=pads * 2, group=groups,
            **spread,
        )

    def relu(self, name, x):
        return self.node("Relu", name, [x], self.channels[x])

    def made(self, outputs):
        """The model whose results are these tensors: name -> shape."""
        inputs = [self.input, *self.parameters.values()]
        results = [self.tensor(name, shape) for name, shape in outputs.items()]
        graph = helper.make_graph(self.nodes, self.name, inputs, results, initializer=self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = 7
        model.producer_name = self.producer
        helper.set_model_props(model, {"fusesim.inputs": "input"})
        onnx.checker.check_model(model)
        return model


def write(description, folder, networks):
    """Command line of a script: each of these functions makes the model of folder/NAME.onnx. Returns the exit code."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the files instead of writing them")
    check = parser.parse_args().check
    different = 0
    for make in networks:
        data = make().SerializeToString(deterministic=True)
        path = os.path.join(ROOT, folder, make.__name__ + ".onnx")
        if not check:
            with open(path + ".tmp", "wb") as file:
                file.write(data)
            os.replace(path + ".tmp", path)
        with open(path, "rb") as file:
            same = file.read() == data
        different += not same
        said = "" if same else " DIFFERS"
        print(f"{hashlib.sha256(data).hexdigest()}  {os.path.basename(path)} {len(data)} bytes{said}")
    return 1 if different else 0
