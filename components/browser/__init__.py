"""A page for an agent: go there, see it as text, act on it, know what happened to it.

- Takes: settings of a browser, addresses, actions in the language of `actions`, the origins that may be visited.
- Gives: observations (one line per thing, a reference for everything that can be used), feedback of one line, events,
  and on request a screenshot or the record of the network. `BrowserPool` lends pages, `Page` is what a borrower holds.
- Whatever a page does ends in one of these, or in `PageLost` and other `InfraError`s, within the settings' times.
- Trusts nothing of a page: scripts are injected before its own and read it through natives it cannot replace
  (`components/page_scripts`), what they answer is checked like any foreign data (`tree`), and all text is cleaned
  and quoted.
- Must never know: tasks, benchmarks and their verdicts, agents and models, prompts, the store.
"""
