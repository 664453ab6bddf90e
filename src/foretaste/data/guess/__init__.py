"""Guesses from content: column names, times, roles of columns, encodings, delimiters."""

from foretaste.data.guess.names import NAMES, find_columns, plain
from foretaste.data.guess.roles import shape_table
from foretaste.data.guess.text import Shape, guess_encoding, guess_shape
from foretaste.data.guess.times import MISSING, to_seconds

__all__ = [
    "MISSING",
    "NAMES",
    "Shape",
    "find_columns",
    "guess_encoding",
    "guess_shape",
    "plain",
    "shape_table",
    "to_seconds",
]
