"""Asks a fitted model the questions of a case, a few people at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from foretaste.core import Evidence, FloatArray, Rows, Scorer
from foretaste.core.errors import ForetasteError
from foretaste.evaluate.case import Case
from foretaste.measure import Truth, rank_auc, top_lists

__all__ = ["Outcome", "ask", "masked_scores", "one_by_one_ms"]

_CHUNK_BYTES = 96_000_000
_LARGEST_CHUNK = 1_024


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a model answered in one case.

    Attributes:
        lists: The best candidates of each person, -1 where there are fewer, int32 [B, K].
        auc: AUC of each person's whole ranking, [B]; ``None`` if not asked for.
        predicted: Predicted ratings aligned with the case's ratings, [N]; ``None`` if the
            case has none or the model predicts none.
        seconds: Time of scoring and ranking.
    """

    lists: Rows
    auc: FloatArray | None
    predicted: FloatArray | None
    seconds: float


def ask(
    fitted: Scorer, case: Case, k: int, *, model: str = "model", want_auc: bool = False
) -> Outcome:
    """Rank all candidates for everybody and predict the ratings that are asked for.

    Never holds people x items at once: people come in chunks of about 100 MB of scores.

    Args:
        fitted: The model.
        case: The questions.
        k: Length of the lists.
        model: What to call it in an error.
        want_auc: Measure the whole ranking too.

    Returns:
        The answers.
    """
    start_s = time.perf_counter()
    lists = np.full((len(case), k), -1, np.int32)
    whole = np.full(len(case), np.nan) if want_auc else None
    for place, scores in masked_scores(fitted, case, model):
        stop = place + len(scores)
        lists[place:stop] = top_lists(scores, k)
        if whole is not None:
            truth: Truth = case.truth.take(np.arange(place, stop))
            whole[place:stop] = rank_auc(scores, truth)
    predicted = _predicted(fitted, case)
    return Outcome(lists, whole, predicted, time.perf_counter() - start_s)


def masked_scores(
    fitted: Scorer, case: Case, model: str = "model"
) -> Iterator[tuple[int, FloatArray]]:
    """Scores of chunks of people with everything that may not be shown at ``-inf``.

    Args:
        fitted: The model.
        case: The questions.
        model: What to call it in an error.

    Yields:
        Place of the chunk's first person, and scores [chunk, I].

    Raises:
        ForetasteError: If a score is not a number.
    """
    place, size = 0, 1
    while place < len(case):
        batch = case.people[place : place + size]
        scores = np.array(fitted.score_batch(batch))
        if np.isnan(scores).any():
            raise ForetasteError(f"{model} gave a score that is not a number", where=case.name)
        if case.candidates is not None:
            scores[:, ~case.candidates] = -np.inf
        for row, evidence in enumerate(batch):
            scores[row, evidence.history.rows] = -np.inf
        yield place, scores
        place += len(batch)
        # the first answer tells how many items, and so how many people, fit
        size = int(np.clip(_CHUNK_BYTES // (8 * scores.shape[1]), 1, _LARGEST_CHUNK))


def one_by_one_ms(fitted: Scorer, people: Sequence[Evidence], k: int) -> FloatArray:
    """How long one person's list takes when people come one at a time.

    Args:
        fitted: The model.
        people: Whom to ask for.
        k: Length of the lists.

    Returns:
        Milliseconds, [B].
    """
    took = np.empty(len(people))
    for place, evidence in enumerate(people):
        start_s = time.perf_counter()
        scores = np.array(fitted.score(evidence))
        scores[evidence.history.rows] = -np.inf
        top_lists(scores[None, :], k)
        took[place] = 1e3 * (time.perf_counter() - start_s)
    return took


def _predicted(fitted: Any, case: Case) -> FloatArray | None:
    predict = getattr(fitted, "predict", None)
    if case.ratings is None or predict is None:
        return None
    starts, rows = case.ratings.starts, case.ratings.rows
    found = np.full(len(rows), np.nan)
    for place, evidence in enumerate(case.people):
        line = slice(int(starts[place]), int(starts[place + 1]))
        if line.start < line.stop:
            found[line] = predict(evidence, rows[line])
    return found
