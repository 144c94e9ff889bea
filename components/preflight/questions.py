"""Questions to the world before a round, all of them asked, and what each came to: one table.

A question passes, perhaps with a word on what it saw; or raises what is wrong; `Warned`, of what a round can
bear; or `NotAsked`, where it cannot be asked from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from components.errors import InfraError, InputError


class NotAsked(Exception):
    """Why a question cannot be asked from here."""


class Warned(Exception):
    """A round can bear it, and people will want to mend it.

    Attributes: as of an InputError.
    """

    def __init__(self, what: str, *, where: str, fix: str) -> None:
        self.what, self.where, self.fix = what, where, fix
        super().__init__(what)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Attributes: `about`, what is asked about, in a few words; `ask`, which asks it."""

    about: str
    ask: Callable[[], str | None]


class Answer(BaseModel):
    """What a question came to."""

    model_config = ConfigDict(frozen=True)

    about: str
    state: Literal["right", "warned", "wrong", "not asked"]
    said: str = Field(description="what was seen, or is wrong, or why it was not asked")
    where: str = ""
    fix: str = Field("", description="how to mend it")


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
    """Asks all, so that everything that is wrong is mended at once.

    Raises:
        InputError: the one that is wrong, or all of them in one.
        InfraError: something that trying again may mend.
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
        told = "\n\n".join(map(str, wrong))
        raise InputError(f"{len(wrong)} things are wrong:\n\n{told}", fix="mend each of them, as it says")
    if wrong:
        raise wrong[0]
