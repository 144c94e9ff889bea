"""Pruning and printing, as pure functions: nothing interactive is lost, and the budget is kept."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.browser.render import CHARS_PER_TOKEN, render
from components.browser.tree import Node, TreeError, prune, read_tree

ROLES = ["list", "listitem", "region", "table", "row", "cell", "heading", "img", "dialog", "iframe", "group", "tab"]
names = st.one_of(st.sampled_from(["", "A", "A b", "A b c", "Name:", "Name"]), st.text(max_size=12))


def _node(role: str, name: str, ref: bool, children: list[Any], distance: int) -> list[Any]:
    return [role, name, int(ref), [], "", 0, children, "", distance, ""]


roles = st.sampled_from(ROLES)
refs, far = st.booleans(), st.integers(0, 3)
leaves = st.builds(_node, st.one_of(roles, st.sampled_from(["textbox", "link"])), names, refs, st.just([]), far)
trees = st.recursive(
    st.lists(st.one_of(names, leaves), max_size=4),
    lambda inner: st.lists(st.one_of(names, st.builds(_node, roles, names, refs, inner, far)), max_size=4),
    max_leaves=12,
)


def _numbered(raw: list[Any], start: int = 1) -> int:
    """Gives every interactive node its own reference; returns the next free one."""
    for item in raw:
        if isinstance(item, list):
            if item[2]:
                item[2], start = start, start + 1
            start = _numbered(item[6], start)
    return start


def _shape(nodes: Any) -> Any:
    return [(n.role, n.name, n.ref, tuple(n.states), n.value, _shape(n.children)) for n in nodes]


@settings(derandomize=True, max_examples=300, deadline=None)
@given(trees)
def test_pruning_keeps_every_reference_in_order_and_is_stable(raw: list[Any]) -> None:
    count = _numbered(raw) - 1
    once = prune(read_tree(raw))
    assert _shape(prune(once)) == _shape(once)
    seen = render(once, url="u", title="t", budget=100_000)
    assert list(seen.elements) == list(range(1, count + 1))
    assert seen.trimmed == ""


@settings(derandomize=True, max_examples=300, deadline=None)
@given(trees, st.integers(5, 60))
def test_the_budget_is_kept_and_what_it_left_out_is_said(raw: list[Any], budget: int) -> None:
    count = _numbered(raw) - 1
    seen = render(prune(read_tree(raw)), url="u", title="t", budget=budget)
    body = seen.text.removesuffix(f"({seen.trimmed})") if seen.trimmed else seen.text
    assert len(body) <= budget * CHARS_PER_TOKEN + 1
    assert (len(seen.elements) < count) == ("interactive elements were left out" in seen.trimmed)
    assert all(f"[{ref}] {element.line}" in seen.text for ref, element in seen.elements.items())


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_no_text_of_a_page_can_break_its_line(text: str) -> None:
    raw = [
        text,
        ["link", text, 1, [text], text, [text], [], text, 0, text],
        [text, text, 0, [], "", 0, ["x", "y"], "", 0, ""],
    ]
    seen = render(prune(read_tree(raw)), url="u", title="t", budget=100_000)
    assert len(seen.text.splitlines()) <= 5
    assert [line for line in seen.text.splitlines() if line.startswith("[")] == ["[1] " + seen.elements[1].line]


@pytest.mark.parametrize(
    "raw", [None, {}, [1], [["a"]], [["link", 1, 0, [], "", 0, [], "", 0, ""]],
            [["link", "", "1", [], "", 0, [], "", 0, ""]], [["link", "", 0, {}, "", 0, [], "", 0, ""]],
            [["link", "", 0, [], "", "x", [], "", 0, ""]], [["link", "", 0, [], "", 0, [], "", 0, 1]]],
)  # fmt: skip
def test_a_page_that_tampers_with_the_walker_is_noticed(raw: Any) -> None:
    with pytest.raises(TreeError):
        read_tree(raw)


def test_texts_go_before_elements_and_far_ones_before_near_ones() -> None:
    nodes = [
        Node("text", "near " * 8),
        Node("button", "Far button", ref=1, distance=9),
        Node("text", "far " * 10, distance=9),
        Node("text", "middle " * 6, distance=2),
    ]
    seen = render(nodes, url="u", title="t", budget=28)
    assert "near" in seen.text
    assert "far far" not in seen.text
    assert 1 in seen.elements
    seen = render(nodes, url="u", title="t", budget=8)
    assert list(seen.elements) == [1]
    assert seen.trimmed == "3 texts were shortened or left out"
    assert seen.text.endswith(f"({seen.trimmed})")


def test_tables_become_rows_and_containers_of_one_thing_become_the_thing() -> None:
    def cell(*inner: Node) -> Node:
        return Node("cell", children=inner)

    table = Node(
        "table",
        children=(
            Node("row", children=(cell(Node("text", "Ann")), cell(Node("link", "Edit", ref=1)))),
            Node("row", children=(cell(Node("text", "Bob | x")), cell(Node("link", "Edit", ref=2)))),
        ),
    )
    items = Node(
        "list",
        children=(
            Node("listitem", children=(Node("text", "one"),)),
            Node("listitem", children=(Node("link", "two", ref=3),)),
        ),
    )
    text = render(prune([table, items]), url="u", title="t", budget=1000).text
    assert text.splitlines() == [
        '| "Ann" | [1] link "Edit" |',
        '| "Bob | x" | [2] link "Edit" |',
        'listitem "one"',
        '[3] link "two"',
    ]
