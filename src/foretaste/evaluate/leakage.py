"""Looks for what a split, a table or a fitted model should not know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from foretaste.core import Dataset, FloatArray
from foretaste.core.errors import DataError
from foretaste.evaluate.case import Case, Fold

__all__ = ["Finding", "fitted_findings", "lint", "refuse"]

_ALIKE = 0.999


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that looks like knowledge of the answer.

    Attributes:
        level: ``refuse``: the numbers would be worthless. ``flag``: look at it.
        check: Name of the check.
        detail: What was found, in words.
    """

    level: Literal["refuse", "flag"]
    check: str
    detail: str


def lint(fold: Fold, dataset: Dataset) -> tuple[Finding, ...]:
    """Check one fold before anything is fitted on it.

    Refused: an event to be found or a rating to be predicted that is in the training part;
    an unseen person or item with events there; a training event after the moment of asking;
    something to be found that is already known. Flagged: words typed at a hidden event; an
    item column that counts all events instead of the training part's.

    Args:
        fold: Training part and cases.
        dataset: The whole data the fold was made from.

    Returns:
        What was found.
    """
    train = fold.train.histories
    users = np.repeat(np.arange(len(train)), np.diff(train.starts))
    pairs = _keys(users, train.all.rows, fold.train.n_items)
    found: list[Finding] = []
    for case in fold.cases:
        found += _case(fold, case, users, pairs)
    if fold.items_unseen is not None:
        count = int(fold.items_unseen[train.all.rows].sum())
        if count:
            text = f"{count:,} training events are on items that should be new"
            found.append(Finding("refuse", "new items in train", text))
    found += _remarks(fold)
    found += _columns(fold, dataset)
    return tuple(dict.fromkeys(found))


def _case(fold: Fold, case: Case, users: np.ndarray, pairs: np.ndarray) -> Iterator[Finding]:
    n_items = fold.train.n_items
    asked = np.repeat(case.user_rows, case.truth.sizes)
    wanted = _keys(asked, case.truth.rows, n_items)
    if case.ratings is not None:
        asked = np.repeat(case.user_rows, np.diff(case.ratings.starts))
        wanted = np.union1d(wanted, _keys(asked, case.ratings.rows, n_items))
    count = int(np.isin(wanted, pairs).sum())
    if count:
        text = f"{count:,} of {len(wanted):,} events to be found in {case.name!r} are in train"
        yield Finding("refuse", "test events in train", text)
    known = np.concatenate([one.history.rows for one in case.people] or [np.empty(0, int)])
    owners = np.repeat(case.user_rows, [len(one.history) for one in case.people])
    count = int(np.isin(wanted, _keys(owners, known, n_items)).sum())
    if count:
        text = f"{count:,} items to be found in {case.name!r} are already in the history"
        yield Finding("refuse", "answers in the history", text)
    if fold.people_unseen:
        count = len(np.intersect1d(case.user_rows, users))
        if count:
            text = f"{count:,} people of {case.name!r} should be unseen and have training events"
            yield Finding("refuse", "test people in train", text)
    if case.cut_s is not None:
        count = int((fold.train.histories.all.times_s >= case.cut_s).sum())
        if count:
            text = f"{count:,} training events are not before the moment of asking"
            yield Finding("refuse", "future in train", text)
        late = sum(int((one.history.times_s >= case.cut_s).sum()) for one in case.people)
        if late:
            text = f"{late:,} known events are not before the moment of asking"
            yield Finding("refuse", "future in the history", text)


def _remarks(fold: Fold) -> Iterator[Finding]:
    remarks = fold.train.remarks
    if remarks is None or not len(remarks):
        return
    said = _keys(
        remarks["user_row"].to_numpy().astype(np.int64),
        remarks["item_row"].to_numpy().astype(np.int64),
        fold.train.n_items,
    )
    for case in fold.cases:
        asked = np.repeat(case.user_rows, case.truth.sizes)
        count = int(np.isin(_keys(asked, case.truth.rows, fold.train.n_items), said).sum())
        if count:
            text = f"{count:,} hidden events of {case.name!r} have words in the training part"
            yield Finding("flag", "words of test events", text)


def _columns(fold: Fold, dataset: Dataset) -> Iterator[Finding]:
    for name, role in dataset.item_roles.items():
        if role != "number":
            continue
        column = dataset.items[name].cast(float, strict=False).to_numpy()
        if _counts_everything(column, fold.train, dataset):
            yield Finding(
                "flag",
                "popularity with test data",
                f"item column {name!r} follows the counts of all events, not those of train",
            )


def fitted_findings(model: str, fitted: Any, fold: Fold, dataset: Dataset) -> tuple[Finding, ...]:
    """Check what a model has learned: does any number per item count hidden events?

    Args:
        model: What to call it.
        fitted: The fitted model; only models that can be saved can be looked into.
        fold: What it was fitted on.
        dataset: The whole data.

    Returns:
        What was found.
    """
    state = getattr(fitted, "state", None)
    if state is None:
        return ()
    found = []
    for name, array in state().arrays.items():
        alone = array.ndim == 1 and len(array) == dataset.n_items and array.dtype.kind in "fiu"
        if alone and _counts_everything(array, fold.train, dataset):
            text = f"{model} holds {name!r}, which follows the counts of all events"
            found.append(Finding("refuse", "popularity with test data", text))
    return tuple(found)


def refuse(findings: tuple[Finding, ...], where: str) -> None:
    """Stop if any finding makes the numbers worthless.

    Args:
        findings: What was found.
        where: Name of the split.

    Raises:
        DataError: If there is a finding of level ``refuse``.
    """
    bad = [finding for finding in findings if finding.level == "refuse"]
    if bad:
        raise DataError(
            "the split leaks: " + "; ".join(finding.detail for finding in bad),
            where=where,
            remedy="Remove what should not be known from the training part",
        )


def _counts_everything(column: FloatArray, train: Dataset, dataset: Dataset) -> bool:
    column = np.asarray(column, dtype=float)
    known = np.isfinite(column)
    kinds = ("liked", "all")
    inside = max(_alike(column[known], _counts(train, kind)[known]) for kind in kinds)
    with_all = max(_alike(column[known], _counts(dataset, kind)[known]) for kind in kinds)
    return with_all > _ALIKE and with_all > inside + 1e-9


def _counts(dataset: Dataset, kind: str) -> FloatArray:
    if kind == "liked":
        return np.asarray(dataset.liked.sum(axis=0), dtype=float).ravel()
    return np.bincount(dataset.histories.all.rows, minlength=dataset.n_items).astype(float)


def _alike(a: FloatArray, b: FloatArray) -> float:
    if len(a) < 3 or not a.std() or not b.std():
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def _keys(users: np.ndarray, items: np.ndarray, n_items: int) -> np.ndarray:
    keys: np.ndarray = users.astype(np.int64) * n_items + items
    return keys
