"""Clients of servers that speak the OpenAI protocol; nothing that a server sends is trusted.

- Takes: an address, the name of the environment variable that holds its key, a request as JSON.
- Gives: a reply whose shape was checked, or a typed error that says who can fix it (`complaints`).
- Bounded whatever the server does: the time of a whole request and the size of an answer are limited, compressed or
  not, and a prompt goes to no other host than the one it was meant for.
- Must never know: prompts, actions, episodes, budgets.
"""
