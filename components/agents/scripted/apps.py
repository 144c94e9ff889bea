"""Rules for small applications: e-mail, social media, web search, contacts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from components.agents.scripted.filling import fill_then_submit
from components.agents.scripted.moves import Case, Move, click, rule
from components.browser.scene import Node, nth, ordinal

_SENDER = r"Find the email by (?P<sender>.+) and "


@rule(_SENDER + r"click the (?P<icon>trash|star) icon")
def mail_icon(case: Case) -> Sequence[Move]:
    icon, sender = case.words["icon"], case.words["sender"]
    icons = [node for node in _of_mail(case, sender) if icon in node.rest or icon in node.name]
    return click(nth(icons, 1), f"The {icon} icon of the email by {sender} does what is asked.")


def _of_mail(case: Case, sender: str) -> list[Node]:
    """What can be clicked from the sender's name on, until the next email begins."""
    names = [node for node in case.scene.nodes if _begins(node, sender)]
    if not names:
        return []
    return case.scene.after(names[0], case.scene.refs())


def _begins(node: Node, sender: str) -> bool:
    return re.match(rf"{re.escape(sender)}\b", node.name) is not None


@rule(_SENDER + r'reply to them with the text "(?P<text>.+)"')
def mail_reply(case: Case) -> Sequence[Move]:
    return _write(case, "reply", text=case.words["text"], to="")


@rule(_SENDER + r"forward that email to (?P<to>.+?)\.?$")
def mail_forward(case: Case) -> Sequence[Move]:
    return _write(case, "forward", text="", to=case.words["to"])


def _write(case: Case, verb: str, *, text: str, to: str) -> Sequence[Move]:
    """Opens the email, presses reply or forward, fills the letter, sends it."""
    fields, sender = case.scene.fields, case.words["sender"]
    send = [node for node in case.scene.refs() if "send" in f"{node.name} {node.rest}".lower()]
    if fields and send:
        field = fields[-1] if text else fields[0]
        if field.value != (text or to):
            return fill_then_submit(case, [(field, text or to, "letter" if text else "receiver")])
        return click(send[0], "The letter is complete.")
    verbs = [node for node in case.scene.refs() if verb in f"{node.name} {node.rest}".lower()]
    if verbs:
        return click(verbs[0], f"The email is open; {verb} is the next step.")
    mails = [node for node in case.scene.nodes if _begins(node, sender)]
    if not mails:
        return []
    return click(_to_press(case, mails[0]), f"The email by {sender} is in the list and has to be opened.")


def _to_press(case: Case, node: Node) -> Node | None:
    """The node itself or the nearest one around it that can be clicked."""
    around: Node | None = node
    while around is not None and around.ref is None:
        around = case.scene.parent(around)
    return around


@rule(
    r'Use the textbox to enter "(?P<text>.+)" and press "Search", then find and click the (?P<ordinal>\d+)\w\w search'
)
def search_result(case: Case) -> Sequence[Move]:
    """Types, searches, turns to the page that holds the result, clicks it."""
    links = case.scene.refs("link", "clickable")
    pages = [node for node in links if re.fullmatch(r"\d+|[<>]", node.name)]
    results = [node for node in links if node not in pages]
    if not results:
        return fill_then_submit(case, [(nth(case.scene.fields, 1), case.words["text"], "search box")], "search")
    number, size = ordinal(case.words["ordinal"]), len(results)
    page = str((number - 1) // size + 1)
    if page != "1" and not case.done("click", f'"{page}"'):
        turn = [node for node in pages if node.name == page]
        return click(nth(turn, 1), f"A page shows {size} results, so result {number} is on page {page}.")
    return click(nth(results, (number - 1) % size + 1), f"Result {number} is on this page.")


@rule(r'For the user (?P<user>@\w+), click on the "(?P<name>.+)" button')
def post_button(case: Case) -> Sequence[Move]:
    """A button of the user's post, or an entry of the menu behind its `more`."""
    user, name = case.words["user"], case.words["name"]
    posts = _posts(case, user)
    if not posts:
        return []
    entry = [node for node in posts[0] if node.label == name.lower() or node.label == f"{name} {user}".lower()]
    icon = [node for node in posts[0] if f".{name.lower()}" in node.rest]
    if entry or icon:
        return click((entry + icon)[0], f'"{name}" stands in the post by {user}.')
    menus = [node for node in posts[0] if ".more" in node.rest or node.label == "more"]
    return click(nth(menus, 1), f'"{name}" is no button of the post, so it must be behind "more".')


@rule(
    r'Click the "(?P<name>.+)" button on (?P<count>all|\d+) posts? by (?P<user>@\w+) and then click Submit',
)
def button_of_posts(case: Case) -> Sequence[Move]:
    user, name, count = case.words["user"], case.words["name"], case.words["count"]
    buttons = [node for post in _posts(case, user) for node in post if f".{name.lower()}" in node.rest]
    chosen = buttons if count == "all" else buttons[: int(count)]
    unclicked = [node for node in chosen if not case.done(f"click [{node.ref}]")]
    if unclicked:
        return [move for node in unclicked for move in click(node, f"This post is by {user} and was not clicked yet.")]
    return click(case.scene.submit(), f"All posts asked for have their {name}.")


def _posts(case: Case, user: str) -> list[list[Node]]:
    """The controls of each post by the user: those between its head line and the next one's."""
    heads = [node for node in case.scene.texts() if re.search(r"(^|\s)@\w+", node.name)]
    posts = []
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        if user in head.name.split():
            end = following.position if following else len(case.scene.nodes)
            posts.append([node for node in case.scene.refs() if head.position < node.position < end])
    return posts


@rule(r"Find (?P<name>.+) in the contact book and click on their (?P<field>.+?)\.?$")
def contact(case: Case) -> Sequence[Move]:
    """Turns the pages until the name shows, then clicks what follows the field's label."""
    name, field = case.words["name"], case.words["field"].split()[0].lower()
    if any(node.name == name for node in case.scene.texts()):
        labels = [node for node in case.scene.texts() if node.label.startswith(field)]
        buttons = case.scene.after(labels[0], case.scene.refs()) if labels else []
        return click(nth(buttons, 1), f"The card is {name}'s; this is what follows its {field} label.")
    return click(nth(case.scene.named(">"), 1), f"The card is not {name}'s; the next page may be.")


@rule(r"Order one of each item: (?P<items>.+)$")
def order_items(case: Case) -> Sequence[Move]:
    for item in case.words["items"].split(", "):
        heads = [node for node in case.scene.texts() if node.name == item]
        plus = [node for node in case.scene.after(heads[0], case.scene.refs()) if node.name == "+"] if heads else []
        if plus and not case.done(f"click [{plus[0].ref}]"):
            return click(plus[0], f'"{item}" was not added yet.')
    return click(nth(case.scene.named("Order!", "button"), 1), "Everything asked for is added.")


@rule(r"Order (?P<count>\d+) items that are (?P<kind>.+)$")
def order_kinds(case: Case) -> Sequence[Move]:
    kind, count = case.words["kind"].lower(), int(case.words["count"])
    marks = [node for node in case.scene.texts() if node.role == "img" and node.label == kind]
    plus = [nth([n for n in case.scene.after(mark, case.scene.refs()) if n.name == "+"], 1) for mark in marks]
    ordered = sum(past.action.startswith("click") and not past.feedback for past in case.history)
    if ordered < count:
        return click(nth([node for node in plus if node], ordered % max(len(plus), 1) + 1), f"This item is {kind}.")
    return click(nth(case.scene.named("Order!", "button"), 1), f"{count} items that are {kind} are added.")
