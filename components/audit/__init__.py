"""Stage: audits models from elsewhere, on a laptop or as a pipeline of its own."""
