#!/usr/bin/python3
"""Writes models/irregular/*.onnx: networks whose graphs are not chains of blocks, with shapes instead of weights.

models/irregular/README.md says which publications they are after and where they differ; export/irregular has them. Every file is
a function of these scripts alone and comes out byte for byte the same; needs the Debian package python3-onnx.

  scripts/export_irregular.py           write all
  scripts/export_irregular.py --check   make them again in memory, compare, exit 1 on a difference
"""

import sys

from export.irregular.cells import amoebanet_a, darts, nasnet_mobile
from export.irregular.dense_branches import dense_branches_64
from export.irregular.efficientdet import efficientdet_d0
from export.irregular.hrnet import hrnet_w18
from export.irregular.inception_resnet import inception_resnet_v2
from export.irregular.random_wiring import randwire_ws, randwire_ws_2
from export.network import write

NETWORKS = (
    amoebanet_a, darts, dense_branches_64, efficientdet_d0, hrnet_w18, inception_resnet_v2, nasnet_mobile, randwire_ws,
    randwire_ws_2,
)

if __name__ == "__main__":
    sys.exit(write(__doc__, "models/irregular", NETWORKS))
