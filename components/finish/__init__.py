"""Stage: frees what a round held and records how it ended, in whatever way it ended.

Takes the attempt's name and its state in Kubeflow. Ends its jobs and servers, frees its sites, and stores how it ended.
Must never know: what the stages did.
"""
