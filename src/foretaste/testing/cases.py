"""What the suites share: how a part is made once, and everybody who may ask it."""

from __future__ import annotations

import dataclasses
import inspect
import json
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from foretaste.core import Dataset, Evidence, FloatArray, History, State, Wish, stream
from foretaste.testing.worlds import two_clans

__all__ = ["Suite", "cases", "flattened", "run_suite", "through_disk"]

_PARTS: WeakKeyDictionary[type, Any] = WeakKeyDictionary()


class Suite(ABC):
    """A suite says how to make the part it tests; everything else follows."""

    @abstractmethod
    def make(self) -> Any:
        """The part under test: settings with ``fit``, or something fitted already."""

    def world(self) -> Dataset:
        """What it is fitted on; override for a part that needs other data.

        Returns:
            By default :func:`foretaste.testing.two_clans`.
        """
        return two_clans()

    def fitted(self, dataset: Dataset, seed: int = 0) -> Any:
        """A freshly fitted part.

        Args:
            dataset: What to fit on.
            seed: Seed of the fit.

        Returns:
            The part.
        """
        made = self.make()
        return made.fit(dataset, rng=stream(seed, "fit")) if hasattr(made, "fit") else made

    def part(self) -> Any:
        """The part fitted on :meth:`world`; once for the whole suite.

        Returns:
            The part.
        """
        if type(self) not in _PARTS:
            _PARTS[type(self)] = self.fitted(self.world())
        return _PARTS[type(self)]


def run_suite(suite: type) -> tuple[str, ...]:
    """Run a suite here and now, without pytest (a notebook, a document).

    Args:
        suite: A class derived from one or more of the suites.

    Returns:
        The names of its tests, all of which passed; the first that fails raises.
    """
    names = tuple(name for name in dir(suite) if name.startswith("test_"))
    for name in names:
        test = getattr(suite(), name)
        if "tmp_path" in inspect.signature(test).parameters:
            with tempfile.TemporaryDirectory() as folder:
                test(Path(folder))
        else:
            test()
    return names


def cases(dataset: Dataset) -> dict[str, Evidence]:
    """Everybody who may ask, by what is special about them.

    Args:
        dataset: The world they live in; it has at least one item.

    Returns:
        Evidence by name; every history row is inside the catalogue.
    """
    last = dataset.n_items - 1
    middle = last // 2
    met = np.zeros(dataset.n_items, bool)
    met[dataset.histories.all.rows] = True
    unmet = [int(row) for row in np.flatnonzero(~met)]
    text = dataset.vectors.get("text")
    words = None if text is None else text[0]
    found = {
        "nobody": Evidence(),
        "a new person with one like": Evidence(History.of([middle])),
        "a new person who likes the first and the last item": Evidence(History.of([0, last])),
        "somebody who likes items nobody has met": Evidence(History.of(unmet or [last])),
        "somebody with duplicates": Evidence(
            History.of([middle, 0, middle, middle, 0], times_s=[1.0, 2.0, 3.0, 4.0, 5.0])
        ),
        "somebody who only dislikes": Evidence(History.of([0, last], [-1.0, -0.3], [1.0, 2.0])),
        "somebody with no opinion": Evidence(History.of([0, middle], [0.0, 0.0])),
        "somebody who changed their mind": Evidence(
            History.of([middle, 0, middle], [1.0, 1.0, -1.0], [5.0, 4.0, 1.0], [1.0, 2.0, 3.0])
        ),
        "somebody whose times are partly unknown": Evidence(
            History.of([0, middle, last], times_s=[np.nan, 10.0, 20.0]), time_s=30.0
        ),
        "somebody asking before their own past": Evidence(
            History.of([0, middle], times_s=[10.0, 20.0]), time_s=5.0
        ),
        "somebody with events of an unknown kind": Evidence(
            History.of([0, middle], kinds=[255, 255])
        ),
        "somebody who has met everything": Evidence(History.of(np.arange(dataset.n_items))),
        "a wish nobody could read": Evidence(wish=Wish("something slow")),
        "a strange profile and context": Evidence(
            profile={"age": None, "": "x"}, context={"device": object(), "hour": float("nan")}
        ),
    }
    if words is not None:
        found["only a wish"] = Evidence(wish=Wish("something slow", words))
        found["a past and a wish"] = Evidence(History.of([middle]), wish=Wish("slow", words))
    for user_row in sorted({0, dataset.n_users // 2, dataset.n_users - 1}):
        if 0 <= user_row < dataset.n_users:
            found[f"person {user_row} of the data"] = dataset.evidence(user_row)
    return found


def through_disk(state: State, folder: Path) -> State:
    """Write a state as a bundle does and read it back.

    Args:
        state: What :meth:`Saved.state` gave.
        folder: An empty place.

    Returns:
        What came back from safetensors and strict JSON.
    """
    from safetensors.numpy import load_file, save_file

    arrays = {name: np.ascontiguousarray(array) for name, array in state.arrays.items()}
    save_file(arrays, folder / "part.safetensors")
    meta = json.dumps(dict(state.meta), allow_nan=False)
    return State(load_file(folder / "part.safetensors"), json.loads(meta))


def flattened(thing: Any) -> FloatArray:
    """All numbers in a value, in a fixed order, copied.

    Args:
        thing: An array, a number, a dataclass, a mapping or a sequence of these.

    Returns:
        One vector; what is not a number is left out.
    """
    parts = [np.asarray(part, np.float64).ravel() for part in _numbers(thing)]
    return np.concatenate(parts) if parts else np.zeros(0)


def _numbers(thing: Any) -> Iterator[Any]:
    if isinstance(thing, np.ndarray):
        if thing.dtype.kind in "biuf":
            yield thing
    elif isinstance(thing, int | float | np.number):
        yield thing
    elif dataclasses.is_dataclass(thing):
        for field in dataclasses.fields(thing):
            yield from _numbers(getattr(thing, field.name))
    elif isinstance(thing, Mapping):
        for name in sorted(thing, key=str):
            yield from _numbers(thing[name])
    elif isinstance(thing, list | tuple):
        for part in thing:
            yield from _numbers(part)
