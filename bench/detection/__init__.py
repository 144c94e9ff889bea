"""How well distillation is detected, beside five baselines: `python -m bench.detection`, `make bench-detection`.

Takes: seeds of zoos. Gives: rows of `results.json`, one for each method and scenario, and their figure. Must never
know: a round, a store or a recipe; it measures and judges by `components/signatures` and `components/verdicts`.
"""
