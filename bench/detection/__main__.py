"""`python -m bench.detection`: the benchmark of detection; `make bench-detection` runs it."""

import typer

from bench.detection.run import main

typer.run(main)
