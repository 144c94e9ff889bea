"""Rules for a forum: finding topics by the search, reading them, writing, marking, and one's own settings.

They know where a forum of this kind (django-spirit) keeps its search and its forms, and nothing of who wrote what.
"""

from __future__ import annotations

from collections.abc import Sequence

from components.agents.scripted.filling import fill_then_submit
from components.agents.scripted.moves import Case, Move, answer, choose, click, rule
from components.browser.scene import Node, nth, plain

_TOPIC = r'the topic "(?P<title>.+)"'


@rule(r"Open the category (?P<category>.+?)\.?$")
def open_category(case: Case) -> Sequence[Move]:
    """By the link of that name, which the list of all categories shows when it is opened."""
    links = case.scene.named(case.words["category"], "link")
    listed = case.scene.named("All Categories", "link")
    if len(listed) > 1 and links:
        return click(links[0], f"The list of categories is open and shows {case.words['category']}.")
    return click(nth(listed, 1), "The list of categories is not open yet.")


@rule(r'Search the forum for "(?P<word>.+)"\.?$')
def search(case: Case) -> Sequence[Move]:
    return _search(case, case.words["word"])


@rule(rf"Open {_TOPIC}\.?$")
def open_topic(case: Case) -> Sequence[Move]:
    return _find(case)


@rule(rf"Who started {_TOPIC}\?")
def who_started(case: Case) -> Sequence[Move]:
    """The first name under the heading is that of who wrote first."""
    if not _is_open(case):
        return _find(case)
    author = nth(_below_heading(case, "link"), 1)
    return answer(author.name, f"The first comment is by {author.name}, who therefore started it.") if author else []


@rule(rf"In which category is {_TOPIC}\?")
def which_category(case: Case) -> Sequence[Move]:
    """The last link before the heading of a topic leads to its category."""
    if not _is_open(case):
        return _find(case)
    heading = _heading(case)
    category = case.scene.before(heading, case.scene.refs("link")) if heading else None
    return answer(category.name, f"The topic is under {category.name}.") if category else []


@rule(rf"How many comments does {_TOPIC} have\?")
def how_many(case: Case) -> Sequence[Move]:
    """Every comment can be shared once."""
    if not _is_open(case):
        return _find(case)
    count = len(case.scene.named("share", "link"))
    return answer(str(count), f"The page shows {count} comments.")


@rule(rf'Reply to {_TOPIC} with "(?P<text>.+)"\.?$')
def reply(case: Case) -> Sequence[Move]:
    if not _is_open(case):
        return _find(case)
    field = nth(case.scene.named("Write comment...", "textbox"), 1)
    return fill_then_submit(case, [(field, case.words["text"], "comment")], "Publish")


@rule(r'Start a topic titled "(?P<title>.+)" in the category (?P<category>.+?) that says "(?P<text>.+)"\.?$')
def new_topic(case: Case) -> Sequence[Move]:
    box = nth(case.scene.refs("combobox"), 1)
    if box is None:
        return click(nth(case.scene.named("Create Topic", "link"), 1), "A topic begins with this link.")
    if plain(box.value) != plain(case.words["category"]):
        return choose(box, case.words["category"], "The category is not chosen yet.")
    title, text = nth(case.scene.fields, 1), nth(case.scene.fields, 2)
    return fill_then_submit(
        case, [(title, case.words["title"], "title"), (text, case.words["text"], "comment")], "Publish"
    )


@rule(rf"Like what (?P<author>\S+) said in {_TOPIC}\.?$")
def like(case: Case) -> Sequence[Move]:
    if not _is_open(case):
        return _find(case)
    return click(_under(case, "like"), f"This is the like of what {case.words['author']} said.")


@rule(rf"Report what (?P<author>\S+) said in {_TOPIC} as spam\.?$")
def report_spam(case: Case) -> Sequence[Move]:
    box = nth(case.scene.refs("combobox"), 1)
    if box is not None and box.value != "Spam":
        return choose(box, "Spam", "The reason is not chosen yet.")
    if box is not None:
        return click(case.scene.submit("Report"), "The reason is spam, so the report can be sent.")
    if not _is_open(case):
        return _find(case)
    return click(_under(case, "report"), f"This reports what {case.words['author']} said.")


