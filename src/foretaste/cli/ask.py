"""``foretaste recommend | explain | similar | audience | predict``: questions to a bundle."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from foretaste.cli.fit import parse_overrides
from foretaste.cli.output import (
    JsonFlag,
    answer_json,
    note,
    progress,
    say,
    show_answer,
    show_json,
    table,
)
from foretaste.core.errors import InputError, StorageError

if TYPE_CHECKING:
    import pandas as pd

    from foretaste.app import Recommender
    from foretaste.core import Answer, Query

__all__ = ["audience", "explain", "predict", "recommend", "similar"]

BundleOption = Annotated[Path, typer.Option(help="A bundle made by: foretaste fit.")]
UserOption = Annotated[str | None, typer.Option(help="Id of a person.")]
HistoryOption = Annotated[
    str | None, typer.Option(help="Item ids liked, oldest first, separated by commas.")
]
WishOption = Annotated[str | None, typer.Option(help="What is wanted, in plain words.")]
CountOption = Annotated[int, typer.Option("-n", help="Length of the list.")]
ItemArgument = Annotated[str, typer.Argument(help="Id of an item.")]


def recommend(
    bundle: BundleOption,
    user: UserOption = None,
    history: HistoryOption = None,
    wish: WishOption = None,
    n: CountOption = 10,
    filter_: Annotated[
        str | None, typer.Option("--filter", help='Such as: year >= 1990 and "Drama" in genres.')
    ] = None,
    candidates: Annotated[str | None, typer.Option(help="Rank only these ids.")] = None,
    allow: Annotated[str | None, typer.Option(help="Show only these ids.")] = None,
    deny: Annotated[str | None, typer.Option(help="Never show these ids.")] = None,
    profile: Annotated[
        str | None, typer.Option(help="What the person is like, in plain words.")
    ] = None,
    context: Annotated[
        list[str] | None, typer.Option(help="A circumstance, such as device=phone.")
    ] = None,
    diversity: Annotated[
        float, typer.Option(help="Weight of variety against score, 0 to 1.")
    ] = 0.0,
    include_seen: Annotated[bool, typer.Option(help="Also what the person has met.")] = False,
    all_users: Annotated[bool, typer.Option(help="Everybody in the data; needs --out.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write a Parquet, CSV or JSON file.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Recommend items, with reasons."""
    from foretaste.app.queries import make_query

    recommender = _load(bundle, as_json)
    shown: dict[str, Any] = {
        "n": n,
        "filter": filter_,
        "candidates": _ids(candidates),
        "allow": _ids(allow),
        "deny": _ids(deny) or (),
        "diversity": diversity,
    }
    if all_users:
        if out is None:
            raise InputError("--all-users writes a file", expected="--out FILE.parquet")
        if user is not None or history is not None or wish is not None:
            raise InputError("--all-users asks for everybody", got="--user, --history or --wish")
        count = _write_all(recommender, make_query(**shown), include_seen, out)
        say(f"{count:,} rows written to {out}")
        return
    shown |= {"user_id": user, "history": _ids(history) or (), "wish": wish}
    shown |= {
        "profile": {} if profile is None else {"text": profile},
        "context": parse_overrides(context),
    }
    query = make_query(**shown, filter_seen=not include_seen)
    _show_answer(recommender, recommender.answer(query), out, as_json)


def _show_answer(recommender: Recommender, answer: Answer, out: Path | None, as_json: bool) -> None:
    if out is not None:
        frame = answer.to_frame()
        _write({str(name): frame[name].tolist() for name in frame.columns}, out)
        say(f"{len(answer):,} rows written to {out}")
    elif as_json:
        show_json(answer_json(answer))
    else:
        _about(recommender)
        show_answer(answer)


