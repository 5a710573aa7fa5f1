"""Networks that torchvision has not, as torch modules: shapes as in the publications that models/families/README.md names."""

import torch
import torchvision
from torch import nn


def vit_tiny():
    """DeiT-Ti, which is ViT-Ti/16: torchvision's vision transformer in that size."""
    return torchvision.models.VisionTransformer(
        image_size=224, patch_size=16, num_layers=12, num_heads=3, hidden_dim=192, mlp_dim=768
    )


class Attention(nn.Module):
    """Multi-head self-attention of (N, T, C), projections in one; with a bias for every pair of tokens and a mask, as Swin has
    them."""

    def __init__(self, channels, heads, window=None):
        super().__init__()
        self.heads, self.scale = heads, (channels // heads) ** -0.5
        self.qkv, self.proj = nn.Linear(channels, 3 * channels), nn.Linear(channels, channels)
        self.table = None
        if window:
            self.table = nn.Parameter(torch.zeros((2 * window - 1) ** 2, heads))
            places = torch.stack(torch.meshgrid(torch.arange(window), torch.arange(window), indexing="ij")).flatten(1)
            apart = (places[:, :, None] - places[:, None, :]).permute(1, 2, 0) + window - 1
            self.register_buffer("index", apart[:, :, 0] * (2 * window - 1) + apart[:, :, 1])

    def forward(self, x, mask=None):
        n, t, c = (int(s) for s in x.shape)
        qkv = self.qkv(x).reshape(n, t, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv[0] * self.scale, qkv[1], qkv[2]
        scores = q @ k.transpose(-2, -1)
        if self.table is not None:
            bias = self.table[self.index.view(-1)].view(t, t, self.heads).permute(2, 0, 1)
            scores = scores + bias.unsqueeze(0)
        if mask is not None:
            w = int(mask.shape[0])
            scores = scores.view(n // w, w, self.heads, t, t) + mask.unsqueeze(1).unsqueeze(0)
            scores = scores.view(n, self.heads, t, t)
        x = (scores.softmax(-1) @ v).transpose(1, 2).reshape(n, t, c)
        return self.proj(x)


def attention_products(module, inputs, output):
    """Both products of Attention; its projections are layers of their own."""
    n, t, c = inputs[0].shape
    return 2 * n * t * t * c


ATTENTION = {Attention: attention_products}


def perceptron(channels, hidden, activation=nn.GELU):
    return nn.Sequential(nn.Linear(channels, hidden), activation(), nn.Linear(hidden, channels))


class SwinBlock(nn.Module):
    def __init__(self, channels, heads, side, window, shift):
        super().__init__()
        self.side, self.window, self.shift = side, window, shift if side > window else 0
        self.norm1, self.norm2 = nn.LayerNorm(channels), nn.LayerNorm(channels)
        self.attention = Attention(channels, heads, window)
        self.mlp = perceptron(channels, 4 * channels)
        mask = None
        if self.shift:
            regions = torch.zeros(1, side, side, 1)
            cuts = (slice(0, -window), slice(-window, -self.shift), slice(-self.shift, None))
            for i, rows in enumerate(cuts):
                for j, columns in enumerate(cuts):
                    regions[:, rows, columns, :] = 3 * i + j
            tokens = self.windows(regions).squeeze(-1)
            apart = tokens.unsqueeze(1) - tokens.unsqueeze(2)
            mask = torch.where(apart != 0, -100.0, 0.0)
        self.register_buffer("mask", mask)

    def windows(self, x):
        b, h, w, c = (int(s) for s in x.shape)
        n = self.window
        return x.view(b, h // n, n, w // n, n, c).permute(0, 1, 3, 2, 4, 5).reshape(-1, n * n, c)

    def forward(self, x):
        b, h, w, c = (int(s) for s in x.shape)
        n = self.window
        y = self.norm1(x)
        if self.shift:
            y = torch.roll(y, (-self.shift, -self.shift), (1, 2))
        y = self.attention(self.windows(y), self.mask)
        y = y.view(b, h // n, w // n, n, n, c).permute(0, 1, 3, 2, 4, 5).reshape(b, h, w, c)
        if self.shift:
            y = torch.roll(y, (self.shift, self.shift), (1, 2))
        x = x + y
        return x + self.mlp(self.norm2(x))


class PatchMerging(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.norm = nn.LayerNorm(4 * channels)
        self.reduction = nn.Linear(4 * channels, 2 * channels, bias=False)

    def forward(self, x):
        parts = [x[:, i::2, j::2, :] for j in (0, 1) for i in (0, 1)]
        return self.reduction(self.norm(torch.cat(parts, -1)))


class SwinTiny(nn.Module):
    def __init__(self, classes=1000):
        super().__init__()
        channels, side = 96, 56
        self.patches, self.norm0 = nn.Conv2d(3, channels, 4, 4), nn.LayerNorm(channels)
        layers = []
        for stage, (depth, heads) in enumerate(((2, 3), (2, 6), (6, 12), (2, 24))):
            if stage:
                layers.append(PatchMerging(channels))
                channels, side = 2 * channels, side // 2
            layers += [SwinBlock(channels, heads, side, 7, 3 * (i % 2)) for i in range(depth)]
        self.layers = nn.Sequential(*layers)
        self.norm, self.head = nn.LayerNorm(channels), nn.Linear(channels, classes)

    def forward(self, x):
        x = self.layers(self.norm0(self.patches(x).permute(0, 2, 3, 1)))
        return self.head(self.norm(x).permute(0, 3, 1, 2).mean((2, 3)))


def conv(inputs, outputs, kernel=1, stride=1, groups=1, activation=nn.SiLU):
    layers = [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(outputs)]
    return nn.Sequential(*layers, *([activation()] if activation else []))


class Inverted(nn.Module):
    """MobileNetV2's block."""

    def __init__(self, inputs, outputs, stride, expand):
        super().__init__()
        hidden = expand * inputs
        self.adds = stride == 1 and inputs == outputs
        self.body = nn.Sequential(
            conv(inputs, hidden), conv(hidden, hidden, 3, stride, hidden), conv(hidden, outputs, activation=None)
        )

    def forward(self, x):
        return x + self.body(x) if self.adds else self.body(x)


class Encoder(nn.Module):
    """A transformer layer of (N, T, C), normalised first."""

    def __init__(self, channels, heads, hidden):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(channels), nn.LayerNorm(channels)
        self.attention, self.mlp = Attention(channels, heads), perceptron(channels, hidden, nn.SiLU)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class MobileVitBlock(nn.Module):
    """Attention among the pixels at one place of every patch of 2 x 2."""

    def __init__(self, inputs, channels, depth):
        super().__init__()
        self.local = nn.Sequential(conv(inputs, inputs, 3), nn.Conv2d(inputs, channels, 1, bias=False))
        self.layers = nn.Sequential(*[Encoder(channels, 4, 2 * channels) for _ in range(depth)], nn.LayerNorm(channels))
        self.project, self.fuse = conv(channels, inputs), conv(2 * inputs, inputs, 3)

    def forward(self, x):
        y = self.local(x)
        b, c, h, w = (int(s) for s in y.shape)
        y = y.reshape(b * c * (h // 2), 2, w // 2, 2).transpose(1, 2).reshape(b, c, h * w // 4, 4)
        y = self.layers(y.transpose(1, 3).reshape(b * 4, h * w // 4, c))
        y = y.reshape(b, 4, h * w // 4, c).transpose(1, 3).reshape(b * c * (h // 2), w // 2, 2, 2)
        y = y.transpose(1, 2).reshape(b, c, h, w)
        return self.fuse(torch.cat((x, self.project(y)), 1))


class MobileVitS(nn.Module):
    def __init__(self, classes=1000):
        super().__init__()
        layers = [conv(3, 16, 3, 2), Inverted(16, 32, 1, 4)]
        layers += [Inverted(32, 64, 2, 4), Inverted(64, 64, 1, 4), Inverted(64, 64, 1, 4)]
        inputs = 64
        for outputs, channels, depth in ((96, 144, 2), (128, 192, 4), (160, 240, 3)):
            layers += [Inverted(inputs, outputs, 2, 4), MobileVitBlock(outputs, channels, depth)]
            inputs = outputs
        self.layers = nn.Sequential(*layers, conv(inputs, 640))
        self.head = nn.Linear(640, classes)

    def forward(self, x):
        return self.head(self.layers(x).mean((2, 3)))


def leaky():
    return nn.LeakyReLU(0.1)


class YoloTiny(nn.Module):
    """YOLOv3-tiny with its two heads and the list of boxes that they make."""

    def __init__(self, classes=80):
        super().__init__()
        layers, inputs = [], 3
        for outputs in (16, 32, 64, 128, 256):
            layers += [conv(inputs, outputs, 3, activation=leaky), nn.MaxPool2d(2)]
            inputs = outputs
        self.fine = nn.Sequential(*layers[:-1])
        self.coarse = nn.Sequential(
            layers[-1], conv(256, 512, 3, activation=leaky), nn.ZeroPad2d((0, 1, 0, 1)), nn.MaxPool2d(2, 1),
            conv(512, 1024, 3, activation=leaky), conv(1024, 256, activation=leaky),
        )
        self.outputs = classes + 5
        self.head1 = nn.Sequential(conv(256, 512, 3, activation=leaky), nn.Conv2d(512, 3 * self.outputs, 1))
        self.up = nn.Sequential(conv(256, 128, activation=leaky), nn.Upsample(scale_factor=2))
        self.head2 = nn.Sequential(conv(384, 256, 3, activation=leaky), nn.Conv2d(256, 3 * self.outputs, 1))

    def boxes(self, x):
        b, _, h, w = (int(s) for s in x.shape)
        x = x.view(b, 3, self.outputs, h, w).permute(0, 1, 3, 4, 2)
        return x.sigmoid().reshape(b, -1, self.outputs)

    def forward(self, x):
        fine = self.fine(x)
        coarse = self.coarse(fine)
        second = self.head2(torch.cat((self.up(coarse), fine), 1))
        return torch.cat((self.boxes(self.head1(coarse)), self.boxes(second)), 1)


def twice(inputs, outputs):
    return nn.Sequential(conv(inputs, outputs, 3, activation=nn.ReLU), conv(outputs, outputs, 3, activation=nn.ReLU))


class UNet(nn.Module):
    def __init__(self, classes=1):
        super().__init__()
        widths = (64, 128, 256, 512, 1024)
        self.down = nn.ModuleList(twice(i, o) for i, o in zip((3,) + widths, widths))
        self.up = nn.ModuleList(nn.ConvTranspose2d(2 * o, o, 2, 2) for o in widths[-2::-1])
        self.mix = nn.ModuleList(twice(2 * o, o) for o in widths[-2::-1])
        self.pool, self.last = nn.MaxPool2d(2), nn.Conv2d(64, classes, 1)

    def forward(self, x):
        kept = []
        for i, block in enumerate(self.down):
            x = block(self.pool(x) if i else x)
            kept.append(x)
        kept.pop()
        for up, mix in zip(self.up, self.mix):
            x = mix(torch.cat((kept.pop(), up(x)), 1))
        return self.last(x)


class Causal(nn.Module):
    """Two dilated convolutions that see no later element, and what they are added to."""

    def __init__(self, inputs, outputs, kernel, dilation):
        super().__init__()
        self.cut = (kernel - 1) * dilation
        self.conv1 = nn.Conv1d(inputs, outputs, kernel, padding=self.cut, dilation=dilation)
        self.conv2 = nn.Conv1d(outputs, outputs, kernel, padding=self.cut, dilation=dilation)
        self.match = nn.Conv1d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x):
        y = torch.relu(self.conv1(x)[:, :, : -self.cut])
        y = torch.relu(self.conv2(y)[:, :, : -self.cut])
        return torch.relu(y + self.match(x))


class Tcn(nn.Module):
    """Sequential MNIST: 8 levels of 25 channels, kernels of 7."""

    def __init__(self, classes=10):
        super().__init__()
        self.levels = nn.Sequential(*[Causal(25 if i else 1, 25, 7, 2**i) for i in range(8)])
        self.linear = nn.Linear(25, classes)

    def forward(self, x):
        return self.linear(self.levels(x)[:, :, -1])


class DsCnn(nn.Module):
    """DS-CNN-S: 49 frames of 10 coefficients, 12 words."""

    def __init__(self, classes=12):
        super().__init__()

        def normed(*arguments, **options):
            layer = nn.Conv2d(*arguments, bias=False, **options)
            return nn.Sequential(layer, nn.BatchNorm2d(layer.out_channels), nn.ReLU())

        layers = [nn.ZeroPad2d((1, 1, 4, 5)), normed(1, 64, (10, 4), stride=2)]
        for _ in range(4):
            layers += [normed(64, 64, 3, padding=1, groups=64), normed(64, 64, 1)]
        self.layers = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.linear = nn.Linear(64, classes)

    def forward(self, x):
        return self.linear(self.layers(x))


def separable(inputs, outputs, kernel, stride=1, dilation=1):
    pad = dilation * (kernel - 1) // 2
    return [
        nn.Conv1d(inputs, inputs, kernel, stride, pad, dilation, groups=inputs, bias=False),
        nn.Conv1d(inputs, outputs, 1, bias=False), nn.BatchNorm1d(outputs),
    ]


class QuartzBlock(nn.Module):
    def __init__(self, inputs, outputs, kernel):
        super().__init__()
        layers = []
        for i in range(5):
            layers += separable(outputs if i else inputs, outputs, kernel) + [nn.ReLU()]
        self.body = nn.Sequential(*layers[:-1])
        self.match = nn.Sequential(nn.Conv1d(inputs, outputs, 1, bias=False), nn.BatchNorm1d(outputs))

    def forward(self, x):
        return torch.relu(self.body(x) + self.match(x))


class QuartzNet(nn.Module):
    """QuartzNet-5x5: 64 mel bands, 10 s in frames of 10 ms, letters."""

    def __init__(self, letters=29):
        super().__init__()
        layers, inputs = separable(64, 256, 33, stride=2) + [nn.ReLU()], 256
        for outputs, kernel in ((256, 33), (256, 39), (512, 51), (512, 63), (512, 75)):
            layers.append(QuartzBlock(inputs, outputs, kernel))
            inputs = outputs
        layers += separable(512, 512, 87, dilation=2) + [nn.ReLU()]
        layers += [nn.Conv1d(512, 1024, 1, bias=False), nn.BatchNorm1d(1024), nn.ReLU()]
        self.layers = nn.Sequential(*layers, nn.Conv1d(1024, letters, 1))

    def forward(self, x):
        return self.layers(x)
