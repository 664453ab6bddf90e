"""Direction and age: what follows what, at several time scales, learned in closed form."""

from foretaste.taste.direction.channels import Channel, Direction
from foretaste.taste.direction.item_maps import learn_complete, learn_counts, learn_next
from foretaste.taste.direction.tasks import learn_later

__all__ = ["Channel", "Direction", "learn_complete", "learn_counts", "learn_later", "learn_next"]
