"""A model behind an address.

- Takes: a model's folder and its digest, and how the place serves models (`ServingConfig`).
- Gives: an address of the OpenAI protocol that serves this very model under its digest as its name, or says what is
  served there instead.
- Must never know: what is asked, and who asks.
"""
