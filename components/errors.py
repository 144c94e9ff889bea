"""Errors, outcomes and exit statuses, drawn once: whose fault it is, who tries again, and how it ends.

An error's line gives its module, what went wrong, who tries again, and what it ends as: the status of the command, an
outcome of an episode, the feedback of a step, or another error. In an episode, any InfraError ends as an outcome.

BaseException
+-- TooSlow                benchmarks.infinity.worker     a verifier takes too long         nobody       judge_error
Exception
+-- InputError             errors                         the user's: to be corrected       nobody       status 2
|   +-- BudgetError        trajectories.budget            a limit of the user's is reached  nobody       status 2
|   +-- KubernetesHasIt    trainjobs.kubernetes           Kubernetes has one of this name   the caller   status 2
|   +-- Forbidden          trainjobs.kubernetes           a pod's account may not do this   nobody       status 2
|   +-- KubeflowHasIt      pipelines.cluster.connection   Kubeflow has one of this name     the caller   status 2
|   +-- Missing            pipelines.cluster.connection   Kubeflow has none of this name    nobody       status 2
+-- InfraError             errors                         browser, network, disk, endpoint  the stage    status 1
|   +-- PageLost           browser.events                 a page crashed, hung or closed    the runner   env_error
|   +-- ModelTooSlow       episodes.faults                a decision took too long          the runner   infra_error
|   +-- SiteError          sites.trouble                  a site did not start, or failed   the runner   env_error
|   +-- LeaseLost          sites.leases                   somebody else took the site       the runner   infra_error
|   +-- Passing            endpoints.complaints           a rate limit, a server's error    `insist`     InfraError
|   +-- Unanswered         endpoints.wire                 an endpoint gave no reply         `insist`     InfraError
|   +-- RequestRefused     endpoints.complaints           an endpoint refuses this request  nobody       infra_error
|   |   +-- StaysAtHome    privacy.guard                  our guard lets nothing of it out  a hybrid     infra_error
|   +-- CutShort           agents.chat                    max_tokens cut an answer, twice   nobody       infra_error
|   +-- Lost               pipelines.cluster.connection   Kubeflow gave no reply            its request  status 1
+-- ValueError
|   +-- ActionError        browser.actions                the agent's text is no action     the agent    feedback
|   +-- TreeError          browser.tree                   a page broke what reads it        nobody       an empty page
|   +-- Mistake            exchange.foreign               a line of a file is malformed     nobody       InputError
|   +-- NoCounterpart      exchange.calls                 an action that we do not have     nobody       feedback
+-- ScriptError            browser.session                our script raised in a page       nobody       feedback
+-- Moved                  browser.session                a page was replaced meanwhile     the page     InfraError
+-- WireError              browser.wire                   the browser refused a call        the pool     InfraError
+-- NotAsked               preflight.questions            it cannot be known from here      a stage      "not asked"
+-- Warned                 preflight.questions            a round can bear it               nobody       "warned"

Anything else is a mistake of ours, or a hostile page. In an episode the runner tries again, and it ends as an outcome,
its traceback kept under `errors/`; elsewhere the stage is tried again, and it ends as a traceback and status 1. The
runner tries an episode again `play.retries` times, an orchestrator a stage twice.

Outcome of an episode (`trajectories.schema.Outcome`)
+-- solved, failed         what the agent did; these alone are learnt from and counted
+-- env_error              the site hung, crashed its page, did not start or failed, or its page could not be read or
|                          used: tried again, not counted
+-- judge_error            the evaluator failed: tried again, not counted
+-- infra_error            everything else: tried again, not counted

Status of a command, and of every process of ours (`ExitCode`)
+-- 0    DONE              what was asked for is done
+-- 1    INFRA             try again: an InfraError, a traceback; `symbiont play` ended in infra_error
+-- 2    INPUT             fix it: an InputError, a wrong option; `symbiont preflight` found something wrong
+-- 3    POLICY            what was found is not what was required: an audit's verdict, the log of what left, a
|                          schedule's rounds
+-- 130  STOPPED           Ctrl-C; the same command goes on
Besides, `components.guard` ends with 128 + n where signal n ended its command, and `pipelines.local.tracking_process`
with 3 where MLflow cannot use its database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ends, for scripts."""

    DONE = 0
    INFRA = 1
    INPUT = 2
    POLICY = 3
    STOPPED = 130


class InputError(Exception):
    """Something the user gave is wrong; raised before anything expensive starts (exit code 2).

    Attributes:
        what: one sentence that names what is wrong.
        where: the field, file, URL or key it was found in; may be empty.
        fix: one sentence that says how to fix it; may be empty.
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


def try_each(steps: Iterable[Callable[[], object]]) -> None:
    """Runs every step, also after one has failed.

    Raises:
        Exception: the error of the step, where one failed.
        InfraError: several failed; holds the text of each error.
    """
    errors: list[Exception] = []
    for step in steps:
        try:
            step()
        except Exception as error:
            errors.append(error)
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise InfraError("\n".join(map(words_of, errors))) from errors[0]


def words_of(error: BaseException) -> str:
    """The text of an exception."""
    try:
        return str(error)
    except Exception:  # what a page throws may refuse even that
        return "(no words)"
