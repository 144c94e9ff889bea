"""Stage: whatever became of a round, frees what it held and writes how it ended.

Takes the attempt's name and what Kubeflow says of it. Ends its jobs and servers, gives back its sites, and stores how
it ended. Must never know: what the stages did.
"""
