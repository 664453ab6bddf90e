"""What the comparisons share: arguments, contenders tuned alike, and where results go."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers import ImplicitALS
from foretaste.core import Dataset
from foretaste.core.errors import ForetasteError
from foretaste.evaluate import Report, Splits, baseline_grids, draw_report, evaluate, tuned
from foretaste.models import IALS, ItemKNN

__all__ = ["arguments", "contenders", "run", "taste_model"]

_IMPLICIT = tuple(
    ImplicitALS(factors=factors, regularization=ridge, alpha=alpha)
    for factors, ridge, alpha in (
        (128, 0.01, 1.0),  # its defaults but for the width
        (128, 10.0, 1.0),
        (128, 10.0, 5.0),
        (64, 30.0, 5.0),
        (64, 100.0, 5.0),
        (64, 300.0, 5.0),
        (64, 100.0, 20.0),
        (64, 300.0, 20.0),
        (32, 1000.0, 20.0),
        (32, 3000.0, 20.0),
    )
)

# Chosen at some n of the k-shot curve and not in the package's table of grids.
_FURTHER = {
    "itemknn": (ItemKNN(k=1600, shrink=100.0), ItemKNN(k=1600, shrink=10_000.0)),
    "ials": tuple(
        IALS(embedding_size=64, ridge=ridge, absence=absence)
        for ridge, absence in ((0.01, 0.1), (0.01, 1.0), (0.1, 0.1))
    ),
}


def arguments(what: str, argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line that all comparisons share.

    Args:
        what: One line for ``--help``.
        argv: Arguments; those of the process when left out.

    Returns:
        ``data, json, picture, people, quick, no_profiles, models, seed``.
    """
    home = os.environ.get("FORETASTE_DATA", "../shared/data")
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("--data", type=Path, default=Path(home), help="folder of the data sets")
    parser.add_argument("--json", type=Path, help="write everything found here")
    parser.add_argument("--picture", type=Path, help="draw the first metric here (.png, .svg)")
    parser.add_argument("--people", type=int, help="test people (fewer: only to try things out)")
    parser.add_argument("--quick", action="store_true", help="baselines with one setting each")
    parser.add_argument("--no-profiles", action="store_true", help="tell nothing about people")
    parser.add_argument("--models", help="only these, separated by commas")
    parser.add_argument("--seed", type=int, default=0, help="of fitting and of the intervals")
    return parser.parse_args(argv)


def taste_model(**settings: Any) -> Any:
    """The product's own model, or ``None`` while it is not there.

    Args:
        **settings: Its settings.

    Returns:
        Settings with the verb ``fit``.
    """
    try:
        from foretaste.taste import TasteModel
    except ImportError:
        say("foretaste.taste is not there yet: peers only")
        return None
    return TasteModel(**{"learn": False, **settings})


def contenders(
    dataset: Dataset,
    protocol: Splits,
    options: argparse.Namespace,
    *,
    metric: str,
    ours: Mapping[str, Any],
    grids: Mapping[str, Sequence[Any]] | None = None,
    timed: bool = True,
) -> dict[str, Any]:
    """Tune every baseline on the protocol's validation part; ours come as they are.

    Args:
        dataset: The data.
        protocol: How it is divided.
        options: What :func:`arguments` read.
        metric: What settings are chosen by.
        ours: Our models by name; ``None`` is left out.
        grids: Over the usual grids.
        timed: Whether popularity may fade with time.

    Returns:
        By name, ready for :func:`foretaste.evaluate.evaluate`.
    """
    usual = baseline_grids(timed=timed, quick=options.quick)
    if options.quick:
        usual["implicit"] = (ImplicitALS(factors=64, regularization=100.0, alpha=5.0),)
    else:
        usual = {name: (*grid, *_FURTHER.get(name, ())) for name, grid in usual.items()}
        usual["implicit"] = _IMPLICIT
    only = set(options.models.split(",")) if options.models else None
    found: dict[str, Any] = {}
    for name, grid in {**usual, **(grids or {} if not options.quick else {})}.items():
        if only is not None and name not in only:
            continue
        found[name] = tuned(
            grid, dataset, protocol, metric=metric, seed=options.seed, name=name, progress=say_step
        )
    wanted = {n: m for n, m in ours.items() if m is not None and (only is None or n in only)}
    return {**found, **wanted}


def run(
    dataset: Dataset,
    protocol: Splits,
    models: Mapping[str, Any],
    options: argparse.Namespace,
    metrics: Sequence[str],
    *,
    group_by: str | None = None,
    suffix: str = "",
) -> Report:
    """Evaluate, print the tables, write what was asked for.

    Args:
        dataset: The data.
        protocol: How it is divided.
        models: By name; ``taste`` is compared with the best of the others.
        options: What :func:`arguments` read.
        metrics: Names of metrics.
        group_by: See :func:`foretaste.evaluate.evaluate`.
        suffix: Added to the names of files where one benchmark makes several reports.

    Returns:
        The report.
    """
    focus = "taste" if "taste" in models else None
    report = evaluate(
        dataset,
        protocol,
        models,
        metrics=metrics,
        seed=options.seed,
        focus=focus,
        group_by=group_by,
        latency=True,
        progress=say_step,
    )
    print(report.table())
    for one in report.comparisons:
        print(
            f"{one.case:>24} {one.metric}: {one.model} - {one.against} = {one.difference:+.4f} "
            f"[{one.low:+.4f}, {one.high:+.4f}] {one.relative:+.1%} p={one.p_holm:.2g} "
            f"{one.verdict}"
        )
    for name, cost in report.costs.items():
        print(
            f"{name:>12}: fit {cost['fit_seconds']:.1f} s in {cost['fits']:.0f}, "
            f"p50 {cost.get('p50_ms', 0):.2f} ms, peak {cost['peak_memory_mb']:.0f} MB"
        )
    if options.json:
        report.write_json(_named(options.json, suffix))
    if options.picture:
        draw_report(report, _named(options.picture, suffix))
    return report


def say(text: str) -> None:
    """Say something on the error stream, so that the output stays the result."""
    print(text, file=sys.stderr, flush=True)


def say_step(what: str, done: int, of: int) -> None:
    """Tell of one step of long work."""
    say(f"{time.strftime('%H:%M:%S')}  {what}  {done + 1}/{of}")


def main_of(work: Any) -> None:
    """Run a benchmark; an error of ours is one sentence and exit code 2."""
    try:
        work()
    except ForetasteError as error:
        say(str(error))
        raise SystemExit(error.exit_code) from None


def _named(path: Path, suffix: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(f"{path.stem}{suffix}{path.suffix}")
