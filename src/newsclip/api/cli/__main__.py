"""``python -m newsclip.api.cli``: the command where it is not on the path."""

from newsclip.api.cli import main

main(prog_name="newsclip")
