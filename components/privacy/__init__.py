"""Finds private data in texts, redacts it, and logs everything that is sent to other machines.

- Takes: texts (pages as an agent sees them, actions, goals, prompts), a team's own words, a model of one's own.
- Gives: hits, each with a class, a span and a source; the same texts with placeholders that can be replaced again; a
  log of every remote request in which later changes show.
- Must never know: agents, benchmarks, rewards, which step an action belongs to.

`rules.Rules` finds what has a form, `analyzer.AnalyzerDetector` and `model.ModelDetector` ask models of one's own,
`detectors.Detectors` is their union. `guard.guard` sets all of it before the one gate of `components.endpoints`.
"""
