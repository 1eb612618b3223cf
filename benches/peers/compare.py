"""Give the same pool to committee and to what people use today, and print what each took and found.

Every method tunes on all samples, on one thread. "Search" is the CPU time (user and system) from signals to
frontier; of committee it is `search.seconds`, which on one thread and a quiet machine is the same. "Whole" adds
reading the files and computing the signals, and for committee also its start, the hashing of its inputs and the
writing of its results. Importing Python packages is not counted. Every cascade is scored by `replay.py`,
whatever its method claims.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from statistics import median
from time import process_time

import moocore
import numpy as np

import committee_program
import greedy_ensemble
import make_pool
import numpy_grid
import one_threshold
import optuna_nsga2
import pymoo_nsga2
from replay import Cascade, Chain, Merit, Models, Pool, frontier
from space import cost_ordered, every_chain, surely_in_space

AT_MOST = 3  # models in a cascade
BUDGETS = (0.25, 0.5, 1.0, inf)  # of the cost of the dearest model
RUNS, ENOUGH = 5, 1.0  # a search of less than so many seconds is run so many times, and the median counts
HEADER = """\
| method | cascades | search, s | whole, s | points | hypervolume | 25 % | 50 % | 100 % | any |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"""

Search = Callable[[Pool, Sequence[Chain]], tuple[list[Cascade], int]]


@dataclass(frozen=True)
class Task:
    """Models, and which cascades of them are allowed."""

    title: str
    models: Models
    aggregations: tuple[str, ...]
    chains: tuple[Chain, ...]  # those that the peers are given

    @property
    def every_chain(self) -> tuple[Chain, ...]:
        return tuple(every_chain(self.models, AT_MOST, self.aggregations))

    def hypervolume(self, pool: Pool, merits: list[Merit]) -> float:
        """The share that is dominated of the box between the reference point and all right at no cost.

        The reference point is the accuracy of the worst single model at the cost of all models together.
        """
        samples = len(pool.labels)
        worst = min(pool.score(Cascade(Chain("last", ((model,),)), ())).right for model in self.models)
        dearest = pool.ticks(self.models) * samples
        dominated = moocore.hypervolume(np.array(merits, float), ref=[worst, dearest], maximise=[True, False])
        return dominated / ((samples - worst) * dearest)


@dataclass(frozen=True)
class Row:
    method: str
    cascades: int  # that were scored; of an exact search, that its space holds
    search: float  # CPU seconds
    whole: float
    found: list[tuple[Merit, Cascade]]  # cheapest first

    @property
    def merits(self) -> list[Merit]:
        return [merit for merit, _ in self.found]


def tasks(pool: Pool) -> Iterator[Task]:
    last, all_three = ("last",), ("mean_logits", "mean_probs", "last")
    three, six = (0, 2, 5), tuple(range(len(pool.names)))
    yield Task("One chain of three models, `last`", three, last, (Chain("last", tuple((m,) for m in three)),))
    yield Task("Six models, `last`", six, last, tuple(cost_ordered(six, AT_MOST, last)))
    yield Task("Six models, all aggregations", six, all_three, tuple(cost_ordered(six, AT_MOST, all_three)))


def peer(method: str, manifest: Path, chains: Sequence[Chain], search: Search) -> Row:
    """A method in this process, from reading the files on."""

    def run() -> Row:
        start = process_time()
        pool = Pool.read(manifest)
        for chain in chains:
            pool.steps(chain)
        ready = process_time()
        cascades, scored = search(pool, chains)
        done = process_time()
        found = frontier([(pool.score(cascade), cascade) for cascade in cascades])
        return Row(method, scored, done - ready, done - start, found)

    return typical(run)


def committee(method: str, program: Path, pool: Pool, models: Models, *options: str) -> Row:
    """The program, in a process of its own."""

    def run() -> Row:
        done = committee_program.optimize(program, pool, models, *options)
        search = done.search
        status = f" ({search['status']}, gap {search['certified_gap']})" if search["certified_gap"] else ""
        return Row(method + status, search["candidates"], search["seconds"], done.cpu_seconds, done.found)

    return typical(run)


def typical(run: Callable[[], Row]) -> Row:
    rows = [run()]
    if rows[0].search < ENOUGH:
        rows += [run() for _ in range(RUNS - 1)]
    return replace(rows[0], search=median(row.search for row in rows), whole=median(row.whole for row in rows))


def compare(task: Task, manifest: Path, program: Path) -> None:
    """Print the task's table, and beneath it what follows from it."""
    print(f"\n{task.title}:\n\n{HEADER}")
    pool = Pool.read(manifest)
    rows: list[Row] = []

    def add(row: Row) -> Row:
        show(pool, task, row)
        rows.append(row)
        return row

    add(peer("one threshold", manifest, task.chains, one_threshold.search))
    if "mean_probs" in task.aggregations:
        singles = tuple(cost_ordered(task.models, 1, ("mean_probs",)))
        add(peer("greedy ensemble", manifest, singles, greedy_ensemble.search))
    add(peer("Optuna", manifest, task.chains, optuna_nsga2.search))
    add(peer("pymoo", manifest, task.chains, pymoo_nsga2.search))
    grid = add(peer("numpy grid", manifest, task.chains, numpy_grid.search))
    twin = add(peer("numpy grid, every chain", manifest, task.every_chain, numpy_grid.search))
    peers = rows.copy()

    options = (f"--max-models={AT_MOST}", f"--aggregation={','.join(task.aggregations)}")
    resolution = f"--resolution={numpy_grid.RESOLUTION}"
    same = add(committee("committee, the same grid", program, pool, task.models, *options, resolution))
    exact = add(committee("committee, exact", program, pool, task.models, *options))
    if "mean_probs" in task.aggregations:
        add(committee("committee, its defaults", program, pool, task.models))

    assert (same.cascades, same.merits) == (twin.cascades, twin.merits), "the two frontiers differ"
    print(f"\nThe same {same.cascades:,} cascades, and the same frontier, point by point: {faster(same, twin)}.")
    print(f'Against the {grid.cascades:,} of "numpy grid", which are among these: {faster(same, grid)}.')
    best = max(peers, key=lambda row: task.hypervolume(pool, row.merits))
    margin = task.hypervolume(pool, exact.merits) - task.hypervolume(pool, best.merits)
    print(f'"committee, exact" has {margin:+.5f} of hypervolume over the best peer ({best.method}).')
    merits = exact.merits
    for row in peers:
        leads = [lead(merit, merits) for merit in row.merits]
        ahead = [cascade for by, (_, cascade) in zip(leads, row.found, strict=True) if by > 0]
        assert not any(surely_in_space(pool, cascade, AT_MOST) for cascade in ahead), "exact is not exact"
        if ahead:
            print(f"Ahead of it, from outside its space: {len(ahead)} of {len(row.found):,} points of {row.method},")
            print(f"by at most {max(leads)} of {len(pool.labels):,} samples.")


