"""A hook of the documentation site: formulas become MathML while it is built.

Browsers show MathML by themselves, so no page loads a script for its mathematics.
"""

from __future__ import annotations

import html
import re
from typing import Any

from latex2mathml.converter import convert

FORMULA = re.compile(
    r'<(?P<tag>div|span) class="arithmatex">\\[(\[](?P<latex>.*?)\\[)\]]</(?P=tag)>', re.DOTALL
)


def on_page_content(content: str, **context: Any) -> str:
    """Replace the formulas of one page.

    Args:
        content: The page as HTML, formulas marked by the arithmatex extension.
        **context: What MkDocs says about the page; not needed.

    Returns:
        The page with MathML.
    """
    return FORMULA.sub(
        lambda found: convert(
            html.unescape(found["latex"]).strip(),
            display="block" if found["tag"] == "div" else "inline",
        ),
        content,
    )
