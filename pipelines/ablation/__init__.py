"""The ablation: the ordinary run with one ingredient more at a time, and what each was worth."""
