"""What `symbiont run` starts when none is configured: an S3 server and an MLflow server, on loopback."""
