"""Judging: from measurements to a verdict, with controls, a p-value and a sentence that says what decided it.

- Takes: who is who (`evidence.Cast`), the probes, everybody's answers, and an instrument that measures them.
- Gives: one `Finding` for each teacher (`findings.examine`), and whether verdicts are as a policy requires (`policy`).
- Must never know: where answers came from, what is trained or promoted, or how an instrument works inside. Of the two
  instruments one stands here (`shadows`); the other needs the models themselves and is the audit's (`white_box`).
"""
