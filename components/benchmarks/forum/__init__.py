"""A forum as a benchmark: django-spirit, seeded with invented people, reset by copying its database."""
