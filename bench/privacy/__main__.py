"""`python -m bench.privacy`: the measurements of privacy; `make bench-privacy` runs them."""

import typer

from bench.privacy.run import main

typer.run(main)
