"""Parts that pages are made of: elements, controls, covers, charts, states."""
