"""Make the pool that all methods are given: cached logits of six models that err alike, cheap to dear.

Every sample has a difficulty, and a confusion of classes that all models share; each model adds noise of
its own and a signal that grows with its cost, and none is calibrated. The same call makes the same pool.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = Path(tempfile.gettempdir()) / "committee-peers-pool"
SAMPLES, CLASSES = 20_000, 100
COSTS = (0.39, 0.70, 1.0, 1.8, 4.2, 9.9)  # GFLOPs of one run: those of EfficientNet-B0 to B5
SIGNAL = (3.2, 3.7, 4.15, 4.55, 5.0, 5.4)  # how far the right class stands out
SHARPNESS = (1.6, 1.5, 1.4, 1.3, 1.2, 1.2)  # how overconfident a model is


def make(folder: Path = FOLDER) -> Path:
    """Write one Parquet file per model and then `pool.toml`, whose path is returned."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    labels = rng.integers(CLASSES, size=SAMPLES)
    spread = 1.35 * np.sqrt(rng.gamma(4.0, 0.28, SAMPLES))
    shared = rng.normal(size=(SAMPLES, CLASSES))
    manifest = 'cost_unit = "GFLOPs"\n'
    for number, (cost, signal, sharpness) in enumerate(zip(COSTS, SIGNAL, SHARPNESS, strict=True)):
        own = rng.normal(size=(SAMPLES, CLASSES))
        logits = (0.75 * shared + 0.66 * own) * spread[:, None]
        logits[np.arange(SAMPLES), labels] += signal * (1 + 0.15 * rng.normal(size=SAMPLES))
        write(folder / f"model_{number}.parquet", labels, (sharpness * logits).astype(np.float32))
        manifest += f'\n[[model]]\nname = "model_{number}"\npredictions = "model_{number}.parquet"\ncost = {cost}\n'
    path = folder / "pool.toml"
    path.write_text(manifest)
    return path


def write(path: Path, labels: np.ndarray, logits: np.ndarray) -> None:
    rows = pa.array(list(logits), pa.list_(pa.float32()))
    table = pa.table({"sample_id": np.arange(len(labels)), "label": labels, "logits": rows})
    pq.write_table(table, path, compression="zstd")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER, help="where to (default: %(default)s)")
    print(make(parser.parse_args().folder))
