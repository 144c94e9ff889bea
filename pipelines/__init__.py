"""The round and the audit as Kubeflow pipelines, recipes and places, and the command line.

Takes YAML files and arguments. Gives compiled pipelines, finished rounds, and messages.
Knows every stage; no stage knows this package.
"""
