"""The ablation: the ordinary run with one more ingredient at a time, and what each is worth."""
