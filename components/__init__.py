"""Everything that runs inside a container: the parts (browser, benchmarks, agents, ...) and the stages of a round.

Importing this package is cheap: torch, playwright, vllm and kfp are imported where they are used.
"""
