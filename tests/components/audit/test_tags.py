"""A suspect of the MLflow registry: found by its name, and told what the audit found."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from components import registry
from components.audit.references import Named
from components.audit.sources import open_sources
from components.audit.tags import tag_suspect
from components.errors import InputError
from components.models.storing import publish_model
from components.trajectories.open_store import open_store
from components.verdicts.probes import Probe
from tests.components.audit.test_audit_page import finding, report
from tests.components.audit.vendors import request


def audited(reference: str) -> object:
    made = report(finding("big"), policy=False)
    subjects = [
        subject.model_copy(update={"reference": reference}) if subject.role == "suspect" else subject
        for subject in made.subjects
    ]
    return made.model_copy(update={"subjects": tuple(subjects)})


@pytest.mark.usefixtures("mlflow_uri")
def test_a_registered_suspect_is_found_and_its_version_says_what_was_found(tiny_model: Path, tmp_path: Path) -> None:
    name, store = f"suspect-{uuid.uuid4().hex[:8]}", open_store(tmp_path / "store")
    digest = publish_model(store, tiny_model)
    version = registry.register_version(name, model=tiny_model, model_digest=digest, tags={})
    registry.set_alias(name, registry.CHAMPION, version.version)
    wanted = request(tmp_path / "answers")
    wanted = wanted.model_copy(update={"suspect": Named(name="it", reference=f"models:/{name}@champion")})
    probes = [Probe(id="code-01", domain="code", prompt="p")]
    sources = {source.name: source for source in open_sources(wanted, probes, store=store, work=tmp_path / "work")}
    assert sources["it"].digest == digest
    assert sources["it"].folder is not None
    assert tag_suspect(audited(f"models:/{name}/{version.version}"))  # type: ignore[arg-type]
    found = registry.get_alias(name, registry.CHAMPION)
    assert found is not None
    assert {key.removeprefix("symbiont.audit."): found.tags[key] for key in found.tags if "audit" in key} == {
        "verdict": "distilled",
        "p_value": "0.008",
        "teachers": f"{'big':x<64}",
        "probes": "p" * 64,
        "policy": "broken",
    }


@pytest.mark.usefixtures("mlflow_uri")
def test_a_name_the_registry_does_not_know_is_the_users_to_mend(tmp_path: Path) -> None:
    wanted = request(tmp_path / "answers")
    wanted = wanted.model_copy(update={"suspect": Named(name="it", reference="models:/nobody@champion")})
    with pytest.raises(InputError, match="no models:/nobody@champion"):
        open_sources(wanted, [], store=open_store(tmp_path / "store"), work=tmp_path / "work")


def test_a_suspect_of_no_registry_is_not_tagged() -> None:
    assert not tag_suspect(audited("./folder"))  # type: ignore[arg-type]
