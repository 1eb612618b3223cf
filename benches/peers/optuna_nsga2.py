"""Optuna with its NSGA-II sampler: which chain, and for each gate the share of all samples below its threshold.

All three are always asked for, as the sampler crosses only parameters that every trial has. A study has no end
of its own; 100 generations of the sampler's 50 trials are well past where its frontier grows fast.
"""

from collections.abc import Sequence

import optuna

from replay import Cascade, Chain, Pool
from space import at_shares, most_gates

TRIALS = 5_000


def search(pool: Pool, chains: Sequence[Chain]) -> tuple[list[Cascade], int]:
    """The best of all trials, and how many there were."""
    gates = most_gates(chains)

    def suggested(trial: optuna.trial.BaseTrial) -> Cascade:
        chain = chains[trial.suggest_categorical("chain", range(len(chains)))]
        return at_shares(pool, chain, [trial.suggest_float(f"share_{gate}", 0, 1) for gate in range(gates)])

    def objectives(trial: optuna.Trial) -> tuple[int, int]:
        return pool.score(suggested(trial))

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.NSGAIISampler(seed=0)
    study = optuna.create_study(directions=["maximize", "minimize"], sampler=sampler)
    study.optimize(objectives, n_trials=TRIALS)
    best = [suggested(optuna.trial.FixedTrial(trial.params)) for trial in study.best_trials]
    return best, len(study.trials)
