"""Turns answers into numbers: one per person where possible, one per case where not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from foretaste.core import Dataset, FloatArray
from foretaste.core.errors import DataError
from foretaste.evaluate.case import Case
from foretaste.evaluate.scoring import Outcome
from foretaste.measure import (
    RANKING,
    RATING,
    MetricName,
    calibration,
    counts_of,
    coverage,
    errors_by_person,
    exposure_ratio,
    gini,
    intra_list_distance,
    novelty,
    rank_metric,
    tail_share,
)

__all__ = ["Context", "measured"]

_HEAD = 0.2


@dataclass(frozen=True, eq=False)
class Context:
    """What beyond-accuracy metrics need to know, all of it from the training part.

    Attributes:
        train: The training part.
    """

    train: Dataset

    @cached_property
    def popularity(self) -> FloatArray:
        """Likes of each item, [I]."""
        return np.asarray(self.train.liked.sum(axis=0), dtype=float).ravel()

    @cached_property
    def n_users(self) -> int:
        """People who have liked anything."""
        return int((np.diff(self.train.liked.indptr) > 0).sum())

    @cached_property
    def tail(self) -> np.ndarray:
        """Items outside the most popular fifth, bool [I]."""
        size = round(_HEAD * self.train.n_items)
        members = np.ones(self.train.n_items, bool)
        members[np.argsort(-self.popularity, kind="stable")[:size]] = False
        return members

    @cached_property
    def attributes(self) -> np.ndarray:
        """Which item has which category, sparse 0/1 [I, A]; a DataError without categories."""
        from scipy.sparse import csr_matrix

        roles = self.train.item_roles
        names = [name for name, role in roles.items() if role in ("category", "categories")]
        code: dict[tuple[str, str], int] = {}
        pairs: set[tuple[int, int]] = set()
        for name in names:
            for row, cell in enumerate(self.train.items[name].to_list()):
                values = [cell] if isinstance(cell, str) else cell or []
                pairs |= {(row, code.setdefault((name, v), len(code))) for v in values}
        if not pairs:
            raise DataError(
                "calibration needs attributes",
                expected="an item column with categories",
                where=self.train.name,
                remedy="Leave calibration out",
            )
        rows, columns = zip(*sorted(pairs), strict=True)
        shape = (self.train.n_items, len(code))
        matrix: np.ndarray = csr_matrix((np.ones(len(rows)), (rows, columns)), shape)
        return matrix

    @cached_property
    def vectors(self) -> FloatArray:
        """What items are like, [I, D]; a DataError if they have no vectors."""
        found = self.train.vectors.get("text", next(iter(self.train.vectors.values()), None))
        if found is None:
            raise DataError(
                "intra-list distance needs vectors",
                expected="items encoded first",
                where=self.train.name,
                remedy="Leave ild out or give the items a text and an encoder",
            )
        return found


def measured(
    names: Sequence[MetricName], case: Case, outcome: Outcome, context: Context
) -> Mapping[str, FloatArray]:
    """Compute metrics by name.

    Args:
        names: Parsed names.
        case: The questions.
        outcome: The answers.
        context: Facts of the training part.

    Returns:
        By name: one number per person [B], or a single number [] where only the case as a
        whole has one. Metrics of ratings are left out when there are none.
    """
    found: dict[str, FloatArray] = {}
    for name in names:
        if name.base in RANKING:
            found[str(name)] = rank_metric(name, outcome.lists, case.truth)
        elif name.base == "auc" and outcome.auc is not None:
            found[str(name)] = outcome.auc
        elif name.base in RATING:
            if outcome.predicted is not None and case.ratings is not None:
                found[str(name)] = errors_by_person(
                    name.base, case.ratings.values, outcome.predicted, case.ratings.starts
                )
        else:
            found[str(name)] = _beyond(name, case, outcome, context)
    return found


def _beyond(name: MetricName, case: Case, outcome: Outcome, context: Context) -> FloatArray:
    lists = outcome.lists[:, : name.k]
    ranked = case.candidates
    n_items = context.train.n_items
    match name.base:
        case "coverage":
            return np.array(coverage(lists, n_items if ranked is None else int(ranked.sum())))
        case "gini":
            counts = counts_of(lists, n_items)
            return np.array(gini(counts if ranked is None else counts[ranked]))
        case "exposure":
            return np.array(exposure_ratio(lists, context.tail, n_items))
        case "tail":
            return tail_share(lists, context.popularity, _HEAD)
        case "novelty":
            return novelty(lists, context.popularity, context.n_users)
        case "ild":
            return intra_list_distance(lists, context.vectors, "l2")
        case "ild_cosine":
            return intra_list_distance(lists, context.vectors, "cosine")
        case "calibration":
            liked = [evidence.history.liked for evidence in case.people]
            return calibration(lists, liked, context.attributes)
    raise ValueError(f"{name} cannot be measured here")
