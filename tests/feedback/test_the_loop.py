"""The whole loop: a bundle answers with exploration, what was shown is logged, reports read it."""

from __future__ import annotations

from collections import Counter

import numpy as np
import polars as pl
import pytest

import foretaste as ft
from foretaste.core import Event, Impression, Query
from foretaste.feedback import (
    Exploration,
    Interleaving,
    exploration_rng,
    interleaving_credits,
    interleaving_outcome,
    ips,
    places_shown,
    satisfaction,
    snips,
)
from foretaste.testing import two_clans


@pytest.fixture(scope="module")
def recommender() -> ft.Recommender:
    config = {"use_text": False, "ratings": False, "models": {"taste": {"learn": False}}}
    return ft.fit(two_clans(), config=config)


def impression(answer: ft.Answer, number: int, **more: object) -> Impression:
    odds = answer.propensities or (1.0,) * len(answer)
    return Impression(
        answer.answer_id, answer.query.user_id, answer.item_ids, odds, float(number),
        explored=answer.explored, source=answer.source, **more,
    )  # type: ignore[arg-type]  # fmt: skip


def test_answers_carry_the_odds_with_which_they_came_about(recommender: ft.Recommender) -> None:
    exploration, query = (
        Exploration(kind="thompson", share=0.5, pool=12),
        Query("red-person-0", n=4),
    )
    plain = recommender.pipeline.answer(query, reasons=False)
    assert plain.propensities is None and plain.explored == ()
    seen: Counter[tuple[int, str]] = Counter()
    said: dict[tuple[int, str], float] = {}
    rounds = 1_500
    for number in range(rounds):
        select = exploration.select(exploration_rng(query, number))
        answer = recommender.pipeline.answer(query, reasons=False, select=select)
        assert answer.propensities is not None and sum(answer.explored) <= 2
        for place, (item, p) in enumerate(zip(answer.item_ids, answer.propensities, strict=True)):
            seen[place, item] += 1
            said[place, item] = p
    for key, p in said.items():
        assert abs(seen[key] / rounds - p) < 4.5 * np.sqrt(p * (1 - p) / rounds) + 1e-9
    # Every place shows its own item most often, and what is closed always.
    assert {place for (place, _), p in said.items() if p == 1.0} == {0, 2}
    for place, item in enumerate(plain.item_ids):
        assert said[place, item] >= 0.5


def test_the_log_tells_the_worth_of_the_list_that_was_not_shown(
    recommender: ft.Recommender,
) -> None:
    exploration, rng = Exploration(kind="thompson", share=1.0, floor=0.5), np.random.default_rng(0)
    rate = {item: float(rng.uniform(0.1, 0.9)) for item in recommender.dataset.item_ids.ids}
    shown, events, greedy, truth = [], [], {}, []
    for number in range(1_200):
        query = Query(f"red-person-{number % 14}", n=3)
        best = recommender.pipeline.answer(query, reasons=False).item_ids
        select = exploration.select(exploration_rng(query, number))
        answer = recommender.pipeline.answer(query, reasons=False, select=select)
        shown.append(impression(answer, number))
        greedy |= {(answer.answer_id, place): item for place, item in enumerate(best)}
        truth.append(np.mean([rate[item] for item in best]))
        events += [
            Event(item, "click", None, number + 0.5, query.user_id, answer_id=answer.answer_id)
            for item in answer.item_ids
            if rng.random() < rate[item]
        ]
    places = places_shown(shown, events)
    target = np.array(
        [
            float(greedy[answer, place] == item)
            for answer, place, item in places.select("answer_id", "place", "item_id").iter_rows()
        ]
    )
    reward, logged = places["reward"].to_numpy(), places["propensity"].to_numpy()
    for estimate in (ips, snips):
        found = estimate(reward, logged, target)
        assert found.low <= np.mean(truth) <= found.high
        assert found.high - found.low < 0.15
    report = satisfaction(shown, events, by=("source",))
    (cell,) = report.cells
    assert dict(cell.key) == {"source": "taste"} and cell.people == 14
    assert cell.measures["ctr"].value == pytest.approx(reward.mean())
    assert report.by_answer == len(events)


def test_interleaving_finds_the_ranker_that_people_follow(recommender: ft.Recommender) -> None:
    class Blue:
        """A challenger that puts blue before red, to people who like red."""

        def score(self, evidence: object, rows: np.ndarray | None = None) -> np.ndarray:
            names = recommender.dataset.item_ids.names(rows)
            return np.array([float(name.startswith("blue")) for name in names])

        def score_batch(self, batch: object) -> np.ndarray:
            raise NotImplementedError

    shown, events, rng = [], [], np.random.default_rng(1)
    for number in range(56):
        query = Query(f"red-person-{number % 14}", n=4)
        select = Interleaving(Blue(), exploration_rng(query, number))
        answer = recommender.pipeline.answer(query, select=select)
        assert answer.propensities is not None and len(answer.reasons) == len(answer) == 4
        shown.append(impression(answer, number, arms={"colour": "interleaved"}))
        events += [
            Event(item, "click", None, number + 0.5, query.user_id, answer_id=answer.answer_id)
            for item in answer.item_ids
            if item.startswith("red") and rng.random() < 0.6
        ]
    found = interleaving_outcome(interleaving_credits(shown, events, "colour"))
    assert found.winner == "a" and found.preference.low > 0.5
    frame = satisfaction(shown, events, by=("arm",)).frame()
    assert frame.get_column("arm").to_list() == ["colour: interleaved"]
    assert isinstance(frame, pl.DataFrame)
