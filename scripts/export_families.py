#!/usr/bin/python3
"""Writes models/families/*.onnx: one network each of kinds that the zoo lacks, with shapes instead of weights.

models/families/README.md says what they are and what has been published of them. All are exported by torch from modules in eval
mode, as people export them; scripts/export/families holds those that torchvision has not. Every file is a function of this
script and of the versions of torch and torchvision alone. Needs the Debian packages python3-torch, python3-torchvision and
python3-onnx.

  scripts/export_families.py           write all
  scripts/export_families.py --check   export again into memory, compare, exit 1 on a difference
  scripts/export_families.py --counts  print parameters and multiply-accumulates of torch's modules, from hooks
"""

import sys

import torch
import torchvision

from export import families
from export.torch_networks import count_macs, export, leave_weights_alone
from export.network import write

# name -> (module, shape of its input, opset)
NETWORKS = {
    "vit_tiny": (families.vit_tiny, (1, 3, 224, 224), 17),
    "convnext_tiny": (torchvision.models.convnext_tiny, (1, 3, 224, 224), 13),
    "swin_tiny": (families.SwinTiny, (1, 3, 224, 224), 17),
    "mobilevit_s": (families.MobileVitS, (1, 3, 256, 256), 13),
    "yolov3_tiny": (families.YoloTiny, (1, 3, 416, 416), 13),
    "unet": (families.UNet, (1, 3, 256, 256), 13),
    "tcn": (families.Tcn, (1, 1, 784), 13),
    "ds_cnn": (families.DsCnn, (1, 1, 49, 10), 13),
    "quartznet": (families.QuartzNet, (1, 64, 1000), 13),
}


def model(name):
    constructor, shape, opset = NETWORKS[name]
    made = export(constructor().eval(), shape, opset)
    made.producer_version = ""
    return made


def makers():
    for name in NETWORKS:
        def make(name=name):
            return model(name)

        make.__name__ = name
        yield make


def print_counts():
    for name, (constructor, shape, _) in NETWORKS.items():
        network = constructor().eval()
        parameters = sum(p.numel() for p in network.parameters())
        print(f"{name} {parameters:,} {count_macs(network, shape, families.ATTENTION):,}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    leave_weights_alone()
    if "--counts" in sys.argv:
        sys.exit(print_counts())
    sys.exit(write(__doc__, "models/families", list(makers())))
