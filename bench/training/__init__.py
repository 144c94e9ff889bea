"""How fast a student is trained here, beside TRL's SFTTrainer: `python -m bench.training`."""
