"""Forgetting somebody leaves the recommender that a fit without them would have given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import foretaste as ft
from foretaste.app import Recommender
from foretaste.app.bundles import load
from foretaste.app.forgetting import (
    fit_settled,
    forget_events,
    forget_people,
    forget_person,
    refit_parts,
)
from foretaste.app.forgetting.erasing import without_events, without_people
from foretaste.app.growing import Grower
from foretaste.core import Dataset, Query, stream
from foretaste.core.errors import UnknownIdError, UnknownNameError
from foretaste.data import DatasetBuilder
from foretaste.recommend import Bundle, read_bundle, write_bundle
from foretaste.store import ItemRecord

N_PEOPLE = 36
ME = "p7 Zaphod/Beeblebrox"
FROZEN: dict[str, Any] = {"learn": False, "task": "later", "direction": {"joint_events": 4.0}}


def name_of(number: int) -> str:
    return ME if number == 7 else f"p{number}"


def shop(seed: int = 0, ratings: bool = False) -> Dataset:
    """Items with words and genres, people with a plan, likes with a device, and searches."""
    rng = stream(seed, "shop")
    genres = ["crime", "space", "war", "love"]
    build = DatasetBuilder("shop", roles={"overview": "text"})
    build.items(
        {
            "item_id": [f"i{n}" for n in range(24)],
            "title": [f"Film {n}" for n in range(24)],
            "genre": [genres[n % 4] for n in range(24)],
            "overview": [f"A story of {genres[n % 4]} number {n % 7}" for n in range(24)],
        }
    )
    users, items = [], []
    for user in range(N_PEOPLE):
        kind = rng.integers(0, 4)
        pool = [n for n in range(22) if n % 4 in (kind, (kind + 1) % 4)]
        chosen = rng.permutation(pool)[: 2 + user % 8]
        users += [name_of(user)] * len(chosen)
        items += [f"i{n}" for n in chosen]
    events: dict[str, Any] = {
        "user_id": users,
        "item_id": items,
        "timestamp": rng.integers(0, 10**7, len(users)),
        "device": [("phone", "desk")[n] for n in rng.integers(0, 2, len(users))],
        "words": [f"words of {user}" for user in users],
    }
    if ratings:
        events["rating"] = rng.integers(1, 6, len(users)).astype(float)
    build.interactions(events)
    build.people(
        {
            "user_id": [name_of(n) for n in range(N_PEOPLE)],
            "plan": [("free", "paid")[n % 2] for n in range(N_PEOPLE)],
        }
    )
    build.knowledge({"head": ["i0"], "relation": ["made_by"], "tail": ["somebody"]})
    return build.build()


def fit(data: Dataset, config: dict[str, Any]) -> Recommender:
    """The public fit, with an encoder that has no weights to load."""
    return ft.fit(data, {"encoder": {"kind": "hashed", "vector_size": 32}, **config})


def fitted(data: Dataset | None = None, **taste: Any) -> Recommender:
    models = {"taste": {**FROZEN, **taste}}
    config = {"sources": ["taste", "popularity"], "models": models, "ratings": False}
    return fit(shop() if data is None else data, config)


def farthest(one: Recommender, other: Recommender, part: str) -> float:
    """Largest difference of any score for anybody."""
    assert one.dataset.user_ids == other.dataset.user_ids
    people = [one.pipeline.stored_evidence(row) for row in range(one.dataset.n_users)]
    mine, theirs = (r.parts[part].score_batch(people) for r in (one, other))
    return float(np.abs(mine - theirs).max())


TASTES: dict[str, dict[str, Any]] = {
    "later": {},
    "complete": {"task": "complete"},
    "next": {"task": "next", "direction": {"form": "dense"}},
    "counts": {"task": "next", "direction": {"form": "counts"}},
    "none": {"direction": {"form": "none"}, "prior": {"absence": 0.1, "half_life_days": 9.0}},
}


@pytest.mark.parametrize("name", TASTES)
def test_taste_is_what_a_fit_without_them_is(name: str) -> None:
    whole = fitted(**TASTES[name])
    left = forget_person(whole, ME).recommender
    # Nothing was chosen, so the public fit draws the same numbers: no part of forgetting is used.
    never = fitted(without_people(whole.dataset, [7]), **TASTES[name])
    assert farthest(left, never, "taste") <= 1e-6
    assert farthest(left, never, "popularity") == 0
    assert farthest(left, replace(whole, dataset=left.dataset), "taste") > 1e-4  # they did count


@pytest.mark.parametrize(
    "source",
    ["popularity", "trending", "latest", "itemknn", "ease", "kl", "content", "bias"],
)
def test_every_other_part_is_what_a_fit_without_them_is(source: str) -> None:
    config = {"sources": [source], "models": {}, "ratings": False}
    if source == "popularity":
        config["models"] = {source: {"half_life_days": 20.0}}
    if source == "kl":
        config["models"] = {source: {"popularity": True}}
    whole = fit(shop(ratings=True), config)
    done = forget_person(whole, ME)
    never = fit(without_people(whole.dataset, [7]), config)
    assert done.exact and done.parts[source].exact
    assert farthest(done.recommender, never, source) <= 1e-6


def test_parts_say_truly_how_they_forgot() -> None:
    sources = ["taste", "popularity", "ease", "trending", "content", "ials"]
    config = {"sources": sources, "models": {"taste": FROZEN, "ials": {"embedding_size": 4}}}
    done = forget_person(fit(shop(), config), ME)
    how = {name: part.how for name, part in done.parts.items()}
    assert how["popularity"] == "share subtracted from sums (likes), then solved again"
    assert "pairs of likes" in how["ease"] and "rows" not in how["ease"]
    assert "subtracted" in how["taste"] and "remain: what comes later" in how["taste"]
    assert how["trending"] == "from the rows that remain: all of it"
    assert how["content"] == "it holds nothing of anybody"
    assert [name for name, part in done.parts.items() if not part.exact] == ["ials"]
    assert "until this part is fitted again" in how["ials"]


def test_no_trace_is_left_in_the_data_or_on_disk(tmp_path: Path) -> None:
    whole = fitted()
    done = forget_person(whole, ME).recommender
    data = done.dataset
    assert ME not in data.user_ids and data.n_users == N_PEOPLE - 1
    assert ME not in data.people["user_id"].to_list()
    assert data.remarks is not None and whole.dataset.remarks is not None
    words = data.remarks["words"].to_list()
    assert words and not any("Zaphod" in one for one in words)
    assert data.interactions["user_row"].max() == N_PEOPLE - 2
    assert data.knowledge is whole.dataset.knowledge
    assert data.item_ids == whole.dataset.item_ids
    # The next person has moved up with everything that is theirs.
    then, now = (one.dataset.evidence(row) for one, row in ((whole, 8), (done, 7)))
    np.testing.assert_array_equal(then.history.rows, now.history.rows)
    assert then.profile == now.profile
    assert done.card["people"] == N_PEOPLE - 1 and done.card["events"] == len(data.interactions)
    done.save(tmp_path / "after")
    whole.save(tmp_path / "before")
    assert "Zaphod" in written(tmp_path / "before")  # so the next line can fail
    assert "Zaphod" not in written(tmp_path / "after")


def written(folder: Path) -> str:
    """All that a bundle says in words."""
    tables = [pl.read_parquet(path).write_json() for path in folder.rglob("*.parquet")]
    arrays = [path.read_bytes().decode("latin-1") for path in folder.rglob("*.safetensors")]
    return "".join([*tables, *arrays, (folder / "manifest.json").read_text()])


def test_reasons_count_the_others_only() -> None:
    whole = fitted()
    row = int(whole.dataset.histories.of(7).liked[0])
    item_id = whole.dataset.item_ids.ids[row]
    done = forget_person(whole, ME).recommender
    counts = [int(one.pipeline.writer.likes[row]) for one in (whole, done)]
    assert counts[1] == counts[0] - 1
    said = done.explain(None, item_id)
    assert any(f"{counts[1]:,} of {N_PEOPLE - 1}" in reason.text for reason in said), said


def test_the_recommender_before_stays_as_it_was() -> None:
    whole = fitted()
    people = [whole.pipeline.stored_evidence(row) for row in range(N_PEOPLE)]
    before, digest = whole.parts["taste"].score_batch(people), whole.dataset.digest
    done = forget_person(whole, ME).recommender
    np.testing.assert_array_equal(whole.parts["taste"].score_batch(people), before)
    assert whole.dataset.digest == digest and done.digest != whole.digest


def test_nobody_is_forgotten_who_is_not_there() -> None:
    whole = fitted()
    with pytest.raises(UnknownIdError, match="nobody-at-all"):
        forget_person(whole, "nobody-at-all")
    left = forget_person(whole, ME).recommender
    with pytest.raises(UnknownIdError):
        forget_person(left, ME)
    with pytest.raises(UnknownIdError, match="no such event"):
        forget_events(whole, "p1", "i23")
    with pytest.raises(UnknownNameError, match="event kind"):
        forget_events(whole, "p1", "i1", "applaud")


@settings(max_examples=3, deadline=None)
@given(order=st.permutations(range(N_PEOPLE)))
def test_everyone_forgotten_in_any_order_ends_at_the_same_sums(order: list[int]) -> None:
    now = whole = fitted(**TASTES["none"])
    for number in order[: N_PEOPLE // 6]:
        now = forget_person(now, name_of(number)).recommender
    at_once = forget_people(whole, [name_of(n) for n in order[: N_PEOPLE // 6]]).recommender
    assert now.digest == at_once.digest
    assert farthest(now, at_once, "taste") == 0
    nobody = forget_people(now, list(now.dataset.user_ids.ids)).recommender
    assert nobody.dataset.n_users == 0 and nobody.kept is not None
    for name, one in nobody.kept.sums.items():
        if name != "profiles":  # the coding of nobody has no values
            sizes = [float(a.sum()) for n, a in one.state().arrays.items() if n != "indptr"]
            assert sum(sizes) == 0, name
    assert not nobody.parts["popularity"].scores.any()
    assert len(nobody.answer(Query(n=5))) == 5


def test_one_event_can_be_forgotten_and_the_person_stays() -> None:
    whole = fitted()
    data = whole.dataset
    row = data.user_ids.row(ME)
    item = int(data.histories.of(row).rows[0])
    done = forget_events(whole, ME, data.item_ids.ids[item])
    never = fitted(without_events(data, row, item, None))
    assert done.exact and ME in done.recommender.dataset.user_ids
    assert "subtracted" in done.parts["taste"].how
    assert farthest(done.recommender, never, "taste") <= 1e-6
    left = done.recommender.dataset
    assert left.interactions.height == data.interactions.height - 1
    assert left.remarks is not None and data.remarks is not None
    assert left.remarks.height == data.remarks.height - 1


def test_only_events_of_one_kind_can_be_forgotten() -> None:
    build = DatasetBuilder("kinds")
    build.interactions(
        {
            "user_id": ["a", "a", "b", "b"],
            "item_id": ["x", "x", "x", "y"],
            "type": ["like", "view", "like", "like"],
            "words": ["good", "looked", "fine", "well"],
        }
    )
    whole = fit(build.build(), {"sources": ["popularity"], "use_text": False})
    left = forget_events(whole, "a", "x", "like").recommender.dataset
    kinds = [left.kinds[code] for code in left.histories.of(left.user_ids.row("a")).kinds]
    assert kinds == ["view"]
    assert left.remarks is not None and left.remarks.height == 4  # they still have met it


def test_what_is_not_exact_is_remembered_and_finished_by_refitting(tmp_path: Path) -> None:
    config = {
        "sources": ["ials", "popularity"],
        "models": {"ials": {"embedding_size": 4, "sweeps": 3}},
    }
    whole = fit(shop(ratings=True), config)
    done = forget_person(whole, ME)
    assert not done.exact and done.recommender.kept is not None
    assert set(done.recommender.kept.stale) == {"ials", "ratings"}
    assert done.recommender.parts["ials"] is whole.parts["ials"]
    done.recommender.save(tmp_path / "stale")
    finished = refit_parts(load(tmp_path / "stale"))
    assert finished.exact and set(finished.parts) == {"ials", "ratings"}
    assert finished.recommender.kept is not None and not finished.recommender.kept.stale
    never = fit(without_people(whole.dataset, [7]), config)
    assert farthest(finished.recommender, never, "ials") <= 1e-6
    people = [never.pipeline.stored_evidence(row) for row in range(never.dataset.n_users)]
    mine, theirs = (r.ratings.score_batch(people) for r in (finished.recommender, never))
    np.testing.assert_allclose(mine, theirs, atol=1e-6)


def test_who_never_rated_has_not_reached_the_head_for_ratings() -> None:
    build = DatasetBuilder("few")
    users = [f"r{n}" for n in range(30)]
    build.interactions(
        {
            "user_id": [one for one in users for _ in range(3)],
            "item_id": [f"i{(n + k * k) % 7}" for n in range(30) for k in range(3)],
            "rating": [float(1 + (n * k) % 5) for n in range(30) for k in range(3)],
        }
    )
    build.interactions({"user_id": ["quiet", "quiet"], "item_id": ["i1", "i2"]}, kind="like")
    whole = fit(build.build(), {"sources": ["popularity"], "use_text": False})
    quiet, loud = forget_person(whole, "quiet"), forget_person(whole, "r4")
    assert quiet.exact and "nothing" in quiet.parts["ratings"].how
    assert not loud.exact and loud.recommender.kept is not None
    never = fit_settled(whole, quiet.recommender.dataset)
    people = [never.pipeline.stored_evidence(row) for row in range(30)]
    mine, theirs = (one.ratings.score_batch(people) for one in (quiet.recommender, never))
    np.testing.assert_array_equal(mine, theirs)
    # A trace that was there before does not go because somebody else left none.
    assert not forget_person(loud.recommender, "quiet").parts["ratings"].exact


def test_with_the_last_ratings_the_head_for_ratings_goes() -> None:
    build = DatasetBuilder("few")
    build.interactions({"user_id": ["a"] * 3, "item_id": ["x", "y", "z"], "rating": [1, 3, 5]})
    build.interactions({"user_id": ["b", "c"], "item_id": ["x", "y"]}, kind="like")
    config = {"sources": ["popularity", "bias"], "use_text": False}
    whole = fit(build.build(), config)
    assert whole.ratings is not None
    done = forget_person(whole, "a")
    assert done.recommender.ratings is None and "gone" in done.parts["ratings"].how
    assert "bias" not in done.recommender.parts and "gone" in done.parts["bias"].how
    assert len(done.recommender.answer(Query(n=2))) == 2


def test_settings_that_were_chosen_stay_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("foretaste.taste.joining._LEAST_PEOPLE", 10)
    whole = fit(shop(), {"ratings": False})
    assert whole.kept is not None and not whole.kept.models["taste"].learn  # type: ignore[attr-defined]
    monkeypatch.setattr("foretaste.taste.model.learned", _not_again)
    done = forget_person(whole, ME).recommender
    assert done.kept is not None
    assert done.kept.models["taste"].digest() == whole.kept.models["taste"].digest()
    never = fit_settled(whole, without_people(whole.dataset, [7]))
    assert farthest(done, never, "taste") <= 1e-6
    assert farthest(fit_settled(whole, whole.dataset), whole, "taste") == 0


def _not_again(*_: object) -> None:
    raise AssertionError("settings were chosen again")


@pytest.mark.parametrize("name", TASTES)
def test_a_bundle_forgets_as_well_as_what_was_fitted(name: str, tmp_path: Path) -> None:
    whole = fitted(**TASTES[name])
    whole.save(tmp_path / "bundle")
    done, same = (forget_person(one, ME) for one in (load(tmp_path / "bundle"), whole))
    assert done.parts == same.parts
    assert farthest(done.recommender, same.recommender, "taste") <= 1e-6
    assert done.recommender.digest == same.recommender.digest


def test_vectors_from_outside_come_back_with_the_bundle(tmp_path: Path) -> None:
    data = shop().with_vectors("text", stream(0, "v").normal(size=(24, 6)))
    data = data.with_vectors("image", np.eye(24)[:, :3])
    whole = fit(data, {"models": {"taste": FROZEN}, "use_text": False, "ratings": False})
    whole.save(tmp_path / "bundle")
    again = load(tmp_path / "bundle")
    for name in ("text", "image"):
        np.testing.assert_array_equal(again.dataset.vectors[name], data.vectors[name])
    assert again.dataset.digest == data.digest
    never = fit_settled(whole, without_people(data, [7]))
    assert farthest(forget_person(again, ME).recommender, never, "taste") <= 1e-6


def _aged(folder: Path, change: Callable[[dict[str, Any], dict[str, Any]], None]) -> Path:
    """A bundle as an older version would have written it."""
    bundle = read_bundle(folder)
    parts, meta = dict(bundle.parts), dict(bundle.meta)
    change(parts, meta)
    write_bundle(Bundle(parts, bundle.tables, meta), folder.with_name("old"))
    return folder.with_name("old")


@pytest.mark.parametrize("name", TASTES)
def test_bundles_without_sums_forget_from_the_rows_that_remain(name: str, tmp_path: Path) -> None:
    def age(parts: dict[str, Any], meta: dict[str, Any]) -> None:
        del meta["kept"]
        for part in [one for one in parts if one.startswith("_sums")]:
            del parts[part]

    whole = fitted(**TASTES[name])
    whole.save(tmp_path / "new")
    old = load(_aged(tmp_path / "new", age))
    assert old.kept is None
    done = forget_person(old, ME)
    assert done.exact and "subtracted" not in done.parts["taste"].how
    never = fit_settled(whole, without_people(whole.dataset, [7]))
    assert farthest(done.recommender, never, "taste") <= 1e-6
    assert done.recommender.kept is not None  # from now on sums are kept
    assert "subtracted" in forget_person(done.recommender, "p3").parts["taste"].how


def test_sums_of_other_data_are_not_used() -> None:
    whole = fitted()
    others = without_people(whole.dataset, [3])
    done = forget_person(replace(whole, dataset=others), ME)
    assert "subtracted" not in done.parts["taste"].how
    never = fitted(without_people(whole.dataset, [3, 7]))
    assert farthest(done.recommender, never, "taste") <= 1e-6


def test_a_catalogue_that_has_grown_forgets_as_well() -> None:
    grower = Grower(fitted())
    new = {"title": "Film 99", "genre": "war", "overview": "A story of war number 3"}
    grown = grower.grow([ItemRecord("i99", new)], deleted=["i2"])
    assert grown.kept is not None and len(grown.kept.sums["likes"].first) == 24
    done = forget_person(grown, ME)
    assert "subtracted from sums (pairs of likes" in done.parts["taste"].how
    data = done.recommender.dataset
    assert data.n_items == 25 and "i99" in data.item_ids
    never = fit_settled(grown, without_people(grown.dataset, [7]))
    assert farthest(done.recommender, never, "taste") <= 1e-6
    shown = done.recommender.answer(Query(user_id="p1", n=25)).item_ids
    assert "i99" in shown and "i2" not in shown  # what was hidden stays hidden


def test_large_catalogues_are_solved_from_the_rows_that_remain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in ("foretaste.sums.taking", "foretaste.taste.prior"):
        monkeypatch.setattr(f"{module}.MOST_PAIRED", 10)
    whole = fitted()
    done = forget_person(whole, ME)
    assert done.exact and "remain: what is liked together, profiles" in done.parts["taste"].how
    assert whole.kept is not None and set(whole.kept.sums) == {"likes", "circumstances"}
    never = fitted(without_people(whole.dataset, [7]))
    assert farthest(done.recommender, never, "taste") <= 1e-6


def test_rows_of_people_stay_in_order_and_types() -> None:
    data = shop()
    left = without_people(data, [0, 7, 35])
    assert left.interactions.schema == data.interactions.schema
    assert left.interactions["user_row"].is_sorted()
    assert left.user_ids.ids == tuple(
        one for number, one in enumerate(data.user_ids.ids) if number not in (0, 7, 35)
    )
    theirs = data.interactions.filter(~pl.col("user_row").is_in([0, 7, 35]))
    assert left.interactions.drop("user_row").equals(theirs.drop("user_row"))
