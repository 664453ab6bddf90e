"""The main job on the packaged sample: what ``foretaste quickstart`` shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from foretaste.app.evaluating import evaluate_models
from foretaste.app.fitting import Progress, fit
from foretaste.app.recommender import Recommender
from foretaste.app.sampling import sample
from foretaste.app.settings import load_settings
from foretaste.core import Answer, Query
from foretaste.data.sample import COLD_ITEMS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Demo", "run_demo"]

_METRICS = ("ndcg@10", "recall@20", "coverage@10")
_RIVALS = ("popularity", "itemknn", "ease", "content")
_WISH = "a slow, melancholy film about memory and lost love"
_CLICKS = ("heat-1995", "the-vanishing-1988", "memories-of-murder-2003")


@dataclass(frozen=True, eq=False)
class Demo:
    """Everything the quickstart shows.

    Attributes:
        recommender: Fitted on the sample.
        report_title: What was measured, in words.
        report_columns: Headings.
        report_rows: One row per model.
        report_note: How to read it.
        answers: The three lists, each with a title.
        audience_title: Which new item found its audience.
        audience: The people.
    """

    recommender: Recommender
    report_title: str
    report_columns: tuple[str, ...]
    report_rows: tuple[tuple[Any, ...], ...]
    report_note: str
    answers: tuple[tuple[str, Answer], ...]
    audience_title: str
    audience: pd.DataFrame

    def problems(self) -> list[str]:
        """What did not come out as it should; empty when all is well.

        Returns:
            Sentences.
        """
        found = []
        for title, answer in self.answers:
            if len(answer) != answer.query.n:
                found.append(f"{title}: {len(answer)} items instead of {answer.query.n}")
            if not all(answer.reasons):
                found.append(f"{title}: an item has no reason")
            if answer.source != "taste":
                found.append(f"{title}: answered by {answer.source}")
            if not np.isfinite(answer.scores).all():
                found.append(f"{title}: a score is not a number")
        if self.audience.empty:
            found.append("the new item found no audience")
        best = max(self.report_rows, key=lambda row: row[1])
        if best[0] == "popularity":
            found.append("nothing beats popularity")
        return found


def run_demo(tell: Progress) -> Demo:
    """Fit the sample, measure it, and ask four questions.

    Args:
        tell: Told what is being done.

    Returns:
        What there is to show.
    """
    data = sample()
    settings = load_settings()
    recommender = fit(data, settings, progress=tell)
    columns, rows, note = _measure(data, tell)
    someone = "ann" if "ann" in data.user_ids else data.user_ids.ids[0]
    clicks = tuple(one for one in _CLICKS if one in data.item_ids)
    past = [data.titles()[row] for row in data.histories.of(data.user_ids.row(someone)).liked[-3:]]
    named = ", ".join(data.titles()[data.item_ids.row(one)] for one in clicks)
    questions = (
        (f"For {someone}, whose latest films were {', '.join(past)}", Query(someone, n=5)),
        (f"For nobody in particular, who wishes for “{_WISH}”", Query(wish=_WISH, n=5)),
        (f"For somebody new after three clicks: {named}", Query(history=clicks, n=5)),
    )
    answers = tuple((title, recommender.answer(query)) for title, query in questions)
    new = COLD_ITEMS[0]
    title = data.titles()[data.item_ids.row(new)]
    return Demo(
        recommender,
        "Measured on the sample: later events of everybody, all films ranked (global-time)",
        columns,
        rows,
        note,
        answers,
        f"The audience of a brand-new film that nobody has met: {title}",
        recommender.audience(new, 5),
    )


def _measure(data: Any, tell: Progress) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...], str]:
    models = ("taste", *_RIVALS)
    report = evaluate_models(
        data, models, protocol_name="global-time", metrics=_METRICS, progress=tell
    )
    rows = []
    cases = {row.case for row in report.rows}
    whole = min(cases, key=len)
    for model in models:
        first = report.value(whole, model, _METRICS[0])
        rest = [report.value(whole, model, metric).mean for metric in _METRICS[1:]]
        rows.append((model, first.mean, f"{first.low:.3f}-{first.high:.3f}", *rest))
    people = report.value(whole, models[0], _METRICS[0]).n
    columns = ("model", _METRICS[0], "95 % interval", *_METRICS[1:])
    note = f"{people} people; defaults; taste joins its parts on earlier events held back for it."
    return columns, tuple(rows), note
