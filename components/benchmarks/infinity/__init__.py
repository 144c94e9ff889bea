"""WebArena-Infinity: the applications, tasks and verifiers of a checkout that the user points at.

Takes the checkout's folder. Gives each episode an application with a state and an origin of its own, and the verdict of
the checkout's own verifier, which runs in another process. Nothing of the checkout is in this package.
"""
