import typer

from components.detect.benchmark.run import main

typer.run(main)
