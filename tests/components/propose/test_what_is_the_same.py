"""Which of two proposals are one."""

from __future__ import annotations

from components.benchmarks.sites.form import Check, PageCheck, SiteTask
from components.proposals.proposal import Proposal
from components.propose.choose import twice

ROOMS = ("kitchen", "garden", "cellar", "attic", "stairs", "hall")


def proposal(name: str, intent: str, path: str, *, start: str = "/") -> Proposal:
    task = SiteTask(
        id=name,
        family="proposed open",
        intent=intent,
        site="house",
        start="{page}",
        cases=tuple({"page": start, "name": room} for room in ROOMS),
        check=Check(page=PageCheck(path=path)),
    )
    return Proposal(by="templates", task=task, region=start, hint="")


OPEN = proposal("open", 'Open "{name}".', "/room/{name}/")


def same(*others: Proposal) -> set[str]:
    return set(twice([OPEN, *others], likeness=0.75, vectors=None))


def test_a_page_is_one_task_wherever_one_comes_from() -> None:
    assert same(proposal("other", 'Open "{name}".', "/room/{name}/", start="/map/")) == {"other"}


def test_what_is_said_alike_and_leads_elsewhere_is_another() -> None:
    assert not same(proposal("tidy", 'Open "{name}" and there "Tidy".', "/room/{name}/tidy/"))


def test_the_same_check_of_the_same_cases_is_one_whatever_is_said() -> None:
    assert same(proposal("again", "Go where the sign says {name}.", "/room/{name}/")) == {"again"}
