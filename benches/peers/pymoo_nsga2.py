"""pymoo's NSGA-II with mixed variables: a chain, and for each gate the share of all samples below its threshold.

Population (100), operators and end are pymoo's own: it stops when the frontier no longer moves, or after 1,000
generations. It returns its last population; here all that it met on the way counts.
"""

from collections.abc import Sequence

from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.core.mixed import MixedVariableDuplicateElimination, MixedVariableMating, MixedVariableSampling
from pymoo.core.problem import ElementwiseProblem
from pymoo.core.variable import Choice, Real
from pymoo.optimize import minimize

from replay import Cascade, Chain, Merit, Pool, frontier
from space import at_shares, most_gates


class Problem(ElementwiseProblem):
    def __init__(self, pool: Pool, chains: Sequence[Chain]) -> None:
        self.pool, self.chains = pool, chains
        self.found: list[tuple[Merit, Cascade]] = []
        self.shares = [f"share_{gate}" for gate in range(most_gates(chains))]
        variables = {"chain": Choice(options=range(len(chains)))}
        super().__init__(vars=variables | {name: Real(bounds=(0, 1)) for name in self.shares}, n_obj=2)

    def _evaluate(self, x: dict, out: dict, *args: object, **kwargs: object) -> None:
        cascade = at_shares(self.pool, self.chains[x["chain"]], [x[name] for name in self.shares])
        merit = self.pool.score(cascade)
        self.found.append((merit, cascade))
        out["F"] = [-merit.right, merit.cost]


def search(pool: Pool, chains: Sequence[Chain]) -> tuple[list[Cascade], int]:
    """The best of all cascades evaluated, and how many these were."""
    problem = Problem(pool, chains)
    distinct = MixedVariableDuplicateElimination()
    algorithm = NSGA2(
        sampling=MixedVariableSampling(),
        mating=MixedVariableMating(eliminate_duplicates=distinct),
        eliminate_duplicates=distinct,
    )
    minimize(problem, algorithm, seed=0)
    return [cascade for _, cascade in frontier(problem.found)], len(problem.found)
