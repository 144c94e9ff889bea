"""Work that Kubeflow Trainer does in pods of its own.

- Takes: a command, how many pods and processes it runs in, who asked for it, and an account of Kubernetes.
- Gives: the lines that its first pod says, as they are said, and its end; one job for one name, however often it is
  asked for.
- Must never know: what is trained.
"""
