"""The shipped settings of the authors' experiment fit nine domains, and a table like theirs becomes its files."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from components.audit.config import AuditSettings
from components.audit.probe_files import read_probes
from components.audit.references import parse_named
from components.audit.request import AuditRequest, check_request
from components.audit.sources import read_answers
from components.documents.check import read_document

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = ROOT / "pipelines/audit_settings/olmoe.yaml"
SOURCES = (
    "riddle_sense",
    "camelai_biology",
    "camelai_chemistry",
    "camelai_physics",
    "taco",
    "code_contests",
    "codeforces",
    "apps",
    "numina_math",
)


def test_probes_made_of_a_table_like_theirs_are_enough_for_a_verdict(tmp_path: Path) -> None:
    data = duckdb.connect()
    values = ", ".join(
        f"('{source}', 'Problem {n} of {source}?', 'It is {n}.')" for source in SOURCES for n in range(40)
    )
    columns = "problems(source, problem, deepseek_solution)"
    data.execute(f"COPY (SELECT * FROM (VALUES {values}) {columns}) TO '{tmp_path}/data.parquet'")
    [query] = re.findall(r"```sql\n(.*?)```", (ROOT / "components/audit/README.md").read_text(), re.DOTALL)
    query = query.replace(
        "hf://datasets/open-thoughts/OpenThoughts-114k/metadata/*.parquet", f"{tmp_path}/data.parquet"
    )
    for name in ("probes.jsonl", "r1.jsonl"):
        query = query.replace(f"'{name}'", f"'{tmp_path}/{name}'")
    data.execute(query)
    request = AuditRequest(
        teachers=(parse_named(f"r1={tmp_path}/r1.jsonl", where="--teacher"),),
        suspect=parse_named("olmoe-r1=hf:mine/olmoe-r1", where="--suspect"),
        base=parse_named("base=hf:allenai/OLMoE-1B-7B-0125", where="--base"),
        controls=(parse_named("olmoe-reference=hf:mine/olmoe-reference", where="--control"),),
        probes=read_probes(tmp_path / "probes.jsonl"),
        settings=read_document(SETTINGS, AuditSettings),
    )
    probes = check_request(request)
    assert sorted(probes.domains) == sorted(SOURCES)
    assert len(probes) == 9 * 32
    assert set(read_answers(tmp_path / "r1.jsonl", probes)) == {probe.id for probe in probes}
    assert request.settings.shadow.device == "cuda"
