"""committee itself, as the released program, and whether what it claims is what the common replay finds."""

import json
import resource
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from replay import Cascade, Chain, Merit, Models, Pool

# All samples tune, the whole frontier is written, and one thread makes seconds of searching CPU seconds.
SETTINGS = ("--holdout=0", "--max-points=0", "--threads=1", "--quiet")


@dataclass(frozen=True)
class Run:
    found: list[tuple[Merit, Cascade]]  # cheapest first
    search: dict  # of frontier.json
    cpu_seconds: float  # of the whole process: start, reading, signals, search, writing


def optimize(program: Path, pool: Pool, models: Models, *options: str) -> Run:
    """`committee optimize` on some of the pool's models; every figure it claims is checked."""
    with tempfile.TemporaryDirectory() as out:
        files = [str(pool.files[model]) for model in models]
        costs = [f"--cost={pool.names[model]}={pool.costs[model]}" for model in models]
        before = cpu_seconds_of_children()
        command = [str(program), "optimize", *files, *costs, f"--cost-unit={pool.unit}", f"--out={out}"]
        subprocess.run([*command, *SETTINGS, *options], check=True)
        spent = cpu_seconds_of_children() - before
        frontier = json.loads(Path(out, "frontier.json").read_text())
    found = [checked(pool, point) for point in frontier["points"]]
    return Run(found, frontier["search"], spent)


def checked(pool: Pool, point: dict) -> tuple[Merit, Cascade]:
    """A point of `frontier.json`, scored anew; its accuracy and cost are the very same."""
    stages = tuple(tuple(map(pool.names.index, stage["models"])) for stage in point["stages"])
    thresholds = tuple(stage["threshold"] for stage in point["stages"][:-1])
    cascade = Cascade(Chain(point["aggregation"], stages), thresholds)
    merit = pool.score(cascade)
    assert (point["accuracy"], point["cost"]) == (pool.accuracy(merit), pool.cost(merit)), point
    return merit, cascade


def cpu_seconds_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
