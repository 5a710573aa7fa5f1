"""What the scripts that export networks with torch share: modules whose weights nobody writes, ONNX files without their
elements, and a count of multiply-accumulates while an image passes through the modules.

Needs the Debian packages python3-torch and python3-onnx.
"""

import io
import warnings

import onnx
import torch

KEPT_ELEMENTS = 64  # constants up to this size are bounds, scales and shapes; longer ones are weights


def leave_weights_alone():
    """Constructors of torch leave weights as the allocator gives them: shapes are all that is asked for, and memory that
    nobody writes takes no time."""
    for name in ("trunc_normal_", "normal_", "kaiming_normal_", "kaiming_uniform_", "uniform_", "xavier_uniform_",
                 "xavier_normal_", "constant_", "zeros_", "ones_"):
        setattr(torch.nn.init, name, lambda tensor, *_, **__: tensor)
    torch.set_flush_denormal(True)


def distinct(network):
    """Tensors that differ, for the exporter makes one of those that are equal; short ones stay in the file, so that all of
    their values are set."""
    for number, tensor in enumerate([*network.parameters(), *network.buffers()]):
        if tensor.is_floating_point():
            values = tensor.data.view(-1)
            short = values.numel() <= KEPT_ELEMENTS
            ramp = torch.arange(values.numel() if short else 1, dtype=values.dtype)
            values[: ramp.numel()] = number + 1 + ramp / (2 * KEPT_ELEMENTS)
    return network


def strip(model):
    """Initialisers keep their dimensions and lose their elements."""
    for tensor in model.graph.initializer:
        elements = 1
        for size in tensor.dims:
            elements *= size
        if elements > KEPT_ELEMENTS and tensor.data_type == onnx.TensorProto.FLOAT:
            for field in ("raw_data", "float_data"):
                tensor.ClearField(field)
    return model


def zero_by_copying(tensor):
    """torch 1.13 cannot export zero_(), it can a copy."""
    return tensor.copy_(torch.zeros_like(tensor))


def export(network, shape, opset, parameters=True):
    """The ONNX model of a module in eval mode for one input. Without `parameters` they are graph inputs: a file of more than
    2 GB has no other form."""
    buffer = io.BytesIO()
    torch.Tensor.zero_ = zero_by_copying
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Gradients stay on: without them torch takes a fused attention that it cannot export.
        torch.onnx.export(
            distinct(network), torch.zeros(shape), buffer, opset_version=opset, input_names=["input"],
            output_names=["output"], export_params=parameters, training=torch.onnx.TrainingMode.EVAL,
        )
    model = strip(onnx.load_model_from_string(buffer.getvalue()))
    if not parameters:
        onnx.helper.set_model_props(model, {"fusesim.inputs": "input"})
    return model


def attention_macs(module, inputs, output):
    """Of torch's own attention of a sequence to itself: four projections, and every position against every other, twice."""
    result = output[0]
    tokens = result.shape[1] if module.batch_first or result.dim() == 2 else result.shape[0]
    return result.numel() * (4 * module.embed_dim + 2 * tokens)


class Counter:
    """Multiply-accumulates of convolutions, linear layers and attention, from forward hooks on torch's modules. Kinds of
    attention that are no module of torch's own come as {type: function(module, inputs, output)}; modules of these names compute
    constants, which an exported network has as such."""

    def __init__(self, network, attention=None, constants=None):
        self.macs = 0
        attention = {torch.nn.MultiheadAttention: attention_macs, **(attention or {})}
        constant = tuple(constants or ())
        for name, module in network.named_modules():
            if any(part in constant for part in name.split(".")):
                continue
            if type(module) in attention:
                count = attention[type(module)]
                module.register_forward_hook(lambda m, i, o, count=count: self.add(count(m, i, o)))
            if isinstance(module, (torch.nn.Conv1d, torch.nn.Conv2d, torch.nn.ConvTranspose2d, torch.nn.Linear)):
                module.register_forward_hook(self.layer)

    def add(self, macs):
        self.macs += macs

    def layer(self, module, inputs, output):
        if isinstance(module, torch.nn.Linear):
            self.add(output.numel() * module.in_features)
        elif isinstance(module, torch.nn.ConvTranspose2d):
            self.add(inputs[0].numel() * module.weight[0].numel())
        else:
            self.add(output.numel() * module.weight[0].numel())


def count_macs(network, shape, attention=None, constants=None):
    counter = Counter(network, attention, constants)
    network(torch.zeros(shape))
    return counter.macs
