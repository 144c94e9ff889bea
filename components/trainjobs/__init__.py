"""Work that Kubeflow Trainer does in pods of its own.

- Takes: a command, the number of pods and processes, the owner of the job, and a Kubernetes account.
- Gives: the log of the first pod, line by line while the job runs, and how it ended. There is one job for one name,
  however often it is requested.
- Must never know: what is trained.
"""
