"""What all methods share: the pool, cascades, and the one replay that scores every cascade of the table.

Words and rules are those of docs/spec.md. Right answers and costs are added up as whole numbers.
"""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from math import inf, lcm
from pathlib import Path
from typing import NamedTuple

import moocore
import numpy as np
import pyarrow.parquet as pq

Models = tuple[int, ...]  # numbers of models, cheapest first


class Chain(NamedTuple):
    """A cascade whose thresholds are open: which models each stage adds, and how scores are combined."""

    aggregation: str
    stages: tuple[Models, ...]


class Cascade(NamedTuple):
    chain: Chain
    thresholds: tuple[float, ...]  # one per gate, that is, per stage but the last


class Merit(NamedTuple):
    """What a cascade does with all samples together."""

    right: int
    cost: int  # in ticks


class Signal(NamedTuple):
    """What models together say of every sample."""

    confidence: np.ndarray
    right: np.ndarray  # whether the prediction is the label
    ordered: np.ndarray  # the confidences, ascending


class Step(NamedTuple):
    """One stage as a replay sees it."""

    cost: int  # of the models that the stage adds, in ticks
    signal: Signal


def replay(steps: Sequence[Step], thresholds: Iterable[float]) -> Merit:
    """Run all samples through a cascade, stage by stage."""
    here = np.ones(len(steps[0].signal.right), bool)
    right = cost = 0
    for step, threshold in zip(steps, (*thresholds, -inf), strict=True):
        cost += step.cost * int(np.count_nonzero(here))
        exits = here & (step.signal.confidence >= threshold)
        right += int(np.count_nonzero(exits & step.signal.right))
        here ^= exits
    return Merit(right, cost)


def frontier(found: Sequence[tuple[Merit, Cascade]]) -> list[tuple[Merit, Cascade]]:
    """The cascades that no other one beats in both right answers and cost, cheapest first; of equals, one."""
    merits = np.array([merit for merit, _ in found], float)
    kept = np.flatnonzero(moocore.is_nondominated(merits, maximise=[True, False]))
    return sorted((found[i] for i in kept.tolist()), key=lambda pair: pair[0].cost)


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


@dataclass(eq=False)
class Pool:
    """Models, cheapest first, and their logits on the same samples."""

    names: list[str]
    files: list[Path]
    costs: list[Decimal]
    unit: str
    labels: np.ndarray
    logits: np.ndarray  # models x samples x classes
    signals: dict[tuple[str, Models], Signal] = field(default_factory=dict)  # those computed so far

    @classmethod
    def read(cls, manifest: Path) -> "Pool":
        """Read a pool whose files hold `label` and lists of `logits`, in the same order of samples."""
        toml = tomllib.loads(manifest.read_text(), parse_float=Decimal)
        models = sorted(toml["model"], key=lambda model: model["cost"])
        files = [manifest.parent / model["predictions"] for model in models]
        tables = [pq.read_table(file) for file in files]
        labels = tables[0]["label"].to_numpy()
        rows = [table["logits"].combine_chunks().flatten().to_numpy() for table in tables]
        logits = np.stack(rows).reshape(len(models), len(labels), -1)
        names, costs = [model["name"] for model in models], [Decimal(model["cost"]) for model in models]
        return cls(names, files, costs, toml["cost_unit"], labels, logits)

    @cached_property
    def tick(self) -> int:
        """Ticks in a unit of cost: enough for every cost to be a whole number of them."""
        return lcm(*(cost.as_integer_ratio()[1] for cost in self.costs))

    def ticks(self, models: Iterable[int]) -> int:
        """What one run of each of the models costs, in ticks; one that is named twice runs once."""
        return sum(int(self.costs[model] * self.tick) for model in set(models))

    @cached_property
    def probabilities(self) -> np.ndarray:
        return softmax(self.logits)

    def signal(self, aggregation: str, heard: Models) -> Signal:
        """Of `max_prob`. A model that is heard twice counts twice."""
        key = (aggregation, heard)
        if key not in self.signals:
            scores = self.probabilities if aggregation == "mean_probs" else self.logits
            score = sum(scores[model] for model in heard) / len(heard)
            confidence = (score if aggregation == "mean_probs" else softmax(score)).max(1)
            self.signals[key] = Signal(confidence, score.argmax(1) == self.labels, np.sort(confidence))
        return self.signals[key]

    def steps(self, chain: Chain) -> list[Step]:
        """The stages of a chain; their signals are computed where they have not been yet."""
        run: Models = ()
        steps = []
        for models in chain.stages:
            run += models
            heard = models if chain.aggregation == "last" else tuple(sorted(run))
            steps.append(Step(self.ticks(models), self.signal(chain.aggregation, heard)))
        return steps

    def score(self, cascade: Cascade) -> Merit:
        return replay(self.steps(cascade.chain), cascade.thresholds)

    def accuracy(self, merit: Merit) -> float:
        return merit.right / len(self.labels)

    def cost(self, merit: Merit) -> float:
        """Mean cost of a sample, in the pool's unit; a quotient of integers is rounded once."""
        return merit.cost / (len(self.labels) * self.tick)
