"""Sites: web applications that hold a state, each episode's own for as long as it lasts.

Takes the description of a site (`config`: how it is started or where it is, how it is reset, how one logs in) and,
where others use it too, a store to hold leases in. Gives a replica of it, reset and logged in, to one holder at a time.
Never knows tasks, evaluators or agents, and of browsers no more than what their pages sent. A site that is slow or
broken is a `SiteError`: nobody's failure.
"""
