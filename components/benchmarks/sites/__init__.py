"""Your own web application as a benchmark: sites, tasks and evaluators written down in one file, `sites.yaml`."""
