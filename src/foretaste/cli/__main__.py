"""``python -m foretaste.cli``."""

from foretaste.cli.main import main

main()