def explain(
    bundle: BundleOption,
    item: ItemArgument,
    user: UserOption = None,
    history: HistoryOption = None,
    wish: WishOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Say why an item scores as it does for somebody, shown or not."""
    recommender = _load(bundle, as_json)
    reasons = recommender.explain(user, item, history=_ids(history) or (), wish=wish)
    if as_json:
        show_json([_slots(reason) for reason in reasons])
        return
    _about(recommender)
    rows = [[reason.kind, float(reason.weight), reason.text] for reason in reasons]
    table(["kind", "weight", "reason"], rows)


def similar(
    bundle: BundleOption, item: ItemArgument, n: CountOption = 10, as_json: JsonFlag = False
) -> None:
    """List the items that liking one speaks for."""
    recommender = _load(bundle, as_json)
    _show(recommender, recommender.similar_items(item, n), as_json)


def audience(
    bundle: BundleOption, item: ItemArgument, n: CountOption = 10, as_json: JsonFlag = False
) -> None:
    """List the people who would like an item most."""
    recommender = _load(bundle, as_json)
    _show(recommender, recommender.audience(item, n), as_json)


def predict(
    bundle: BundleOption,
    item: ItemArgument,
    user: Annotated[str, typer.Option(help="Id of a person.")],
    as_json: JsonFlag = False,
) -> None:
    """Predict how somebody would rate an item."""
    recommender = _load(bundle, as_json)
    _show(recommender, recommender.predict([(user, item)]), as_json)


def _load(bundle: Path, quiet: bool) -> Recommender:
    from foretaste.app import load

    with progress(quiet) as tell:
        tell("loading", 0.0)
        recommender = load(bundle)
    for warning in getattr(recommender.encoder, "warnings", ()):
        note(warning)
    return recommender


def _about(recommender: Recommender) -> None:
    if recommender.dataset.simulated:
        say(f"Data: {recommender.dataset.name} ({recommender.dataset.simulated})", style="dim")


def _ids(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _show(recommender: Recommender, frame: pd.DataFrame, as_json: bool) -> None:
    if as_json:
        show_json(frame.to_dict(orient="records"))
        return
    _about(recommender)
    table([str(name) for name in frame.columns], frame.to_numpy().tolist())


def _write(columns: Mapping[str, Sequence[Any]], out: Path) -> None:
    import polars as pl

    table = pl.DataFrame(dict(columns))
    writers: dict[str, Callable[[Path], Any]] = {
        ".parquet": table.write_parquet,
        ".csv": table.write_csv,
        ".json": table.write_json,
    }
    write = writers.get(out.suffix)
    if write is None:
        raise InputError(
            "unknown kind of file", expected=", ".join(writers), got=out.suffix or str(out)
        )
    aside = out.with_name(out.name + ".writing")
    try:
        write(aside)
        aside.rename(out)
    except pl.exceptions.PolarsError as error:  # a full disk, in Polars' own words
        raise StorageError(
            "the file could not be written", where=str(out), got=str(error)
        ) from None
    finally:
        aside.unlink(missing_ok=True)


def _write_all(recommender: Recommender, shown: Query, include_seen: bool, out: Path) -> int:
    data, pipeline = recommender.dataset, recommender.pipeline
    nobody, _ = pipeline.translator.evidence(shown)
    mask, warnings = pipeline.translator.allowed(shown, nobody)
    for warning in warnings:
        note(warning)
    columns: dict[str, list[Any]] = {"user_id": [], "item_id": [], "score": [], "rank": []}
    with progress() as tell:
        lists = pipeline.rank_many(
            range(data.n_users),
            shown.n,
            mask=mask,
            filter_seen=not include_seen,
            diversity=shown.diversity,
        )
        for row, items in lists:
            tell("recommending", row / data.n_users)
            columns["user_id"] += [data.user_ids.ids[row]] * len(items)
            columns["item_id"] += data.item_ids.names(items.rows.tolist())
            columns["score"] += items.scores.tolist()
            columns["rank"] += range(1, len(items) + 1)
    _write(columns, out)
    return len(columns["rank"])


def _slots(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in type(value).__slots__}
