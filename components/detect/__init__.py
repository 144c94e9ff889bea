"""Stage: audits a round's student: is it distilled from its teacher, and from nobody else?"""
