"""The routes that clients of Gorse call, in Gorse's own shapes, on top of our use-cases."""

from foretaste.serve.gorse import catalogue, feedback, recommending

__all__ = ["GORSE"]

GORSE = [recommending.ROUTES, feedback.ROUTES, catalogue.ROUTES]
