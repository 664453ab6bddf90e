"""Unseen people of ML-1M with a random 80 % of their likes: ``python -m benchmarks.strong``.

NDCG@100 and Recall@20, all films ranked, no system may use the order of events. The bar: at
least tuned EASE + 1 %.
"""

from __future__ import annotations

from benchmarks.common import arguments, contenders, main_of, run, taste_model
from benchmarks.worlds import movielens_positives, with_text_vectors
from foretaste.evaluate import StrongGeneralisation


def main() -> None:
    """Run it."""
    options = arguments(__doc__.splitlines()[0])
    dataset = movielens_positives(options.data)
    ours = taste_model(task="complete")
    if ours is not None:
        dataset = with_text_vectors(dataset)
    protocol = StrongGeneralisation(people=options.people or 800)
    models = contenders(
        dataset, protocol, options, metric="ndcg@100", ours={"taste": ours}, timed=False
    )
    metrics = ["ndcg@100", "recall@20", "ndcg@10", "coverage@10", "gini@10"]
    run(dataset, protocol, models, options, metrics, group_by="gender")


if __name__ == "__main__":
    main_of(main)
