"""Ensemble selection by Caruana et al. (ICML 2004): add, with replacement, whichever model helps most.

As AutoGluon does it: on probabilities, for 100 rounds, and (its `expand_pareto_frontier`) once for every library
of the cheapest models, so that cheap ensembles are found too. There are no gates: every sample pays for every
model that was chosen, once.
"""

from collections.abc import Sequence

import numpy as np

from replay import Cascade, Chain, Merit, Models, Pool, frontier

ROUNDS = 100


def search(pool: Pool, singles: Sequence[Chain]) -> tuple[list[Cascade], int]:
    """The best of all ensembles met on the way, and how many were scored."""
    found, scored = [], 0
    for size in range(1, len(singles) + 1):
        library = [single.stages[0][0] for single in singles[:size]]
        total = np.zeros_like(pool.probabilities[0])
        chosen: Models = ()
        for _ in range(ROUNDS if size > 1 else 1):
            totals = [total + pool.probabilities[model] for model in library]
            right = [int(np.count_nonzero(total.argmax(1) == pool.labels)) for total in totals]
            best = int(np.argmax(right))
            total, chosen = totals[best], (*chosen, library[best])
            merit = Merit(right[best], pool.ticks(chosen) * len(pool.labels))
            found.append((merit, Cascade(Chain("mean_probs", (chosen,)), ())))
            scored += size
    return [cascade for _, cascade in frontier(found)], scored
