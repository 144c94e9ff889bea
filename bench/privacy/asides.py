"""What detectors read beside a page's text and what holds nothing private: addresses, titles, actions and goals."""

from __future__ import annotations

from collections.abc import Iterator

from bench.privacy.labelled import NOTHING, Family
from bench.privacy.values import LINES

HEADS = (
    "https://{w}.example/\n{w}",
    "https://www.{w}.example/{w}/{w}.html\n{w} - {w}",
    "https://shop.example/{w}?page={n1}&q={w}\n{w} {w} | {w}",
    "http://127.0.0.1:{n4}/{w}/{n3}\n{w}: {w}",
    "http://localhost:{n4}/#/{w}\n{w} ({n1})",
    "http://site/{w}?id={n5}&tab={w}\n{w} · {w} · {w}",
)
"""An address and a title, which stand above a page."""
_ACTIONS = (
    *("click [{n1}]", "click [{n}]", "hover [{n}]", "clear [{n1}]", "scroll down", "scroll up", "go_back", "wait"),
    *('type [{n1}] "{w}"', 'type [{n}] "{w} {w}" enter', 'select [{n1}] "{w}"', 'press "Control+a"', 'press "Enter"'),
    *('goto "https://{w}.example/{w}"', 'stop ""', 'stop "{n1}"', 'stop "{w}"', 'stop "{w} {n}.{n}"', "check [{n}]"),
    *('textbox "{w}" value "{w}"', 'combobox "{w}" value "{w} {w}"', 'searchbox "{w}" value "{w} {w}"'),
    *('spinbutton "{w}" value "{n1}"', 'textbox "{w}" value "{n1}/{n1}/20{n}"', 'button "{w}"', 'option "{w}"'),
)
_GOALS = {
    "en": (
        *(
            "Click the button.",
            'Click the "{w}" link.',
            "Select {w} from the list and click Submit.",
            "Close the dialog.",
        ),
        *('Enter "{w}" into the text field and press Submit.', "How many {w} are there in the table?"),
        *("Find the cheapest {w} and add it to the cart.", "What is the price of {w}?", "Sort the list by {w}."),
        *("Book the shortest one-way flight from {w} to {w} on {n1}/{n1}/20{n}.", "Open the page of {name}."),
        *("Delete the comment by {name} that mentions {w}.", "Expand the section below and click {w}."),
        *(
            "Forward the mail by {name} to {name}.",
            "Show the orders of the last {n1} months.",
            "Buy {n1} {w} and {n1} {w}.",
        ),
    ),
    "de": (
        *("Klicke auf den Knopf.", 'Klicke auf "{w}".', "Wähle {w} aus der Liste.", "Schließe das Fenster."),
        *('Gib "{w}" in das Feld ein und sende es ab.', "Wie viele {w} stehen in der Tabelle?", "Sortiere nach {w}."),
        *("Finde das billigste Angebot für {w} und lege es in den Warenkorb.", "Was kostet {w}?"),
        *("Suche eine Fahrt von {w} nach {w} am {n1}.{n1}.20{n}.", "Öffne die Seite von {name}."),
    ),
    "es": (
        *("Haz clic en el botón.", 'Haz clic en "{w}".', "Elige {w} en la lista.", "Cierra la ventana."),
        *('Escribe "{w}" en el campo y envíalo.', "¿Cuántos {w} hay en la tabla?", "Ordena por {w}."),
        *("Busca la oferta más barata de {w} y añádela al carrito.", "¿Cuánto cuesta {w}?"),
        *("Busca un viaje de {w} a {w} el {n1}/{n1}/20{n}.", "Abre la página de {name}."),
    ),
    "fr": (
        *("Clique sur le bouton.", 'Clique sur "{w}".', "Choisis {w} dans la liste.", "Ferme la fenêtre."),
        *('Saisis "{w}" dans le champ et envoie-le.', "Combien de {w} y a-t-il dans le tableau ?", "Trie par {w}."),
        *("Trouve l'offre la moins chère pour {w} et ajoute-la au panier.", "Combien coûte {w} ?"),
        *("Cherche un trajet de {w} à {w} le {n1}/{n1}/20{n}.", "Ouvre la page de {name}."),
    ),
}
_WORDS = tuple(LINES / f"{name}.yaml" for name in ("seen-16", "seen-16-values"))


def asides() -> Iterator[Family]:
    """Actions and goals, in every language."""
    for language, goals in _GOALS.items():
        for template in (*_ACTIONS, *goals):
            yield Family(kind=NOTHING, language=language, template=template, lists=_WORDS)


def head(language: str, number: int) -> Family:
    """An address and a title."""
    return Family(kind=NOTHING, language=language, template=HEADS[number % len(HEADS)], lists=_WORDS)
