"""Stage: one HTML page, and figures for MLflow."""
