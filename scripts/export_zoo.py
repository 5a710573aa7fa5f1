#!/usr/bin/python3
"""Writes models/*.onnx: torchvision's own networks in eval mode, with shapes instead of weights.

Every file is a function of the torch and torchvision versions alone and comes out byte for byte the same.
models/README.md describes the format. Needs the Debian packages python3-torch, python3-torchvision and
python3-onnx.

  scripts/export_zoo.py                     write all models
  scripts/export_zoo.py --only resnet18     write some
  scripts/export_zoo.py --check             export again into memory, compare with models/, exit 1 on a difference
  scripts/export_zoo.py --table ZOO_TABLE   print the table of models/README.md; ZOO_TABLE is the program of that
                                            name in a build directory, which counts in the imported graphs
"""

import argparse
import hashlib
import io
import os
import subprocess
import sys
import warnings

import onnx
import torch
import torchvision

OPSET = 13
MODELS_DIRECTORY = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "models")

# name -> (input side, arguments of the torchvision constructor)
ZOO = {
    "alexnet": (224, {}),
    "vgg16": (224, {"init_weights": False}),
    "squeezenet1_0": (224, {}),
    "squeezenet1_1": (224, {}),
    "resnet18": (224, {}),
    "resnet50": (224, {}),
    "resnet101": (224, {}),
    "resnet152": (224, {}),
    "mobilenet_v2": (224, {}),
    "mobilenet_v3_small": (224, {}),
    "mobilenet_v3_large": (224, {}),
    "efficientnet_b0": (224, {}),
    "efficientnet_b3": (300, {}),
    "deeplabv3_mobilenet_v3_large": (513, {"weights_backbone": None}),
    "inception_v3": (299, {"init_weights": False, "transform_input": False}),
    "densenet121": (224, {}),
}

# Operator inputs that hold parameters, of the operators that the zoo has; sw/import/operators.cc knows more.
PARAMETER_SLOTS = {
    "Conv": {1, 2},
    "ConvTranspose": {1, 2},
    "Gemm": {1, 2},
    "BatchNormalization": {1, 2, 3, 4},
}


class TensorOutput(torch.nn.Module):
    """Turns the {"out": tensor} of segmentation networks into the tensor; node names stay as they are."""

    def __init__(self, network):
        super().__init__()
        self.__dict__["network"] = network
        for name, child in network.named_children():
            setattr(self, name, child)

    def forward(self, image):
        return self.network(image)["out"]


def constructor_and_weights(name):
    if name.startswith("deeplabv3"):
        module = torchvision.models.segmentation
        return module.deeplabv3_mobilenet_v3_large, module.DeepLabV3_MobileNet_V3_Large_Weights.DEFAULT
    constructor = getattr(torchvision.models, name)
    enum_name = next(e for e in dir(torchvision.models) if e.lower() == f"{name}_weights")
    return constructor, getattr(torchvision.models, enum_name).IMAGENET1K_V1


def build(name):
    """The network in eval mode. All tensors get distinct values, so that the exporter does not merge equal ones."""
    constructor, _ = constructor_and_weights(name)
    torch.manual_seed(0)
    network = constructor(weights=None, **ZOO[name][1]).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.uniform_(-0.05, 0.05)
        for statistic in network.buffers():
            if statistic.is_floating_point():
                statistic.uniform_(0.5, 1.5)
    return network


def export(name, network):
    side = ZOO[name][0]
    buffer = io.BytesIO()
    traced = TensorOutput(network).eval() if name.startswith("deeplabv3") else network
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            traced,
            torch.zeros(1, 3, side, side),
            buffer,
            opset_version=OPSET,
            input_names=["input"],
            output_names=["output"],
            training=torch.onnx.TrainingMode.EVAL,
        )
    return onnx.load_model_from_string(buffer.getvalue())


def strip_weights(model):
    """Replaces every initialiser that is read only as a parameter by a graph input of its type and shape."""
    graph = model.graph
    elsewhere = {
        name
        for node in graph.node
        for slot, name in enumerate(node.input)
        if slot not in PARAMETER_SLOTS.get(node.op_type, ())
    }
    true_inputs = [i.name for i in graph.input]
    kept = []
    for tensor in graph.initializer:
        if tensor.name in elsewhere:
            kept.append(tensor)
        else:
            graph.input.append(onnx.helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims))
    kept = [onnx.TensorProto.FromString(t.SerializeToString()) for t in kept]
    del graph.initializer[:]
    graph.initializer.extend(kept)
    onnx.helper.set_model_props(model, {"fusesim.inputs": "\n".join(true_inputs)})
    return model


