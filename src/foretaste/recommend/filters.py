"""Attribute expressions such as ``year >= 1990 and "Drama" in genres``, read safely.

The text is parsed by Python's own parser into a tree and every node is checked against
a short list; nothing is ever evaluated as code. What an expression may hold::

    and  or  not  ( )                      combine
    == != < <= > >=                        compare an attribute with a value (chains too)
    "value" in attribute                   an attribute carries a value
    attribute in ["a", "b"]                an attribute is (or carries) one of these
    not in                                 the opposite

An unknown value of an attribute (empty cell) satisfies only ``!=`` and ``not in``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from difflib import get_close_matches

import numpy as np

from foretaste.core import BoolArray
from foretaste.core.errors import FilterError
from foretaste.recommend.catalogue import Catalogue

__all__ = ["MAX_FILTER_LENGTH", "filter_mask"]

MAX_FILTER_LENGTH = 2_000
"""Characters an expression may have: enough for people, too few to exhaust the parser."""

_NUMERIC = ("number", "time", "flag")
_ORDER: dict[type[ast.cmpop], Callable[[np.ndarray, float], np.ndarray]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
}
_MIRROR: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
    ast.Eq: ast.Eq,
    ast.NotEq: ast.NotEq,
}


def filter_mask(expression: str, catalogue: Catalogue) -> BoolArray:
    """Which items satisfy an expression.

    Args:
        expression: The text.
        catalogue: The items.

    Returns:
        Mask [I].

    Raises:
        FilterError: If the text is not an expression of the grammar above, or names an
            attribute that the catalogue does not have.
    """
    if len(expression) > MAX_FILTER_LENGTH:
        raise FilterError(
            "the filter is too long",
            expected=f"at most {MAX_FILTER_LENGTH} characters",
            got=str(len(expression)),
            remedy="Use allow and deny lists for long lists of ids",
        )
    try:
        tree = ast.parse(expression.strip(), mode="eval")
        return _Reader(expression, catalogue).mask(tree.body)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        if isinstance(error, FilterError):
            raise
        raise FilterError(
            "the filter cannot be read",
            expected='something like: year >= 1990 and "Drama" in genres',
            got=repr(expression),
        ) from None


class _Reader:
    """Walks a checked tree and gives masks."""

    def __init__(self, text: str, catalogue: Catalogue) -> None:
        self.text = text
        self.catalogue = catalogue

    def mask(self, node: ast.expr) -> BoolArray:
        if isinstance(node, ast.BoolOp):
            masks = [self.mask(value) for value in node.values]
            both = np.logical_and if isinstance(node.op, ast.And) else np.logical_or
            return np.asarray(both.reduce(masks), dtype=bool)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return ~self.mask(node.operand)
        if isinstance(node, ast.Compare):
            return self._compare(node)
        if isinstance(node, ast.Name):
            return self.catalogue.numbers(self._attribute(node, _NUMERIC)) == 1.0
        raise self._refuse(node)

    def _compare(self, node: ast.Compare) -> BoolArray:
        mask = np.ones(len(self.catalogue), bool)
        left = node.left
        for operator, right in zip(node.ops, node.comparators, strict=True):
            mask &= self._one(left, operator, right)
            left = right
        return mask

    def _one(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> BoolArray:
        if isinstance(operator, ast.In | ast.NotIn):
            mask = self._within(left, right)
            return ~mask if isinstance(operator, ast.NotIn) else mask
        if isinstance(right, ast.Name) and not isinstance(left, ast.Name):
            mirrored = _MIRROR.get(type(operator))
            if mirrored is None:
                raise self._refuse(right)
            left, right, operator = right, left, mirrored()
        name = self._attribute(left)
        value = self._value(right)
        if isinstance(operator, ast.Eq | ast.NotEq):
            same = self._equal(name, value)
            return ~same if isinstance(operator, ast.NotEq) else same
        compare = _ORDER.get(type(operator))
        if compare is None or isinstance(value, str):
            raise self._refuse(right)
        self._attribute(left, _NUMERIC)
        return np.asarray(compare(self.catalogue.numbers(name), value), dtype=bool)

    def _within(self, left: ast.expr, right: ast.expr) -> BoolArray:
        if isinstance(right, ast.Name):
            return self._equal(self._attribute(right), self._value(left))
        if isinstance(right, ast.List | ast.Tuple | ast.Set):
            name = self._attribute(left)
            mask = np.zeros(len(self.catalogue), bool)
            for element in right.elts:
                mask |= self._equal(name, self._value(element))
            return mask
        raise self._refuse(right)

    def _equal(self, name: str, value: str | float) -> BoolArray:
        if self.catalogue.roles.get(name) in _NUMERIC:
            if isinstance(value, str):
                raise FilterError(
                    f"{name} is a number", expected="a number", got=repr(value), where=self.text
                )
            return self.catalogue.numbers(name) == value
        return self.catalogue.has(name, value if isinstance(value, str) else f"{value:g}")

    def _attribute(self, node: ast.expr, roles: tuple[str, ...] = ()) -> str:
        if not isinstance(node, ast.Name):
            raise self._refuse(node)
        known = self.catalogue.table.columns
        if node.id not in known:
            near = get_close_matches(node.id, known, n=1)
            raise FilterError(
                f"the catalogue has no attribute {node.id!r}",
                expected="one of " + ", ".join(known),
                remedy=f"Did you mean {near[0]!r}?" if near else None,
            )
        if roles and self.catalogue.roles.get(node.id) not in roles:
            raise FilterError(f"{node.id} is not a number", where=self.text)
        return node.id

    def _value(self, node: ast.expr) -> str | float:
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            value = self._value(node.operand)
            if isinstance(value, float):
                return -value
        if isinstance(node, ast.Constant) and isinstance(node.value, str | int | float):
            return node.value if isinstance(node.value, str) else float(node.value)
        raise self._refuse(node)

    def _refuse(self, node: ast.AST) -> FilterError:
        part = ast.get_source_segment(self.text.strip(), node) or type(node).__name__
        return FilterError(
            "the filter holds something that is not allowed there",
            expected="attributes, values, comparisons, in, and, or, not",
            got=part,
        )
