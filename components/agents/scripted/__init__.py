"""The teacher made of rules: a rule is a pattern over the intent and a reading of the page's text.

Adding a rule is a function in the module of its kind (`clicking`, `filling`, `choosing`, `comparing`, `widgets`,
`apps`, `forum`). Rules never see the page itself, the task's name, the reward or the evaluator.
"""
