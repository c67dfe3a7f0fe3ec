"""Training: baselines, the search, the best candidate as challenger; and retraining with what was fed back."""

import json
import logging
from dataclasses import replace

import pandas as pd

from .. import evaluation, model, source
from ..features import slices
from ..schema import INPUT, TARGET
from . import registry, tracking
from .selection import search
from .tracking import Choice, Plan

log = logging.getLogger(__name__)
Protocols = dict[str, list[tuple[pd.DataFrame, pd.DataFrame]]]


def train(train_set: pd.DataFrame, test_set: pd.DataFrame, protocols: Protocols, plan: Plan) -> int:
    """Track baselines and candidates, fit the best on the whole train set and register it; returns its version.

    `protocols` are further ways to divide the data, by name: the same choice is fitted and measured on each.
    """
    baselines = {name: tracking.baseline(name, train_set, test_set, plan) for name in model.baselines()}
    results = search(train_set, plan.folds, plan.seed, plan.jobs)
    tried = dict(list(results.groupby("candidate", sort=False)))
    for found in tried.values():
        tracking.searched(found, plan)
    candidates = {name: float(found.iloc[0]["mean"]) for name, found in tried.items()}
    best = Choice(results.iloc[0]["candidate"], results.iloc[0]["params"])
    log.info("best in cross-validation: %s %s", best.candidate, best.params)
    measured = {name: tracking.protocol(name, splits, best, plan) for name, splits in protocols.items()}

    def judge(scored: pd.DataFrame) -> evaluation.Verdict:
        verdict = evaluation.gate(scored, baselines, slices(test_set), plan.seed)
        return replace(verdict, evidence={**verdict.evidence, "protocols": measured, "candidates": candidates})

    return tracking.challenger(best, train_set, test_set, judge, plan)


def retrain(champion: int, rows: pd.DataFrame, heldout: pd.DataFrame, answers: pd.DataFrame, plan: Plan) -> int:
    """Fit the champion's candidate and settings on other rows; returns the new version.

    `answers` are the champion's own to the held-out rows, which the new version is measured on as well.
    """
    tags = registry.tags(champion)
    choice = Choice(tags["candidate"], json.loads(tags["params"]))

    def judge(scored: pd.DataFrame) -> evaluation.Verdict:
        return evaluation.gate(scored, {"the champion": answers}, slices(heldout), plan.seed)

    return tracking.challenger(choice, rows, heldout, judge, plan)


def with_feedback(train_set: pd.DataFrame, feedback: pd.DataFrame, heldout: pd.DataFrame, share: float) -> pd.DataFrame:
    """The train set, then the fed-back records that are the same as none of its own and none of the held-out ones.

    Nothing is trained on what it will be tested on, and nothing counts twice. Every row weighs the same; if the fresh
    ones were more than `share` of all, the latest stay. `feedback` is in order of arrival.
    """
    fresh = feedback.astype(train_set[[*INPUT, TARGET]].dtypes)
    fresh = fresh[~source.among(fresh, pd.concat([train_set, heldout]))]
    most = round(share / (1 - share) * len(train_set))
    log.info("of %d records with feedback, %d are new and %d count", len(feedback), len(fresh), min(most, len(fresh)))
    return pd.concat([train_set, fresh.tail(most)], ignore_index=True)
