"""Divides a pool into two, as if it came from two days: its samples alternate.

    python notebooks-export/halves.py POOL OUT           writes OUT/one/pool.toml and OUT/two/pool.toml
"""

import sys
import tomllib
from pathlib import Path

import pyarrow.parquet as pq

pool, out = map(Path, sys.argv[1:])
manifest = tomllib.loads(pool.read_text())
for half, name in enumerate(["one", "two"]):
    folder = out / name
    folder.mkdir(parents=True)
    (folder / "pool.toml").write_text(pool.read_text())
    for model in manifest["model"]:
        table = pq.read_table(pool.parent / model["predictions"])
        pq.write_table(table.take(list(range(half, len(table), 2))), folder / model["predictions"])
