"""Films nobody in the training part has seen: ``python -m benchmarks.cold_items``.

A tenth of ML-1M's films is removed from training; 16 likes of older films are known of each of
800 unseen people; NDCG@10 among the new films, and among all. The bar: 1.6 times plain MiniLM
cosine (``content``) among the new films in the same run.
"""

from __future__ import annotations

from benchmarks.common import arguments, contenders, main_of, run, taste_model
from benchmarks.worlds import movielens_positives, with_text_vectors
from foretaste.evaluate import ColdItems
from foretaste.models import KL, Content


def main() -> None:
    """Run it."""
    options = arguments(__doc__.splitlines()[0])
    dataset = with_text_vectors(movielens_positives(options.data))
    protocol = ColdItems(people=options.people or 800)
    grids = {
        "content": tuple(Content(recency=recency) for recency in (0.9, 0.95, 1.0)),
        "kl": (KL(), KL(popularity=True)),
    }
    models = contenders(
        dataset,
        protocol,
        options,
        metric="ndcg@10",
        ours={"taste": taste_model(task="later")},
        grids=grids,
    )
    run(dataset, protocol, models, options, ["ndcg@10", "recall@20", "hit@10", "coverage@10"])


if __name__ == "__main__":
    main_of(main)
