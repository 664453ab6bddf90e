"""Work in the background: fits in a process of their own, exports, reports, forgetting."""
