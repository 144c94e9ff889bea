"""Everything that runs inside a container: the parts (browser, benchmarks, agents, ...) and the stages of a round.

Importing this package is cheap: torch, playwright, vllm and kfp are imported where they are used.
"""

import os

# Read when torch is loaded. Its threads otherwise spin while they wait for one another, and beside a browser or another
# stage, whose processor they take away, that makes small models several times slower. No number changes.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
