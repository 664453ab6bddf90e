"""The use-cases of a workspace, group by group."""
