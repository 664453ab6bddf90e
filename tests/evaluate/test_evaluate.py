"""The whole way: fit, ask, measure, compare, report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from two_tastes import Oracle, RowOrder

from foretaste.core import Dataset
from foretaste.core.errors import ForetasteError, InputError, UnknownNameError
from foretaste.evaluate import (
    PROTOCOLS,
    Case,
    CrossValidation,
    KShot,
    LeaveOneOut,
    PersonValues,
    ask,
    code_digest,
    compare_all,
    draw_report,
    evaluate,
    masked_scores,
    paired,
    protocol,
    tuned,
)
from foretaste.models import IALS, Bias, Ease, Popularity

SHOTS = KShot(people=12, shots=(0, 2))


def test_an_oracle_is_perfect_and_row_order_is_what_one_counts_by_hand(world: Dataset) -> None:
    report = evaluate(
        world, SHOTS, {"oracle": Oracle(world), "rows": RowOrder()}, metrics=["ndcg@5", "hit@1"]
    )
    assert report.value("n=0", "oracle", "ndcg@5").mean == 1
    case = next(SHOTS.folds(world)).cases[1]
    by_hand = []
    for place, evidence in enumerate(case.people):
        unseen = [row for row in range(40) if row not in evidence.history.rows]
        by_hand.append(unseen[0] in case.truth.person(place))
    assert report.value("n=2", "rows", "hit@1").mean == pytest.approx(np.mean(by_hand))
    assert report.value("n=2", "rows", "hit@1").n == len(case)


def test_what_is_known_and_what_is_no_candidate_is_never_ranked(world: Dataset) -> None:
    case = next(SHOTS.folds(world)).cases[1]
    allowed = np.arange(40) % 2 == 0
    asked = Case(case.name, case.people, case.user_rows, case.truth, candidates=allowed)
    outcome = ask(RowOrder().fit(world, rng=np.random.default_rng()), asked, 40)
    for evidence, line in zip(case.people, outcome.lists, strict=True):
        shown = set(line[line >= 0].tolist())
        assert shown == {row for row in range(0, 40, 2) if row not in evidence.history.rows}


def test_people_come_in_chunks_with_the_same_result(
    world: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = next(LeaveOneOut().folds(world)).cases[0]
    fitted = Ease(ridge=5.0).fit(world, rng=np.random.default_rng())
    whole = ask(fitted, case, 10).lists
    monkeypatch.setattr("foretaste.evaluate.scoring._CHUNK_BYTES", 8 * 40 * 7)
    sizes = [len(scores) for _, scores in masked_scores(fitted, case)]
    assert sizes[0] == 1
    assert max(sizes) == 7
    assert sum(sizes) == len(case)
    np.testing.assert_array_equal(ask(fitted, case, 10).lists, whole)


def test_a_score_that_is_no_number_is_an_error(world: Dataset) -> None:
    class Broken:
        def score_batch(self, batch: list) -> np.ndarray:
            return np.full((len(batch), 40), np.nan)

    with pytest.raises(ForetasteError, match="broken gave a score that is not a number"):
        ask(Broken(), next(SHOTS.folds(world)).cases[0], 5, model="broken")


def test_ratings_tables_and_auc(world: Dataset) -> None:
    report = evaluate(
        world,
        CrossValidation(k=3),
        {"bias": Bias(), "three": RowOrder(rating=3.0), "popularity": Popularity()},
        metrics=["mae", "rmse", "accuracy", "auc", "ndcg@5"],
    )
    values = world.interactions["value"].to_numpy()
    table = np.array(report.ratings["three"]["actual_by_predicted"])
    assert table.sum() == len(values)
    assert table[:, 2].sum() == len(values)
    assert table[4, 2] == (values == 5).sum()
    assert report.value("held-out events", "bias", "mae").mean < 1.1
    with pytest.raises(KeyError):
        report.value("held-out events", "popularity", "mae")
    assert 0.5 < report.value("held-out events", "popularity", "auc").mean < 1
    # somebody asked in three folds is one person
    assert report.value("held-out events", "bias", "mae").n == world.n_users
    assert report.comparisons[0].metric == "mae"


def test_beyond_accuracy_groups_and_cells(world: Dataset) -> None:
    names = ["ndcg@5", "coverage@5", "gini@5", "tail@5", "novelty@5", "ild@5"]
    names += ["ild_cosine@5", "calibration@5", "exposure@5"]
    report = evaluate(
        world, LeaveOneOut(), {"rows": RowOrder(), "ease": Ease(ridge=5.0)}, metrics=names,
        group_by="team",
    )  # fmt: skip
    assert {row.metric for row in report.rows} == set(names)
    assert report.value("test", "rows", "coverage@5").mean < 0.9
    assert np.isnan(report.value("test", "rows", "gini@5").low)
    gap = report.groups["rows | test"]
    assert set(gap["groups"]) == {"a", "b"}
    means = [group["mean"] for group in gap["groups"].values()]
    assert gap["gap"] == pytest.approx(max(means) - min(means))
    # the two teams like different halves, and row order serves one of them
    assert gap["gap"] > 0.1


def test_lists_that_hang_on_an_attribute_are_told_from_those_that_do_not(world: Dataset) -> None:
    class ByTeam(RowOrder):
        def fit(self, dataset: Dataset, *, rng: np.random.Generator) -> Any:
            fitted = super().fit(dataset, rng=rng)
            plain = fitted.score_batch

            def by_team(batch: Any) -> Any:
                signs = np.array([-1.0 if one.profile.get("team") == "b" else 1.0 for one in batch])
                return plain(batch) * signs[:, None]

            fitted.score_batch = by_team
            return fitted

    models = {"rows": RowOrder(), "team": ByTeam()}
    report = evaluate(world, KShot(people=12, shots=(0,)), models, metrics=["ndcg@5"],
                      group_by="team")  # fmt: skip
    assert report.groups["rows | n=0"]["sensitivity"] == 0
    asked = next(KShot(people=12, shots=(0,)).folds(world)).cases[0].user_rows
    assert report.groups["team | n=0"]["sensitivity"] == pytest.approx(np.mean(asked % 2))
    # nobody's team is told: nothing is left to hang on
    silent = KShot(people=12, shots=(0,), profiles=False)
    report = evaluate(world, silent, models, metrics=["ndcg@5"], group_by="team")
    assert report.groups["team | n=0"]["sensitivity"] == 0
    assert set(report.groups["team | n=0"]["groups"]) == {"a", "b"}
    with pytest.raises(UnknownNameError, match="team"):
        evaluate(world, silent, models, group_by="gender")


def test_repeats_average_each_person_over_seeds(world: Dataset) -> None:
    models = {"ials": IALS(embedding_size=4, sweeps=1)}
    once = [evaluate(world, SHOTS, models, metrics=["ndcg@10"], seed=seed) for seed in (5, 6)]
    both = evaluate(world, SHOTS, models, metrics=["ndcg@10"], seed=5, repeats=2)
    key = ("n=2", "ials", "ndcg@10")
    expected = np.mean([one.people[key].values for one in once], axis=0)
    np.testing.assert_allclose(both.people[key].values, expected)
    assert both.costs["ials"]["fits"] == 2


def test_comparisons_pair_people_and_name_the_best_opponent(world: Dataset) -> None:
    models = {"oracle": Oracle(world), "rows": RowOrder(), "back": RowOrder(reverse=True)}
    report = evaluate(world, SHOTS, models, metrics=["ndcg@10"], focus="oracle")
    assert [one.case for one in report.comparisons] == ["n=0", "n=2"]
    for one in report.comparisons:
        opponents = {m: report.value(one.case, m, "ndcg@10").mean for m in ("rows", "back")}
        assert one.against == max(opponents, key=lambda m: opponents[m])
        assert one.verdict == "better"
        assert one.difference == pytest.approx(1 - opponents[one.against])
    every = evaluate(world, SHOTS, models, metrics=["ndcg@10"]).comparisons
    assert {(one.model, one.against) for one in every} == {("rows", "oracle"), ("back", "oracle")}
    assert {one.verdict for one in every} == {"worse"}


def test_less_error_is_better_and_only_shared_people_are_paired() -> None:
    rng = np.random.default_rng(0)
    rows, base = np.arange(50, dtype=np.int32), rng.random(50)
    people = {
        ("c", "good", "mae"): PersonValues(rows, base),
        ("c", "bad", "mae"): PersonValues(rows[10:], base[10:] + 0.2),
    }
    (one,) = compare_all(people, ["mae"], focus="good")
    assert (one.verdict, one.n, one.small) == ("better", 40, True)
    assert one.difference == pytest.approx(-0.2)
    same = paired(people["c", "good", "mae"], people["c", "good", "mae"])
    assert same.tie


def test_tuning_chooses_on_validation_people_for_each_case(world: Dataset) -> None:
    grid = (RowOrder(), RowOrder(reverse=True))
    found = tuned(grid, world, SHOTS, metric="ndcg@10")
    assert len(found.trials) == 2
    for case in ("n=0", "n=2"):
        means = [trial[case] for _, trial in found.trials]
        assert found.settings(case) == grid[int(np.argmax(means))]
    (by_hand,) = SHOTS.folds(world, "validation")
    shown = ask(grid[0].fit(world, rng=np.random.default_rng()), by_hand.cases[0], 10)
    from foretaste.measure import parse, rank_metric

    value = rank_metric(parse("ndcg@10"), shown.lists, by_hand.cases[0].truth).mean()
    assert found.trials[0][1]["n=0"] == pytest.approx(value)
    report = evaluate(world, SHOTS, {"rows": found}, metrics=["ndcg@10"])
    assert report.chosen["rows"]["metric"] == "ndcg@10"
    assert len(report.chosen["rows"]["trials"]) == 2


def test_tuning_wants_small_errors(world: Dataset) -> None:
    grid = tuple(RowOrder(rating=stars) for stars in (1.0, 3.5, 5.0))
    assert tuned(grid, world, CrossValidation(k=3), metric="mae").best.rating == 3.5


def test_one_setting_needs_no_tuning_and_none_is_an_error(world: Dataset) -> None:
    alone = RowOrder()
    assert tuned([alone], world, SHOTS).settings("n=0") is alone
    with pytest.raises(InputError, match="empty grid"):
        tuned([], world, SHOTS)
    with pytest.raises(InputError, match="nothing to choose by"):
        tuned([Popularity(), Popularity(half_life_days=3)], world, SHOTS, metric="mae")


@pytest.mark.parametrize("name", sorted(PROTOCOLS))
def test_every_protocol_has_usual_metrics_and_something_to_compare(
    name: str, world: Dataset
) -> None:
    small = {"people": 12} if name in ("k-shot", "strong-generalisation", "cold-items") else {}
    small |= {"warm": (2,)} if name == "cold-items" else {}
    small |= {"least": 5, "query": 3} if name == "melu" else {}
    # two models that predict no ratings: they are compared by the first metric they have
    models = {"a": Popularity(), "b": Popularity(half_life_days=1.0)}
    report = evaluate(world, protocol(name, **small), models)
    assert {row.model for row in report.rows} == {"a", "b"}
    assert report.comparisons
    assert all(one.metric.startswith("ndcg") for one in report.comparisons)
    with pytest.raises(InputError, match="nothing to measure"):
        evaluate(world, protocol(name, **small), {})


def test_same_seed_same_report_and_order_of_models_does_not_matter(world: Dataset) -> None:
    models = {"ials": IALS(embedding_size=4, sweeps=2), "rows": RowOrder()}
    first = evaluate(world, SHOTS, models, metrics=["ndcg@10"], seed=3)
    again = evaluate(world, SHOTS, dict(reversed(models.items())), metrics=["ndcg@10"], seed=3)
    other = evaluate(world, SHOTS, models, metrics=["ndcg@10"], seed=4)
    for case in ("n=0", "n=2"):
        assert first.value(case, "ials", "ndcg@10") == again.value(case, "ials", "ndcg@10")
    assert first.value("n=2", "rows", "ndcg@10").mean == other.value("n=2", "rows", "ndcg@10").mean


def test_the_report_can_be_read_written_drawn_and_traced(world: Dataset, tmp_path: Path) -> None:
    told: list[str] = []
    models = {"rows": RowOrder(), "popularity": Popularity()}
    report = evaluate(
        world, SHOTS, models, metrics=["ndcg@10", "coverage@5"], latency=True,
        progress=lambda what, done, of: told.append(f"{what} {done}/{of}"),
    )  # fmt: skip
    assert told == ["test: rows 0/2", "test: popularity 1/2"]
    text = report.table("ndcg@10")
    assert text.splitlines()[0].split() == ["ndcg@10", "n=0", "n=2"]
    assert "*" in text  # twelve people are too few to claim anything
    assert report.markdown().count("| rows |") == 2
    assert "too few people to claim it" in report.markdown()
    report.write_json(tmp_path / "report.json")
    read = json.loads((tmp_path / "report.json").read_text())
    assert not (tmp_path / "report.json.part").exists()
    assert read["card"]["data"]["digest"] == world.digest
    assert read["card"]["protocol"]["settings"]["people"] == 12
    assert read["card"]["code"]["digest"] == code_digest()
    assert read["card"]["models"]["rows"]["digest"] == RowOrder().digest()
    assert read["card"]["hardware"]["cores"] >= 1
    assert read["rows"][0]["small"] is True
    assert read["costs"]["rows"]["p99_ms"] >= read["costs"]["rows"]["p50_ms"]
    for name in ("curve.png", "curve.svg"):
        draw_report(report, tmp_path / name)
        assert (tmp_path / name).stat().st_size > 5_000
    other = evaluate(world, LeaveOneOut(), models, metrics=["ndcg@10"])
    draw_report(other, tmp_path / "bars.png", "ndcg@10")
    with pytest.raises(ValueError, match="no 'auc'"):
        draw_report(report, tmp_path / "none.png", "auc")
