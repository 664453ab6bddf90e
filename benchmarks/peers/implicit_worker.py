"""Runs inside implicit's environment: JSON lines in, JSON lines out, arrays as files."""

import json
import sys
import time
from pathlib import Path

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix


def _read(path):
    with np.load(path) as parts:
        rows = (parts["data"], parts["indices"], parts["indptr"])
        return csr_matrix(rows, tuple(parts["shape"]))


def main(home):
    model = None
    for line in sys.stdin:
        question = json.loads(line)
        start_s = time.perf_counter()
        if question["verb"] == "fit":
            model = AlternatingLeastSquares(random_state=question["seed"], **question["settings"])
            model.fit(_read(home / question["train"]), show_progress=False)
            np.save(home / question["out"], model.item_factors)
        elif question["verb"] == "recommend":
            people = _read(home / question["people"])
            start_s = time.perf_counter()
            everybody = np.arange(people.shape[0])
            model.recommend(everybody, people, N=question["n"], filter_already_liked_items=True)
        else:
            people = _read(home / question["people"])
            factors = np.zeros((people.shape[0], model.factors), np.float32)
            some = np.flatnonzero(np.diff(people.indptr))
            if len(some):
                factors[some] = model.recalculate_user(np.arange(len(some)), people[some])
            np.save(home / question["out"], factors)
        print(json.dumps({"seconds": time.perf_counter() - start_s}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
