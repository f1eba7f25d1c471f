"""`python -m stylegraph.graphs.cli`: the command `stylegraph` of this Python."""

from stylegraph.graphs.cli import main

main()
