"""Which cascades a method may choose from."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from replay import Cascade, Chain, Models, Pool, Signal

DISTINCT = 1e-6  # closer confidences count as equal


def cost_ordered(models: Models, at_most: int, aggregations: Sequence[str]) -> Iterator[Chain]:
    """Every subset as people try them: one model per stage, cheapest first."""
    for aggregation, least in least_sizes(aggregations):
        for size in range(least, at_most + 1):
            for subset in combinations(models, size):
                yield Chain(aggregation, tuple((model,) for model in subset))


def every_chain(models: Models, at_most: int, aggregations: Sequence[str]) -> Iterator[Chain]:
    """Every subset in every order and, unless only the last model is heard, every grouping into stages."""
    for aggregation, least in least_sizes(aggregations):
        for size in range(least, at_most + 1):
            for subset in combinations(models, size):
                for stages in stagings(subset):
                    if aggregation != "last" or len(stages) == size:
                        yield Chain(aggregation, stages)


def least_sizes(aggregations: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Each aggregation with its smallest subsets: a single model is the same under all, and counts once."""
    return zip(aggregations, [1] + [2] * (len(aggregations) - 1))


def stagings(models: Models) -> Iterator[tuple[Models, ...]]:
    """Every way to run `models` in stages of one or more."""
    if not models:
        yield ()
    for size in range(1, len(models) + 1):
        for first in combinations(models, size):
            rest = tuple(model for model in models if model not in first)
            yield from ((first, *others) for others in stagings(rest))


def levels(signal: Signal, count: int) -> list[float]:
    """At most `count` thresholds at evenly spaced quantiles, each half-way to the next distinct confidence."""
    ordered = signal.ordered.astype(float)
    room = np.diff(ordered) >= DISTINCT * np.maximum(ordered[1:], 1)
    middles = ((ordered[:-1] + ordered[1:]) / 2)[room]
    ranks = np.concatenate([[0], np.cumsum(room)])
    quantiles = np.arange(1, count + 1) * len(ordered) // (count + 1)
    return np.unique(middles[np.minimum(ranks[quantiles], len(middles) - 1)]).tolist()


def surely_in_space(pool: Pool, cascade: Cascade, at_most: int) -> bool:
    """Whether committee looks at a cascade: no model twice, no threshold between confidences that count as equal.

    It rounds otherwise than numpy, so confidences that are not far more than `DISTINCT` apart may be equal to it.
    """
    models = [model for stage in cascade.chain.stages for model in stage]
    if not len(set(models)) == len(models) <= at_most:
        return False
    for step, threshold in zip(pool.steps(cascade.chain), cascade.thresholds, strict=False):
        ordered = step.signal.ordered.astype(float)
        above = int(np.searchsorted(ordered, threshold))
        if 0 < above < len(ordered) and ordered[above] - ordered[above - 1] < 2 * DISTINCT:
            return False
    return True


def most_gates(chains: Sequence[Chain]) -> int:
    return max(len(chain.stages) for chain in chains) - 1


def at_shares(pool: Pool, chain: Chain, shares: Sequence[float]) -> Cascade:
    """`chain` with each threshold where about that share of all samples lies below; spare shares are ignored."""
    gates = [step.signal.ordered for step in pool.steps(chain)[:-1]]
    thresholds = (gate[int(share * (len(gate) - 1))] for gate, share in zip(gates, shares, strict=False))
    return Cascade(chain, tuple(map(float, thresholds)))
