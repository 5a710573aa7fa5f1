"""A network of our own: 64 branches side by side that read each other's results."""

from .network import Irregular

BRANCHES, LAYERS, GROWTH = 64, 6, 16


def dense_branches_64():
    """In layer n a branch joins all that it has made so far and what the branch whose number differs in bit n made last:
    after six layers every branch depends on all."""
    net = Irregular("dense_branches_64", 224)
    x = net.pool("MaxPool", "stem/pool", net.rectified("stem1", "input", 32, 7, 2), 3, 2)
    x = net.rectified("stem2", x, 64, 3, 2)
    made = [[net.rectified(f"0/{branch}", x, GROWTH)] for branch in range(BRANCHES)]
    for layer in range(LAYERS):
        last = [own[-1] for own in made]
        for branch, own in enumerate(made):
            name = f"{layer + 1}/{branch}"
            y = net.concat(f"{name}/concat", [*own, last[branch ^ (1 << layer)]])
            own.append(net.rectified(name, y, GROWTH, 3))
    net.classifier(net.concat("concat", [own[-1] for own in made]))
    return net.model()
