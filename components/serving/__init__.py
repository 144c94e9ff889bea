"""Serves a model behind an address.

- Takes: a model's folder and its digest, and how the place serves models (`ServingConfig`).
- Gives: the address of a server of the OpenAI protocol that has this very model, under its digest as name; or an error
  that names the models that are served there instead.
- Must never know: what the prompts are, and which agent sends them.
"""
