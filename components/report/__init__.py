"""Stage: the round's report: one HTML page, the same as Markdown, and figures for MLflow.

Takes what the stages of this and earlier rounds stored, also of a round that is not finished. Gives the page, and in
the store what later reports need of this round. Must never know: how anything was computed; it shows numbers and makes
none but differences between stored ones.
"""
