"""Sites: web applications that keep a state, of which each episode has a replica to itself.

Takes the description of a site (`config`: how it is started or where it runs, how it is reset, how one logs in) and,
for a site that other processes use too, a store for leases. Gives a replica, reset and logged in, to one holder at a
time. Must never know tasks, evaluators or agents, and of browsers only the requests that their pages sent. A site that
is slow or broken raises `SiteError`, which never counts as a failure of the agent.
"""
