"""Small JSON records in the store, read with one kind of error for those that are torn."""

from __future__ import annotations

from typing import TypeVar

from pydantic import TypeAdapter

from components.errors import InputError
from components.trajectories.store import Store

T = TypeVar("T")
REMAKE = "delete the object and run the same command again"


def read_record(store: Store, key: str, kind: type[T], *, what: str, fix: str = REMAKE) -> T:
    """The record at `key`.

    Args:
        kind: a pydantic model, or what JSON gives, such as `dict[str, Any]`.
        what: what the record is, for the error's text, such as "review".
        fix: how a damaged one is repaired.

    Raises:
        KeyError: there is no object at this key.
        InputError: it is torn or not of this kind; names the key.
    """
    data = store.get(key)
    try:
        return TypeAdapter(kind).validate_json(data)
    except ValueError as error:
        raise InputError(f"a broken {what}: {error}", where=f"{store.url}/{key}", fix=fix) from error
