"""What is a task of the evaluation, whatever it says."""

from __future__ import annotations

import pytest

from components.benchmarks.config import TasksConfig
from components.benchmarks.sites.benchmark import OwnSites
from components.benchmarks.sites.form import Check, HttpCheck, PageCheck, RequestCheck, SiteTask
from components.proposals.proposal import Proposal
from components.propose.leaks import Leaks

MESSAGE = RequestCheck(path="/topic/private/publish/4/", form={"title": "Saw"})
PLACE = HttpCheck(path="/user/", user="mira_holt", text="Ostrey")


@pytest.fixture(scope="module")
def leaks() -> Leaks:
    benchmark, split = TasksConfig(benchmark="forum").open()
    assert isinstance(benchmark, OwnSites)
    heldout = {name: benchmark.site_tasks[name] for name in split.heldout}
    return Leaks(split=split, heldout=heldout, likeness=0.75)


def proposal(check: Check, intent: str = "Do it.", *reworded: str) -> Proposal:
    task = SiteTask(id="p", family="p", intent=intent, reworded=reworded, site="forum", check=check)
    return Proposal(by="model", task=task, region="/", hint="")


@pytest.mark.parametrize(
    ("check", "why"),
    [
        (Check(page=PageCheck(path="/user/4/ivo_pell/")), "open-profile"),
        (Check(page=PageCheck(path="/user/topics/4/ivo_pell/")), "open-profile"),
        (Check(page=PageCheck(path="/user/"), text="updated"), "set-location"),
        (Check(page=PageCheck(path="/%75ser/"), text="updated"), "set-location"),
        (Check(request=MESSAGE), "send-message"),
        (Check(request=RequestCheck(path="/user/", form={"location": "Ostrey"})), "set-location"),
        (Check(http=PLACE), "neither page nor request"),
        (Check(text="Joined at"), "neither page nor request"),
        (Check(answer="ivo_pell"), "neither page nor request"),
        (Check(page=PageCheck(path="/topic/3/owls/"), http=PLACE), "set-location"),
        (Check(page=PageCheck(path="/topic/3/owls/"), answer="ivo_pell"), ""),
        (Check(page=PageCheck(path="/topic/private/")), ""),
        (Check(request=RequestCheck(path="/topic/publish/", form={"title": "Saw"})), ""),
    ],
)
def test_what_leads_where_held_out_tasks_do_is_refused_and_what_could(leaks: Leaks, check: Check, why: str) -> None:
    found = leaks.why(proposal(check))
    assert why in found
    assert bool(found) == bool(why)


def test_each_wording_of_a_proposal_is_looked_at(leaks: Leaks) -> None:
    there = Check(page=PageCheck(path="/topic/3/owls/"))
    assert not leaks.why(proposal(there, "Open the topic.", "Go to the topic."))
    assert "set-location" in leaks.why(proposal(there, "Open the topic.", "Set your location to Ostrey."))
    assert "topics-of" in leaks.why(proposal(there, "Open the topic.", "Show me which topics ivo_pell has started."))


def test_a_site_without_held_out_tasks_has_nothing_to_guard(leaks: Leaks) -> None:
    free = Leaks(split=leaks.split, heldout={}, likeness=0.75)
    assert not free.why(proposal(Check(answer="ivo_pell")))
