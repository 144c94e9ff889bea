"""Who decides.

- Takes: turns (`base.Turn`): a goal, a page as text, what was done so far.
- Gives: one decision a turn: an action in the action language, its reason, what it cost.
- Must never know: the page itself, the reward, the evaluator, the solution of a task. A task's name is for counting.

`build.build_agent` makes an agent from its configuration; `checks.check_endpoint` asks beforehand whether a chat
model's endpoint will do.
"""
