"""What links and forms of a map become."""

from __future__ import annotations

import asyncio

import pytest

from components.agents.scripted.teacher import ScriptedTeacher
from components.maps.look import Field, Form, Link, Look
from components.maps.site_map import SiteMap
from components.proposals.proposal import Proposal
from components.propose.templates import Templates
from tests.components.agents.turns import make_turn


def look(address: str, *, links: tuple[Link, ...] = (), forms: tuple[Form, ...] = ()) -> Look:
    return Look(asked=address, address=address, title="", heading=address, structure="", links=links, forms=forms)


def form(address: str, button: str, *fields: Field) -> Form:
    return Form(method="POST", address=address, button=button, shown=True, fields=fields)


def field(name: str, label: str) -> Field:
    return Field(name=name, label=label, kind="text", value="", required=True, shown=True)


def proposed(*looks: Look) -> dict[str, Proposal]:
    found = Templates(map=SiteMap(looks), site="desk", user="", resettable=True).propose()
    return {each.task.intent: each for each in found}


def test_a_form_of_every_page_of_a_kind_is_one_task_wherever_each_is_sent() -> None:
    """No page leads to where they are sent, so that the map does not know those addresses."""
    pages = [
        look(
            f"/note/{n}/",
            forms=(form(f"/note/{n}/reply", "Answer", field("text", "Reply:")), form(f"/note/{n}/mark", "Mark")),
        )
        for n in range(1, 6)
    ]
    tasks = proposed(*pages)
    mark = tasks['Press "Mark".'].task
    assert isinstance(mark.cases, tuple)
    assert sorted(case["to"] for case in mark.cases) == [f"/note/{n}/mark" for n in range(1, 6)]
    reply = tasks['Put "{v0}" into "Reply:", then press "Answer".'].task
    assert isinstance(reply.cases, tuple)
    assert {case["page"] for case in reply.cases} == {f"/note/{n}/" for n in range(1, 6)}
    assert reply.reworded == ("Set the reply to {v0}.", 'Answer with the reply "{v0}".')


def test_what_stands_on_another_page_is_asked_for_by_way_of_its_link() -> None:
    write = Field(name="text", label="Text:", kind="textarea", value="Once.", required=True, shown=True)
    pages = [look(f"/note/{n}/", forms=(form(f"/note/{n}/reply", "Send", write),)) for n in range(1, 4)]
    links = tuple(Link(address=f"/note/{n}/", name=f"Note {n}", shown=True) for n in range(1, 4))
    tasks = proposed(look("/", links=links), *pages)
    [fill] = [each.task for each in tasks.values() if each.task.intent.startswith('Open "{via}" and there put')]
    assert isinstance(fill.cases, tuple)
    assert {(case["page"], case["via"], case["to"]) for case in fill.cases} == {
        ("/", f"Note {n}", f"/note/{n}/reply") for n in range(1, 4)
    }
    assert fill.reworded == ("Go to {via} and set the text to {v0}.",)
    read = tasks['Answer with what "Text:" holds.'].task
    assert isinstance(read.cases, tuple)
    assert [(case["at"], case["held"]) for case in read.cases] == [(f"/note/{n}/", "Once.") for n in range(1, 4)]


def test_what_the_site_can_look_for_is_looked_for_and_opened() -> None:
    search = Form(
        method="GET",
        address="/search/",
        button="Search",
        shown=True,
        fields=(Field(name="q", label="Search", kind="search", value="", required=False, shown=True),),
    )
    pages = [
        look(f"/note/{n}/").model_copy(update={"heading": name})
        for n, name in enumerate(("All about boots", "On tents", "Of maps"), 1)
    ]
    links = (*(Link(address=each.address, name=each.name, shown=True) for each in pages),)
    tasks = proposed(look("/", links=links, forms=(search,)), *pages)
    task = tasks['Search for "{word}" and open "{name}".'].task
    assert isinstance(task.cases, tuple)
    assert {(case["word"], case["path"]) for case in task.cases} == {
        ("boots", "/note/1/"),
        ("tents", "/note/2/"),
        ("maps", "/note/3/"),
    }


def test_braces_of_a_site_stay_words_of_it() -> None:
    page = look("/", forms=(form("/send", "Send {all}", field("text", "Words {here}:")),))
    [task] = proposed(page).values()
    assert task.intents[0] == 'Put "Notes from Tuesday" into "Words {here}:", then press "Send {all}".'
    assert "Set the words {here} to Notes from Tuesday." in task.intents


PAGE = """[1] link "Kitchen"
[2] link "All about knives"
[3] textbox "Title:"
[4] combobox "Category:" value "" options "Birds", "Walks"
[5] textbox "Comment:" multiline
[6] link "Bold"
[7] button "Publish"
[8] searchbox "Search:"
[9] button "Search"
"""
CHOSEN = PAGE.replace('"Category:" value ""', '"Category:" value "Walks"')
FILLED = CHOSEN.replace('"Title:"', '"Title:" value "A, b"').replace('"Comment:"', '"Comment:" value "to c"')


@pytest.mark.parametrize(
    ("intent", "page", "action"),
    [
        ('Open "Kitchen".', PAGE, "click [1]"),
        ("Go to All about knives.", PAGE, "click [2]"),
        ("Show Kitchen.", PAGE, "click [1]"),
        ("Go to Kitchen, then to All about knives.", PAGE, "click [1]"),
        ("Show Something else, which is under Kitchen.", PAGE, "click [1]"),
        ("Click the button Publish.", PAGE, "click [7]"),
        ("Look for owls.", PAGE, 'type [8] "owls"'),
        ("Find what there is about owls.", PAGE, 'type [8] "owls"'),
        ("Set the category to Walks, the title to A, b and the comment to to c.", PAGE, 'select [4] "Walks"'),
        ("Set the category to Walks, the title to A, b and the comment to to c.", CHOSEN, 'type [3] "A, b"'),
        ("Set the category to Walks, the title to A, b and the comment to to c.", FILLED, "click [7]"),
        ('Publish with the category "Walks", the title "A, b" and the comment "to c".', PAGE, 'select [4] "Walks"'),
        ('Publish with the category "Walks", the title "A, b" and the comment "to c".', FILLED, "click [7]"),
        (
            'Choose "Walks" in "Category:" and put "A, b" into "Title:", then press "Publish".',
            CHOSEN,
            'type [3] "A, b"',
        ),
        ("Set the colour to red.", PAGE, 'stop ""'),
        ('Search for "owls" and open "New owls".', PAGE, 'type [8] "owls"'),
        ('Search for "knives" and open "All about knives".', PAGE, "click [2]"),
        ("Find New owls by looking for owls.", PAGE, 'type [8] "owls"'),
        ('Open "Kitchen" and there press "Publish".', PAGE, "click [1]"),
        ("Go to Kitchen and set the title to A, b and the comment to to c.", PAGE, "click [1]"),
        ('Answer with what "Category:" holds.', CHOSEN, 'stop "Walks"'),
        ('Read "Title:" and answer with it.', FILLED, 'stop "A, b"'),
    ],
)
def test_the_rules_understand_every_wording(intent: str, page: str, action: str) -> None:
    (decision,) = asyncio.run(ScriptedTeacher().decide([make_turn(intent=intent, page=page)]))
    assert decision.action == action
