"""The last like of every person, ML-1M and Beauty: ``python -m benchmarks.loo``.

``--set ml-1m`` (people with at least 5 likes; train part only), ``--set beauty`` (train part
only, then refitted on train + validation). All items ranked, Recall@10 and NDCG@10. The bars:
ML-1M .228 / .133 within 30 s of fitting; Beauty .096 / .058, refitted .106 / .065.
"""

from __future__ import annotations

import sys

from benchmarks.common import arguments, contenders, main_of, run, say, taste_model
from benchmarks.worlds import beauty, movielens_positives, with_text_vectors
from foretaste.evaluate import LeaveOneOut
from foretaste.models import IALS, Ease

# Four times as many people and items: shorter grids where one fit takes minutes.
BEAUTY_GRIDS = {
    "ease": (Ease(ridge=500.0),),
    "ials": (
        IALS(embedding_size=64, ridge=0.03, absence=0.1, sweeps=6),
        IALS(embedding_size=128, ridge=0.03, absence=0.03, sweeps=6),
        IALS(embedding_size=128, ridge=0.1, absence=0.03, sweeps=6),
    ),
}
METRICS = ["ndcg@10", "recall@10", "mrr@10", "coverage@10"]


def main() -> None:
    """Run the sets that are asked for."""
    argv = sys.argv[1:]
    which = ("ml-1m", "beauty")
    if "--set" in argv:
        place = argv.index("--set")
        which = tuple(argv[place + 1].split(","))
        argv = argv[:place] + argv[place + 2 :]
    options = arguments(__doc__.splitlines()[0], argv)
    for name in which:
        is_film = name == "ml-1m"
        dataset = (movielens_positives if is_film else beauty)(options.data)
        ours = taste_model(task="next")
        if ours is not None:
            dataset = with_text_vectors(dataset)
        grids = {} if is_film else BEAUTY_GRIDS
        tuning = LeaveOneOut(least=5, people=min(options.people or 1_500, 1_500))
        models = contenders(
            dataset,
            tuning,
            options,
            metric="ndcg@10",
            ours={"taste": ours},
            grids=grids,
            timed=is_film,
        )
        for refit in (False,) if is_film else (False, True):
            protocol = LeaveOneOut(least=5, people=options.people, refit=refit)
            say(f"{name}: {'refitted on train + validation' if refit else 'train part only'}")
            suffix = f"-{name}{'-refit' if refit else ''}"
            run(dataset, protocol, models, options, METRICS, suffix=suffix)


if __name__ == "__main__":
    main_of(main)
