"""What most people write: every chain with every combination of a few thresholds per gate, replayed."""

from collections.abc import Sequence
from itertools import product

from replay import Cascade, Chain, Pool, frontier, replay
from space import levels

RESOLUTION = 40  # thresholds per gate


def search(pool: Pool, chains: Sequence[Chain]) -> tuple[list[Cascade], int]:
    """The best cascades on the grid, and how many were replayed."""
    found = []
    for chain in chains:
        steps = pool.steps(chain)
        grid = product(*(levels(step.signal, RESOLUTION) for step in steps[:-1]))
        found += [(replay(steps, thresholds), Cascade(chain, thresholds)) for thresholds in grid]
    return [cascade for _, cascade in frontier(found)], len(found)
