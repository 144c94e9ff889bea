"""WebArena-Verified: the 812 tasks of WebArena, audited, judged by the evaluators of the package `webarena-verified`.

Takes the package, and where the sites run (`sites.announced`). Gives the benchmark. Never knows how a site is brought
up or who plays; what is right is the package's word alone.
"""
