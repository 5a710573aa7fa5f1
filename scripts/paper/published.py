"""Figures of the paper (Mills et al., arXiv 2501.00636): DRAM access in MB per search, network and method."""

METHODS = ("none", "gnne", "pg", "rg")

# table -> search -> method -> one figure per network, in the order of NETWORKS
NETWORKS = {
    "II": ("efficientnet_b3", "resnet152", "deeplabv3_mobilenet_v3_large"),
    "III": ("mobilenet_v2", "vgg16", "resnet50", "resnet18", "squeezenet1_0"),
    "IV": ("mobilenet_v2", "vgg16", "resnet50", "resnet18", "squeezenet1_0"),
}

MEGABYTES = {
    "II": {
        "local": {
            "none": (90.500, 80.733, 116.644),
            "gnne": (78.007, 74.461, 114.440),
            "pg": (73.569, 76.421, 114.180),
            "rg": (78.433, 75.245, 113.942),
        },
        "nsga2": {
            "none": (77.334, 77.205, 114.351),
            "gnne": (61.265, 68.581, 113.602),
            "pg": (61.792, 67.013, 113.840),
            "rg": (61.535, 66.621, 113.602),
        },
        "random": {
            "none": (172.802, 113.661, 148.153),
            "gnne": (169.928, 96.021, 143.925),
            "pg": (164.086, 96.413, 142.548),
            "rg": (162.774, 94.453, 147.022),
        },
    },
    "III": {
        "local": {
            "none": (15.101, 27.606, 83.685, 27.127, 8.202),
            "gnne": (13.401, 27.415, 83.344, 27.127, 6.232),
            "pg": (14.609, 26.975, 83.493, 26.975, 6.790),
            "rg": (13.790, 27.174, 83.317, 27.127, 7.714),
        },
        "random": {
            "none": (16.195, 29.274, 91.866, 28.525, 10.249),
            "gnne": (12.593, 28.593, 91.669, 27.919, 8.258),
            "pg": (13.307, 28.124, 91.763, 27.599, 7.817),
            "rg": (12.838, 28.847, 92.376, 28.081, 7.601),
        },
    },
    "IV": {
        "local": {
            "none": (9.803, 5.973, 25.764, 5.974, 3.839),
            "gnne": (8.823, 5.973, 24.588, 5.974, 3.585),
            "pg": (9.068, 5.973, 24.588, 5.974, 3.585),
            "rg": (8.823, 5.973, 24.196, 5.974, 3.585),
        },
        "random": {
            "none": (13.209, 6.856, 39.092, 6.856, 10.080),
            "gnne": (11.432, 6.268, 35.564, 6.464, 7.948),
            "pg": (13.049, 6.562, 32.820, 6.562, 7.751),
            "rg": (12.890, 6.464, 32.036, 6.464, 7.333),
        },
    },
}

# Table V: share of invalid groups that the explainer's edges repair, and seconds of search
RECTIFY_PERCENT = {
    "local": {"gnne": 83.1, "pg": 59.1, "rg": 94.0},
    "random": {"gnne": 72.1, "pg": 50.7, "rg": 91.4},
}
SEARCH_SECONDS = {
    "local": {"gnne": 168, "pg": 72, "rg": 99},
    "random": {"gnne": 106, "pg": 32, "rg": 42},
}


def saving_percent(table, search, network, method):
    """What an explainer saves over the bare search, relative; nothing for methods that the paper lacks."""
    if table not in NETWORKS or method not in METHODS or network not in NETWORKS[table]:
        return None
    column = NETWORKS[table].index(network)
    figures = MEGABYTES[table][search]
    return 100.0 * (1.0 - figures[method][column] / figures["none"][column])
