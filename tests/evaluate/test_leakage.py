"""The leakage check finds what is planted and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from two_tastes import RowOrder

from foretaste.core import Dataset
from foretaste.core.errors import DataError
from foretaste.evaluate import (
    CrossValidation,
    Fold,
    GlobalTime,
    KShot,
    LeaveOneOut,
    evaluate,
    fitted_findings,
    lint,
    refuse,
)
from foretaste.measure import Truth
from foretaste.models import FixedScores, Popularity


def checks(fold: Fold, data: Dataset) -> set[str]:
    return {finding.check for finding in lint(fold, data)}


def test_a_fold_that_trains_on_everything_is_refused(world: Dataset) -> None:
    for settings, expected in (
        (LeaveOneOut(), {"test events in train"}),
        (KShot(people=12), {"test events in train", "test people in train"}),
        (GlobalTime(), {"test events in train", "future in train"}),
    ):
        fold = next(settings.folds(world))
        assert checks(fold, world) == set()
        assert checks(replace(fold, train=world), world) == expected


def test_new_items_with_events_are_refused(world: Dataset) -> None:
    fold = next(LeaveOneOut().folds(world))
    assert checks(replace(fold, items_unseen=np.arange(40) == 0), world) == {"new items in train"}


def test_answers_in_the_history_are_refused(world: Dataset) -> None:
    fold = next(KShot(people=12, shots=(2,)).folds(world))
    case = fold.cases[0]
    whole = tuple(replace(p, history=world.histories.of(p.user_row)) for p in case.people)
    leaking = replace(fold, cases=(replace(case, people=whole),))
    assert checks(leaking, world) == {"answers in the history"}


def test_ratings_to_be_predicted_that_are_known_are_refused(world: Dataset) -> None:
    fold = next(CrossValidation().folds(world))
    assert checks(fold, world) == set()
    case = fold.cases[0]
    nothing = replace(case, truth=Truth.of([[]] * len(case)))
    assert checks(replace(fold, train=world, cases=(nothing,)), world) == {"test events in train"}
    whole = tuple(replace(p, history=world.histories.of(p.user_row)) for p in case.people)
    told = replace(nothing, people=whole)
    assert checks(replace(fold, cases=(told,)), world) == {"answers in the history"}


def test_a_popularity_column_of_all_events_is_flagged(world: Dataset) -> None:
    everything = np.asarray(world.liked.sum(axis=0)).ravel()
    for counts, expected in (
        (everything, {"popularity with test data"}),
        (np.arange(40.0), set()),
    ):
        told = replace(
            world,
            items=world.items.with_columns(pl.Series("n_likes", counts)),
            item_roles={**world.item_roles, "n_likes": "number"},
        )
        assert checks(next(KShot(people=12).folds(told)), told) == expected


def test_words_of_hidden_events_are_flagged(world: Dataset) -> None:
    fold = next(LeaveOneOut().folds(world))
    user, item = int(fold.cases[0].user_rows[0]), int(fold.cases[0].truth.person(0)[0])
    words = pl.DataFrame({"user_row": [user], "item_row": [item], "words": ["so good"]})
    assert checks(replace(fold, train=replace(fold.train, remarks=words)), world) == {
        "words of test events"
    }


def test_a_model_that_counted_hidden_events_is_refused(world: Dataset) -> None:
    fold = next(KShot(people=12).folds(world))
    honest = Popularity().fit(fold.train, rng=np.random.default_rng())
    leaking = Popularity().fit(world, rng=np.random.default_rng())
    assert fitted_findings("popularity", honest, fold, world) == ()
    found = fitted_findings("popularity", leaking, fold, world)
    with pytest.raises(DataError, match="follows the counts of all events"):
        refuse(found, "here")
    other = FixedScores(np.arange(40.0))
    assert fitted_findings("rows", other, fold, world) == ()


def test_evaluation_stops_at_a_leak(world: Dataset) -> None:
    class Leaking(LeaveOneOut):
        def folds(self, dataset: Dataset, part: str = "test"):  # type: ignore[no-untyped-def]
            for fold in super().folds(dataset, part):
                yield replace(fold, train=dataset)

    with pytest.raises(DataError, match="the split leaks"):
        evaluate(world, Leaking(), {"rows": RowOrder()})
    assert evaluate(world, Leaking(), {"rows": RowOrder()}, check_leakage=False).rows
