"""What the detectors of private data find and miss, and whether anything private leaves; see docs/privacy.md."""
