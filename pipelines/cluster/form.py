"""The form of a round, as the command line or a schedule fills it in: the pipeline's parameters.

A file is sent as its text, and checked here. A name is looked up by preflight on the cluster; one that is known here
too is checked here as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from components.documents.named import NAME, find_document, named_documents
from components.documents.yaml_files import Document, read_yaml
from components.errors import InputError
from components.place import Place
from components.preflight.documents import changed, recipe_of_form
from components.preflight.numbering import check_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The pipeline's parameters; see `pipelines.symbiotic`."""

    recipe: str
    place: str
    run: str
    round: int
    seed: int
    overrides: str

    @property
    def parameters(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    def check(self) -> None:
        """Checks what can be checked away from the cluster.

        Raises:
            InputError: no name of a run; a wrong key or value of the recipe or the overrides.
        """
        check_name(self.run)
        if not NAME.fullmatch(self.recipe) or self.recipe in named_documents("recipe"):
            recipe_of_form(self.recipe, overrides=self.overrides)


def named_or_text(reference: str, *, kind: str) -> str:
    """The value of a form for a `--recipe` or `--place`: a name as it is, or the text of a file.

    Raises:
        InputError: the reference is neither a name nor a file.
    """
    if NAME.fullmatch(reference) and not Path(reference).suffix:
        return reference
    return find_document(reference, kind=kind).read_text()


def place_on_cluster(reference: str, place: Place) -> str:
    """The value of a form for the place: its name on the cluster, or the whole place as YAML.

    Raises:
        InputError: the whole place would have to be sent, and it names no store.
    """
    name = place.kubeflow.place if place.kubeflow else ""
    if name or reference in named_documents("place"):
        return name or reference
    if not place.store:
        raise InputError(
            f"the place {place.name} names no store",
            where="place: store",
            fix="name the place that the cluster has (kubeflow.place: cluster, the chart's), or give this one a store",
        )
    content = place.model_dump(mode="json", exclude={"kubeflow"}, exclude_defaults=True)
    return str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True))


def overriding(changes: Sequence[str], *, file: Path | None = None) -> str:
    """The overrides of a file, with changes of the form `key.of.key=value` set in them."""
    below = read_yaml(file) if file else Document(content={}, where="overrides")
    content = changed(below, changes).content
    return str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True)) if content else ""
