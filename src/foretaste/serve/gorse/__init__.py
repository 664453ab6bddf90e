"""The routes that clients of Gorse call, in Gorse's own shapes, on top of our use-cases."""

from foretaste.serve.gorse import catalogue, feedback, recommending
from foretaste.serve.routing import Routes

__all__ = ["GORSE"]

GORSE: list[Routes] = [recommending.ROUTES, feedback.ROUTES, catalogue.ROUTES]
