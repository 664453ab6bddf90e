"""Drift is noticed, noise is not called drift, and busy people do not count double."""

from __future__ import annotations

import numpy as np
import pytest

from foretaste.core import Event, Impression
from foretaste.feedback import DriftSettings, Period, drift

KINDS = np.array(["click", "view", "like", "skip"])
ITEMS = np.array([f"i{n}" for n in range(50)])


def period(
    rng: np.random.Generator,
    people: int = 120,
    *,
    kinds: tuple[float, ...] = (0.4, 0.4, 0.1, 0.1),
    tilt: float = 0.0,
    shift: float = 0.0,
    ctr: float = 0.2,
    habit: float = 4.0,
) -> Period:
    """A stretch of time in which people have habits: ``habit`` small means strong ones."""
    popular = np.exp(-0.05 * np.arange(50) + tilt * np.arange(50))
    popular /= popular.sum()
    who, what, which, scores, scored = [], [], [], [], []
    for person in range(people):
        events = int(rng.integers(3, 25))
        mine = rng.dirichlet(habit * np.array(kinds))
        taste = rng.dirichlet(30 * popular)
        who += [f"p{person}"] * events
        what += rng.choice(KINDS, events, p=mine).tolist()
        which += rng.choice(ITEMS, events, p=taste).tolist()
        scores += (rng.normal() + rng.normal(size=events) + shift).tolist()
        scored += [person] * events
    shown = rng.poisson(30, people) + 1
    clicked = rng.binomial(shown, rng.beta(4 * ctr, 4 * (1 - ctr), people))
    return Period(
        np.array(who), np.array(what), np.array(which), clicked.astype(float),
        shown.astype(float), np.array(scores), np.array(scored),
    )  # fmt: skip


def test_false_alarms_are_as_rare_as_promised() -> None:
    rng = np.random.default_rng(0)
    # Size is not asked for, so that the alarm is the test alone.
    settings = DriftSettings(level=0.1, least_psi=0, least_ks=0, least_ctr=0)
    reports = [drift(period(rng), period(rng), settings) for _ in range(120)]
    assert all(len(report.checks) == 4 for report in reports)
    # 10 % promised; three standard errors of 120 runs are 8.2 %.
    assert np.mean([report.alarm for report in reports]) < 0.182
    for place, name in enumerate(("kinds", "items", "scores", "ctr")):
        p = np.array([report.checks[place].p for report in reports])
        assert np.mean(p < 0.1) < 0.182, name


def test_noise_of_a_few_busy_people_would_fool_a_test_that_counts_events() -> None:
    from scipy.stats import chi2_contingency

    rng, naive, ours = np.random.default_rng(1), 0, 0
    for _ in range(80):
        one, two = period(rng, 60, habit=1.0), period(rng, 60, habit=1.0)
        table = [[(one_or.kinds == kind).sum() for kind in KINDS] for one_or in (one, two)]
        naive += chi2_contingency(np.array(table)).pvalue < 0.05
        ours += drift(one, two).checks[0].p < 0.05
    assert naive / 80 > 0.3 > 0.125 > ours / 80


@pytest.mark.parametrize(
    ("name", "changed", "word"),
    [
        ("kinds", {"kinds": (0.1, 0.3, 0.2, 0.4)}, "other things"),
        ("items", {"tilt": 0.06}, "other items"),
        ("scores", {"shift": 1.0}, "Scores"),
        ("ctr", {"ctr": 0.1}, "Click-through"),
    ],
)
def test_what_has_changed_is_named_and_nothing_else(
    name: str, changed: dict[str, object], word: str
) -> None:
    rng = np.random.default_rng(2)
    report = drift(period(rng, 400), period(rng, 400, **changed))  # type: ignore[arg-type]
    assert [check.name for check in report.checks if check.alarm] == [name]
    assert report.alarm and word in report.words
    same = drift(period(rng, 400), period(rng, 400))
    assert not same.alarm and "Nothing" in same.words


def test_a_sure_but_small_change_is_no_alarm() -> None:
    rng = np.random.default_rng(3)
    one, two = period(rng, 3_000), period(rng, 3_000, shift=0.15)
    check = drift(one, two).checks[2]
    assert check.p < 0.01 and not check.alarm and "not changed" in check.words
    assert drift(one, two, DriftSettings(least_ks=0.02)).alarm


def test_known_sizes() -> None:
    def plain(first: int, second: int) -> Period:
        n = first + second
        kinds = np.array(["click"] * first + ["view"] * second)
        none = np.zeros(0)
        return Period(np.arange(n), kinds, np.full(n, ""), none, none, none, none)

    report = drift(plain(5_000, 5_000), plain(2_000, 8_000))
    check = report.checks[0]
    # (.2 - .5) ln(.2 / .5) + (.8 - .5) ln(.8 / .5) = .2749 + .1410
    assert check.size == pytest.approx(0.4159, abs=0.001)
    # G of that table by hand: 2 sum O ln(O / E) = 2,026.87
    assert check.statistic == pytest.approx(2_026.87, abs=0.1) and check.p < 1e-100
    unseen = drift(plain(500, 0), plain(300, 200)).checks[0]
    assert unseen.alarm


def test_too_little_says_so() -> None:
    rng = np.random.default_rng(4)
    report = drift(period(rng, 5), period(rng, 5))
    assert [check.name for check in report.checks if check.name in ("kinds", "ctr")] == []
    none = Period.of([], [])
    assert drift(none, none).words == "There is too little to compare."


def test_periods_come_from_the_log() -> None:
    shown = [Impression(f"a{n}", f"p{n % 7}", ("x", "y"), (1, 1), float(n)) for n in range(20)]
    shown.append(Impression("anon", None, ("x",), (1.0,), 0.0))
    events = [Event("x", "click", None, n + 0.5, f"p{n % 7}", answer_id=f"a{n}") for n in range(5)]
    events += [Event("x", "view", None, 1.0, None), Event("y", "view", None, 1.0, None)]
    found = Period.of(shown, events)
    assert found.shown.sum() == 41 and found.clicked.sum() == 5 and len(found.shown) == 8
    # Nobody in particular is somebody else each time.
    assert len(set(found.people)) == 7
    assert len(found.scores) == 0
