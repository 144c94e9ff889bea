"""Servers of the OpenAI protocol, asked as strangers.

- Takes: an address, the name of the environment variable that holds its key, a request as JSON.
- Gives: a reply whose shape was checked, or a typed error that says who can mend it (`complaints`).
- Bounded whatever the server does: a request's time is whole, an answer's size is limited, compressed or not, and a
  prompt goes to no other host than the one it was meant for.
- Must never know: prompts, actions, episodes, budgets.
"""
