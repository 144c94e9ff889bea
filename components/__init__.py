"""Everything that runs inside a container: the parts (browser, benchmarks, agents, ...) and the stages of a round.

Importing this package is cheap: torch, playwright, vllm and kfp are imported where they are used.
"""

import os

# Read when torch is loaded. Its threads otherwise spin long while they wait for one another, and beside a browser or
# another stage, whose processor they take away, that makes small models several times slower. Threads that sleep at
# once are slower by half again where nothing else runs; so they spin briefly. No number changes (docs/log.md).
if "OMP_WAIT_POLICY" not in os.environ:
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
