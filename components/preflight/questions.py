"""The questions before a round, and their answers: all are asked, whatever the others found.

A question passes, and may return what it saw; or it raises: InputError or InfraError for what is wrong, `Warned` for
what a round can bear, `NotAsked` where it cannot be asked from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from components.errors import InfraError, InputError


class NotAsked(Exception):
    """A question cannot be asked from here; the text says why."""


class Warned(Exception):
    """A problem that does not stop a round but should be fixed. Attributes as of an InputError."""

    def __init__(self, what: str, *, where: str, fix: str) -> None:
        self.what, self.where, self.fix = what, where, fix
        super().__init__(what)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question.

    Attributes:
        about: what is asked about, in a few words.
        ask: asks it; returns what it saw, or nothing.
    """

    about: str
    ask: Callable[[], str | None]


class Answer(BaseModel):
    """The answer to a question."""

    model_config = ConfigDict(frozen=True)

    about: str
    state: Literal["right", "warned", "wrong", "not asked"]
    said: str = Field(description="what was found, what is wrong, or why it was not checked")
    where: str = ""
    fix: str = Field("", description="how to fix it")


def ask(question: Question) -> Answer:
    try:
        return Answer(about=question.about, state="right", said=question.ask() or "")
    except InputError as error:
        return Answer(about=question.about, state="wrong", said=error.what, where=error.where, fix=error.fix)
    except Warned as word:
        return Answer(about=question.about, state="warned", said=word.what, where=word.where, fix=word.fix)
    except InfraError as error:
        fix = "" if "fix: " in str(error) else "try again; its own log may say more"
        return Answer(about=question.about, state="wrong", said=str(error), fix=fix)
    except NotAsked as why:
        return Answer(about=question.about, state="not asked", said=str(why))


def check(questions: Iterable[Question]) -> None:
    """Asks all questions, so that everything that is wrong is named at once.

    Raises:
        InputError: the one that is wrong, or all of them in one.
        InfraError: something that trying again may solve.
    """
    wrong: list[InputError] = []
    for question in questions:
        try:
            question.ask()
        except (NotAsked, Warned):
            continue
        except InputError as error:
            wrong.append(error)
    if len(wrong) > 1:
        texts = "\n\n".join(map(str, wrong))
        raise InputError(f"{len(wrong)} things are wrong:\n\n{texts}", fix="fix each of them as described")
    if wrong:
        raise wrong[0]