def lead(merit: Merit, frontier: list[Merit]) -> int:
    """By how many right answers a cascade is ahead of the best on the frontier that costs no more."""
    return merit.right - max((other.right for other in frontier if other.cost <= merit.cost), default=0)


def faster(row: Row, other: Row) -> str:
    return f"searched {other.search / row.search:.1f} times faster, the whole {other.whole / row.whole:.1f} times"


def show(pool: Pool, task: Task, row: Row) -> None:
    samples = len(pool.labels)
    budgets = [share * pool.ticks(task.models[-1:]) * samples for share in BUDGETS]
    right = [max((merit.right for merit in row.merits if merit.cost <= budget), default=0) for budget in budgets]
    cascades = f"{row.cascades:,}" if row.cascades < 1e9 else f"{row.cascades:.2e}"
    figures = [cascades, f"{row.search:.3f}", f"{row.whole:.2f}", f"{len(row.merits):,}"]
    figures += [f"{task.hypervolume(pool, row.merits):.5f}", *(f"{100 * count / samples:.2f}" for count in right)]
    print("|", " | ".join([row.method, *figures]), "|", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--committee", type=Path, required=True, metavar="PATH", help="the program, built for release")
    parser.add_argument("--pool", type=Path, default=make_pool.FOLDER, metavar="DIR", help="made if it is not there")
    given = parser.parse_args()
    manifest = given.pool / "pool.toml"
    if not manifest.exists():
        make_pool.make(given.pool)
    for task in tasks(Pool.read(manifest)):
        compare(task, manifest, given.committee)


if __name__ == "__main__":
    main()
