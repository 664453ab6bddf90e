"""implicit's ALS behind our verb ``fit``: it learns and folds in over there, we rank here."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field
from scipy.sparse import csr_matrix

from benchmarks.peers.environment import python_of
from foretaste.core import Dataset, Evidence, Settings
from foretaste.core.errors import OutsideError

__all__ = ["ImplicitALS"]

_WORKER = Path(__file__).with_name("implicit_worker.py")


class _Worker:
    """A process in the peer's environment; speaks JSON lines, passes arrays as files."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="foretaste-peer-")
        self.process = subprocess.Popen(
            [str(python_of("implicit")), str(_WORKER), self.folder.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # implicit runs its own threads; BLAS threads below them only get in the way
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
        )

    def ask(self, **question: Any) -> dict[str, Any]:
        """Send one question and wait for its answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise OutsideError("the peer's process ended without an answer", where="implicit")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """End the process and remove its files."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.wait(timeout=30)
        self.folder.cleanup()


class _Fitted:
    """Scores from the peer's own fold-in (``recalculate_user``) and item factors."""

    def __init__(self, worker: _Worker, items: np.ndarray) -> None:
        self.worker = worker
        self.items = items

    def __del__(self) -> None:
        self.worker.close()

    def score_batch(self, batch: Sequence[Evidence]) -> np.ndarray:
        """Fold the people in over there, multiply here."""
        rows = [np.unique(one.history.liked) for one in batch]
        starts = np.concatenate([[0], np.cumsum([len(one) for one in rows])])
        items = np.concatenate(rows)
        shape = (len(batch), len(self.items))
        known = csr_matrix((np.ones(len(items), np.float32), items, starts), shape)
        home = Path(self.worker.folder.name)
        _write(home / "people.npz", known)
        self.worker.ask(verb="fold_in", people="people.npz", out="people.npy")
        scores: np.ndarray = np.load(home / "people.npy") @ self.items.T
        return scores

    def score(self, evidence: Evidence, rows: np.ndarray | None = None) -> np.ndarray:
        """Scores for one person."""
        scores: np.ndarray = self.score_batch([evidence])[0]
        return scores if rows is None else scores[rows]


class ImplicitALS(Settings):
    """implicit 0.7.3's ``AlternatingLeastSquares`` on the CPU, with its settings by their names.

    Attributes:
        factors: Width.
        regularization: Ridge, the same for everybody.
        alpha: Confidence of a like is ``alpha`` (times 1).
        iterations: Alternations.
    """

    factors: int = Field(default=128, gt=0)
    regularization: float = Field(default=0.01, gt=0)
    alpha: float = Field(default=1.0, gt=0)
    iterations: int = Field(default=15, gt=0)

    def fit(self, dataset: Dataset, *, rng: np.random.Generator) -> _Fitted:
        """Fit in the peer's environment.

        Args:
            dataset: The data.
            rng: Gives the peer's seed.

        Returns:
            The fitted model.
        """
        worker = _Worker()
        home = Path(worker.folder.name)
        _write(home / "train.npz", dataset.liked)
        seed = int(rng.integers(2**31))
        settings = self.model_dump(mode="json")
        worker.ask(verb="fit", train="train.npz", out="items.npy", seed=seed, settings=settings)
        return _Fitted(worker, np.load(home / "items.npy"))

    def timed(self, dataset: Dataset, n: int) -> dict[str, float]:
        """Seconds, inside its own process, of fitting and of lists for everybody.

        Args:
            dataset: The data.
            n: Length of each list.

        Returns:
            ``fit`` and ``recommend``.
        """
        worker = _Worker()
        try:
            _write(Path(worker.folder.name) / "train.npz", dataset.liked)
            settings = self.model_dump(mode="json")
            fit = worker.ask(
                verb="fit", train="train.npz", out="items.npy", seed=0, settings=settings
            )
            lists = worker.ask(verb="recommend", people="train.npz", n=n)
        finally:
            worker.close()
        return {"fit": fit["seconds"], "recommend": lists["seconds"]}


def _write(path: Path, matrix: csr_matrix) -> None:
    np.savez(
        path, data=matrix.data, indices=matrix.indices, indptr=matrix.indptr, shape=matrix.shape
    )