@rule(rf"Ask to be notified about {_TOPIC}\.?$")
def follow_topic(case: Case) -> Sequence[Move]:
    if not _is_open(case):
        return _find(case)
    return click(nth(case.scene.named("Notify Me", "button"), 1), "This asks to be notified.")


@rule(r"Open the profile of the person who started this topic\.?$")
def profile_of_author(case: Case) -> Sequence[Move]:
    return click(nth(_below_heading(case, "link"), 1), "The first comment is by who started the topic.")


@rule(r"Show which topics (?P<name>\S+) has started\.?$")
def topics_of(case: Case) -> Sequence[Move]:
    topics = case.scene.named("Topics", "link")
    if topics:
        return click(topics[0], "The profile is open; its topics are behind this link.")
    named = [node for node in _below_heading(case, "link") if node.name == case.words["name"]]
    return click(nth(named, 1), f"The profile of {case.words['name']} is not open yet.")


@rule(r"Set your location to (?P<place>.+?)\.?$")
def set_location(case: Case) -> Sequence[Move]:
    return _settings(case, {"Location:": case.words["place"]})


@rule(r"Set your first name to (?P<first>.+) and your last name to (?P<last>.+?)\.?$")
def set_name(case: Case) -> Sequence[Move]:
    return _settings(case, {"First name:": case.words["first"], "Last name:": case.words["last"]})


@rule(r'Send (?P<name>\S+) a private message titled "(?P<title>.+)" that says "(?P<text>.+)"\.?$')
def send_message(case: Case) -> Sequence[Move]:
    names = ("title", "name", "text")
    entries = [(nth(case.scene.fields, number), case.words[name], name) for number, name in enumerate(names, 1)]
    return fill_then_submit(case, entries, "Publish")


def _settings(case: Case, values: dict[str, str]) -> Sequence[Move]:
    """The menu behind one's own name leads to the profile, and that to the settings."""
    fields = [(nth(case.scene.named(label, "textbox"), 1), text, label.lower()) for label, text in values.items()]
    if fields[0][0] is not None:
        return fill_then_submit(case, fields, "Save")
    for label, reason in (("Preferences", "The profile is open."), ("Profile", "The menu is open.")):
        if links := case.scene.named(label, "link"):
            return click(links[0], f"{reason} {label} leads to the settings.")
    bell = [node for node in case.scene.refs("link") if node.rest.endswith(".js-tab-notification")]
    own_links = case.scene.after(bell[0], case.scene.refs("link")) if bell else []
    return click(nth(own_links, 1), "One's own settings are behind one's name.")


def _search(case: Case, words: str) -> Sequence[Move]:
    """Opens the search of the page's head, where it is shut, and sends what is looked for."""
    field = nth(case.scene.refs("searchbox"), 1)
    if field is None:
        shut = [node for node in case.scene.refs("link") if node.rest.endswith(".js-tab")]
        return click(nth(shut, 1), "The search is not open yet.")
    return fill_then_submit(case, [(field, words, "search")], "Search")


def _find(case: Case) -> Sequence[Move]:
    """The topic's link where the page shows it, else the search for its title."""
    title = case.words["title"]
    if links := case.scene.named(title, "link"):
        return click(links[0], f'The page shows the topic "{title}".')
    return _search(case, title)


def _heading(case: Case) -> Node | None:
    return next((node for node in case.scene.texts() if node.role == "heading"), None)


def _is_open(case: Case) -> bool:
    return any(node.role == "heading" and node.name == case.words["title"] for node in case.scene.texts())


def _below_heading(case: Case, *roles: str) -> list[Node]:
    heading = _heading(case)
    below = case.scene.after(heading, case.scene.refs(*roles)) if heading else []
    return [node for node in below if node.name != "edit"]


def _under(case: Case, prefix: str) -> Node | None:
    """The control of that name under the comment of the author."""
    links = case.scene.refs("link")
    names = [node for node in links if node.name == case.words["author"]]
    below = case.scene.after(names[0], links) if names else []
    return next((node for node in below if node.name.startswith(prefix)), None)