def folded_parameters(network, model):
    """Elements that the accelerator has to fetch: a normalisation folded into the convolution before it leaves
    one bias per channel of its four vectors, one that stands alone leaves a scale and a shift per channel."""
    count = 0
    normalised = 0
    for module in network.modules():
        own = sum(p.numel() for p in module.parameters(recurse=False))
        count += own
        if isinstance(module, torch.nn.BatchNorm2d):
            normalised += module.num_features
        elif own and not isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
            raise SystemExit(f"parameters of {type(module).__name__} are not accounted for")
    channels = {value.name: value.type.tensor_type.shape.dim[0].dim_value for value in model.graph.input}
    standing = sum(channels[node.input[1]] for node in model.graph.node if node.op_type == "BatchNormalization")
    return count - (normalised - standing)


def file_parameters(model):
    """The same count from the file: every parameter input, without the mean and variance of normalisations."""
    statistics = {i for node in model.graph.node if node.op_type == "BatchNormalization" for i in node.input[3:5]}
    count = 0
    for value in model.graph.input:
        if value.name == "input" or value.name in statistics:
            continue
        elements = 1
        for dim in value.type.tensor_type.shape.dim:
            elements *= dim.dim_value
        count += elements
    return count


def multiply_accumulates(name, network):
    """Of all convolutions and linear layers, counted while an image passes through torch's modules."""
    total = 0

    def add(module, _, output):
        nonlocal total
        inner = module.in_features if isinstance(module, torch.nn.Linear) else module.weight[0].numel()
        total += output.numel() * inner

    for module in network.modules():
        if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
            module.register_forward_hook(add)
    with torch.no_grad():
        network(torch.zeros(1, 3, ZOO[name][0], ZOO[name][0]))
    return total


def make(name):
    """Returns (bytes of the file, torch parameters, parameters to fetch, published parameters, network)."""
    network = build(name)
    model = strip_weights(export(name, network))
    onnx.checker.check_model(model)
    if name == "inception_v3":
        network.AuxLogits = None  # not part of inference
    total = sum(p.numel() for p in network.parameters())
    expected = folded_parameters(network, model)
    if file_parameters(model) != expected:
        raise SystemExit(f"{name}: file holds {file_parameters(model)} parameters, torch has {expected}")
    published = constructor_and_weights(name)[1].meta["num_params"]
    return model.SerializeToString(deterministic=True), total, expected, published, network


def write_whole(path, data):
    temporary = path + ".tmp"
    with open(temporary, "wb") as file:
        file.write(data)
    os.replace(temporary, path)


def print_table(names, program):
    """Fails if the imported graphs and torch differ in parameters or multiply-accumulates."""
    lines = subprocess.run([program, os.path.dirname(MODELS_DIRECTORY)], check=True, capture_output=True, text=True).stdout
    imported = {fields[0]: [int(f) for f in fields[1:]] for fields in map(str.split, lines.splitlines())}
    print("| model | input | ops | epilogues apart | published | auxiliary | folded | parameters | MACs |")
    print("|---|---|---:|---:|---:|---:|---:|---:|---:|")
    for name in names:
        _, total, fetched, published, network = make(name)
        folded, apart, parameters, macs = imported[name]
        if (parameters, macs) != (fetched, multiply_accumulates(name, network)):
            raise SystemExit(f"{name}: graph has {parameters} parameters and {macs} MACs, torch {fetched} and others")
        side = f"{ZOO[name][0]}x{ZOO[name][0]}"
        print(
            f"| {name} | {side} | {folded} | {apart} | {published} | {total - published} | {fetched - total} "
            f"| {parameters} | {macs} |",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="MODEL", choices=sorted(ZOO), default=list(ZOO))
    parser.add_argument("--out", default=MODELS_DIRECTORY, metavar="DIR")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    parser.add_argument("--table", metavar="ZOO_TABLE", help="print the table of models/README.md instead of writing")
    arguments = parser.parse_args()
    if arguments.table:
        print_table(arguments.only, arguments.table)
        return 0
    different = 0
    for name in arguments.only:
        data = make(name)[0]
        path = os.path.join(arguments.out, name + ".onnx")
        if not arguments.check:
            write_whole(path, data)
        with open(path, "rb") as file:
            same = file.read() == data
        different += not same
        print(f"{hashlib.sha256(data).hexdigest()}  {name}.onnx {len(data)} bytes{'' if same else ' DIFFERS'}", flush=True)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
