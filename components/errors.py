"""Errors, outcomes and exit codes, drawn once: whose fault it is, who tries again, and how the command line ends.

Exception
+-- InputError           the user's: mend it                  nobody tries again     exit code 2
|   +-- BudgetError      a limit the user set is reached      nobody                 exit code 2
+-- InfraError           browser, network, disk, endpoint     the stage, twice       exit code 1
|   +-- PageLost         a page crashed, closed or hung       the runner             an outcome
|   +-- ModelTooSlow     a decision took too long           the runner             an outcome
|   +-- SiteError        a site did not come up, or failed  the runner             an outcome
|   +-- LeaseLost        somebody else has the site           the runner             an outcome
|   +-- RequestRefused   a page the endpoint will not answer  the runner             an outcome
|   +-- CutShort         max_tokens ended an answer, twice    the runner             an outcome
+-- ActionError          the agent's text is no action        the agent              feedback, and a step
+-- anything else        a mistake of ours, or a hostile page, inside an episode: an outcome, its traceback kept
                         under `errors/`; elsewhere: a traceback, exit code 1

Outcome of an episode (`trajectories.schema.Outcome`)
+-- solved, failed       what the agent did; these alone are learnt from and counted
+-- env_error            the site hung, crashed its page, did not start or failed, or its page could not be read or used
|                                                             tried again, not counted
+-- judge_error          the evaluator failed                 tried again, not counted
+-- infra_error          everything else                      tried again, not counted
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ends, for scripts."""

    DONE = 0
    INFRA = 1  # try again
    INPUT = 2  # mend it
    POLICY = 3  # what was found is not what was required: an audit's verdict, a schedule's rounds
    STOPPED = 130  # Ctrl-C


class InputError(Exception):
    """Something the user gave is wrong; raised before anything expensive starts (exit code 2).

    Attributes:
        what: one sentence that names what is wrong.
        where: the field, file, URL or key it was found in; may be empty.
        fix: one sentence that says how to mend it; may be empty.
    """

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        self.what, self.where, self.fix = what, where, fix
        lines = (what, where and f"  in: {where}", fix and f"  fix: {fix}")
        super().__init__("\n".join(line for line in lines if line))


class InfraError(Exception):
    """The infrastructure failed (browser, network, disk, endpoint). Retried, and never counted against an agent.

    Attributes:
        lasting: the same attempt would fail again (an endpoint refuses this very request), so that it is not retried.
    """

    lasting = False


def words_of(error: BaseException) -> str:
    """What an exception says of itself."""
    try:
        return str(error)
    except Exception:  # what a page throws may refuse even that
        return "(no words)"
