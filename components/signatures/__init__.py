"""Measuring: how a mixture-of-experts divides work among its experts, and how alike two of them divide it.

- Takes: a model, or nothing but a model's answers, which then a shadow reads (`shadow`).
- Gives: recordings and profiles of routing (`reading`), signatures of them (`signature`), and how far apart
  (`distances`) or how alike (`likeness`) two are.
- Must never know: who is suspected of what, what a round is, or where anything is stored. It imports only
  `components.errors`, `components.files` and `components.tensor_files`.
"""
