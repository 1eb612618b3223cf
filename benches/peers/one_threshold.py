"""One threshold for all gates of a chain, tried as scikit-learn's TunedThresholdClassifierCV tries thresholds.

That class tries 100 evenly spaced values between the least and the largest score. It is for binary classifiers and
one metric, so its rule is written out here, for a frontier.
"""

from collections.abc import Sequence

import numpy as np

from replay import Cascade, Chain, Pool, frontier, replay

THRESHOLDS = 100


def search(pool: Pool, chains: Sequence[Chain]) -> tuple[list[Cascade], int]:
    """The best cascades whose gates share a threshold, and how many were replayed."""
    found = []
    for chain in chains:
        steps = pool.steps(chain)
        gates = [step.signal.ordered for step in steps[:-1]]
        low, high = min((gate[0] for gate in gates), default=0), max((gate[-1] for gate in gates), default=0)
        for threshold in np.linspace(low, high, THRESHOLDS if gates else 1).tolist():
            thresholds = (threshold,) * len(gates)
            found.append((replay(steps, thresholds), Cascade(chain, thresholds)))
    return [cascade for _, cascade in frontier(found)], len(found)
