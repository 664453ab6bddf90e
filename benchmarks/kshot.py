"""Unseen people of ML-1M after 0, 1, 2, 4 ... 64 likes: ``python -m benchmarks.kshot``.

Ratings of 4 and 5 in time order, 800 people never seen in fitting, all 3,533 films ranked,
NDCG@10. Every baseline's settings are chosen on 800 validation people *for each n*. The bar:
level with the best baseline at n = 0, then +2, 4, 8, 5, 8, 10, 6 % beyond it. With
``--no-profiles`` nobody's gender, age or occupation is told to anybody.
"""

from __future__ import annotations

from benchmarks.common import arguments, contenders, main_of, run, taste_model
from benchmarks.worlds import movielens_positives, with_text_vectors
from foretaste.evaluate import KShot


def main() -> None:
    """Run it."""
    options = arguments(__doc__.splitlines()[0])
    dataset = movielens_positives(options.data)
    ours = taste_model(task="later")
    if ours is not None:
        dataset = with_text_vectors(dataset)
    protocol = KShot(people=options.people or 800, profiles=not options.no_profiles)
    models = contenders(dataset, protocol, options, metric="ndcg@10", ours={"taste": ours})
    metrics = ["ndcg@10", "recall@20", "hit@10", "coverage@10", "novelty@10", "tail@10"]
    run(dataset, protocol, models, options, metrics, group_by="gender")


if __name__ == "__main__":
    main_of(main)
