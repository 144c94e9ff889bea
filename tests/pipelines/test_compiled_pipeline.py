"""The committed YAML is what the sources say, and says of a round what it should."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.documents.named import FOLDER
from components.errors import InputError
from components.place import place_of_form, read_place
from components.preflight.component import preflight
from components.preflight.documents import recipe_of_form
from pipelines.compile import COMPILED, compile_round


def plain(text: str) -> str:
    """Without the SDK's version, which differs between patch releases that compile the same."""
    return re.sub(r"sdkVersion: \S+", "sdkVersion: -", text)


@pytest.fixture(scope="module")
def pipeline() -> dict[str, Any]:
    found: dict[str, Any] = next(yaml.safe_load_all(COMPILED.read_text()))
    return found


@pytest.fixture(scope="module")
def pods() -> dict[str, Any]:
    """What the second document says of each executor's pod."""
    _, platform = yaml.safe_load_all(COMPILED.read_text())
    found: dict[str, Any] = platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
    return found


def test_the_committed_pipeline_is_fresh(tmp_path: Path) -> None:
    again = compile_round(tmp_path / "again.yaml")
    assert plain(again.read_text()) == plain(COMPILED.read_text()), "run `make compile` and commit the result"


def test_the_form_has_few_fields_and_each_says_what_it_is_and_has_a_default(pipeline: dict[str, Any]) -> None:
    fields = pipeline["root"]["inputDefinitions"]["parameters"]
    assert set(fields) == {"recipe", "place", "run", "round", "seed", "overrides"}
    for name, each in fields.items():
        assert len(each["description"]) > 20, name
        assert "defaultValue" in each, name
    assert fields["round"]["defaultValue"] == 0, "the next one, so that a schedule need not count"


def test_every_default_of_the_form_means_something(pipeline: dict[str, Any]) -> None:
    told = {name: each["defaultValue"] for name, each in pipeline["root"]["inputDefinitions"]["parameters"].items()}
    assert recipe_of_form(told["recipe"], overrides=told["overrides"]).name == told["recipe"]
    assert place_of_form(told["place"]).store


def test_recipes_and_places_of_a_cluster_are_mounted_where_they_are_looked_for(pods: dict[str, Any]) -> None:
    mounted = {
        each["configMapName"]: (each["mountPath"], each["optional"])
        for each in pods["exec-preflight"]["configMapAsVolume"]
    }
    assert mounted == {f"symbiont-{kind}": (str(FOLDER / kind), True) for kind in ("recipes", "places")}


def stages(pipeline: dict[str, Any]) -> dict[str, Any]:
    """The tasks that the exit handler waits for."""
    (group,) = (each for each in pipeline["root"]["dag"]["tasks"].values() if each["taskInfo"]["name"] == "round")
    tasks: dict[str, Any] = pipeline["components"][group["componentRef"]["name"]]["dag"]["tasks"]
    return tasks


def test_whatever_becomes_of_a_round_is_finished(pipeline: dict[str, Any], pods: dict[str, Any]) -> None:
    root = pipeline["root"]["dag"]["tasks"]
    assert root["finish"]["triggerPolicy"]["strategy"] == "ALL_UPSTREAM_TASKS_COMPLETED"
    assert set(root) == {"finish", *root["finish"]["dependentTasks"]}, "nothing runs beside what it waits for"
    assert not root["finish"]["cachingOptions"].get("enableCache", False)
    for name in ("exec-preflight", "exec-finish"):
        assert {each["configMapName"] for each in pods[name]["configMapAsVolume"]} == {
            "symbiont-recipes",
            "symbiont-places",
        }


STAGE = re.compile(r"exec-(?P<stage>[a-z]+)(-\d+)*")
OWN = """
name: own
work: /scratch
pods:
  images: {trainer: registry.example.com/trainer@sha256:1}
  pull_secrets: [registry]
  keys: [{name: teacher, variables: {TEACHER_API_KEY: key}}]
  scratch: {kind: SCRATCH}
  labels: {team: agents}
  certificates: authorities
  environment: {https_proxy: "http://proxy.example.com:3128"}
  distill:
    accelerators: 2
    node_selector: {pool: gpu}
    tolerations: [{key: nvidia.com/gpu, effect: NoSchedule}]
    minutes: 90
"""


def of_stages(executors: dict[str, Any]) -> dict[str, list[Any]]:
    """What is said of each stage, once for every task of it."""
    found: dict[str, list[Any]] = {}
    for name, each in executors.items():
        told = STAGE.fullmatch(name)
        assert told, name
        found.setdefault(told["stage"], []).append(each)
    return found


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    """Containers and pods of the round of a place of one's own."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "own.yaml").write_text(OWN.replace("SCRATCH", "volume, size: 50Gi, storage_class: fast"))
    spec, platform = yaml.safe_load_all(
        compile_round(folder / "round.yaml", place=read_place(str(folder / "own.yaml"))).read_text()
    )
    containers = {name: each["container"] for name, each in spec["deploymentSpec"]["executors"].items()}
    return containers, platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]


def test_every_stage_has_the_smallest_image_that_does_its_work(pipeline: dict[str, Any]) -> None:
    executors = of_stages(pipeline["deploymentSpec"]["executors"])
    images = {stage: {each["container"]["image"] for each in found} for stage, found in executors.items()}
    kinds = {stage: kind for kind, stages in KINDS.items() for stage in stages}
    assert images == {stage: {f"ghcr.io/symbiont/{kinds[stage]}:0.1.0"} for stage in images}


KINDS = {
    "tools": ("promote", "finish"),
    "explorer": ("preflight", "propose", "explore", "synthesize", "evaluate", "report"),
    "trainer": ("distill", "detect"),
}


def test_every_pod_asks_for_what_it_needs_and_is_ended_some_day(pipeline: dict[str, Any], pods: dict[str, Any]) -> None:
    for name, each in pipeline["deploymentSpec"]["executors"].items():
        asked = each["container"]["resources"]
        assert asked["resourceMemoryRequest"] == asked["resourceMemoryLimit"], name
        assert asked["cpuRequest"] <= asked["cpuLimit"], name
        assert int(pods[name]["activeDeadlineSeconds"]) > 0, name
        assert pods[name]["securityContext"]["runAsNonRoot"] is True, name
        assert {"/tmp/work"} <= {volume["mountPath"] for volume in pods[name]["emptyDirMounts"]}, name


def test_no_autoscaler_ends_a_stage_to_pack_its_nodes(pods: dict[str, Any]) -> None:
    for name, each in pods.items():
        told = each["podMetadata"]["annotations"]
        assert told["karpenter.sh/do-not-disrupt"] == "true", name
        assert told["cluster-autoscaler.kubernetes.io/safe-to-evict"] == "false", name


def test_browsers_share_memory(pods: dict[str, Any]) -> None:
    for stage, found in of_stages(pods).items():
        for pod in found:
            shared = [each for each in pod["emptyDirMounts"] if each["mountPath"] == "/dev/shm"]
            assert bool(shared) == (stage in ("propose", "explore", "evaluate", "report", "distill", "detect"))
            assert all(each["medium"] == "Memory" for each in shared)


def test_keys_of_models_reach_those_who_ask_them_and_nobody_else(own: tuple[Any, Any], pods: dict[str, Any]) -> None:
    _, executors = own
    for stage, found in of_stages(executors).items():
        for pod in found:
            told = {pair["envVar"]: pair["secretKey"] for each in pod["secretAsEnv"] for pair in each["keyToEnv"]}
            asks = stage in ("preflight", "propose", "explore", "synthesize", "evaluate", "detect")
            assert told.get("TEACHER_API_KEY") == ("key" if asks else None), stage
            assert told["AWS_ACCESS_KEY_ID"] == "AWS_ACCESS_KEY_ID"
    shipped = {pair["envVar"] for each in pods["exec-explore"]["secretAsEnv"] for pair in each["keyToEnv"]}
    assert "TEACHER_API_KEY" in shipped


def test_a_place_says_on_which_nodes_a_stage_runs_and_on_what_disk(own: tuple[Any, Any]) -> None:
    containers, executors = own
    assert containers["exec-distill"]["image"] == "registry.example.com/trainer@sha256:1"
    asked = containers["exec-distill"]["resources"]
    assert asked["accelerator"]["resourceType"] == "nvidia.com/gpu"
    assert asked["accelerator"]["resourceCount"] == "2"
    assert asked["resourceMemoryLimit"] == "16Gi", "what it does not say stays"
    pod = executors["exec-distill"]
    assert pod["nodeSelector"]["labels"] == {"pool": "gpu"}
    assert pod["tolerations"] == [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]
    assert pod["activeDeadlineSeconds"] == "5400"
    assert "nodeSelector" not in executors["exec-explore"]
    for each in executors.values():
        assert each["podMetadata"]["labels"]["team"] == "agents"
        assert each["imagePullSecret"][0]["secretName"] == "registry"
        (scratch,) = each["genericEphemeralVolume"]
        assert (scratch["mountPath"], scratch["size"], scratch["storageClassName"]) == ("/scratch", "50Gi", "fast")


def test_every_stage_has_the_authorities_and_the_variables_that_a_place_says(own: tuple[Any, Any]) -> None:
    containers, executors = own
    for name, each in containers.items():
        told = {variable["name"]: variable["value"] for variable in each["env"]}
        assert told["https_proxy"] == "http://proxy.example.com:3128", name
        [file] = {told[variable] for variable in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE")}
        mounted = {volume["configMapName"]: volume["mountPath"] for volume in executors[name]["configMapAsVolume"]}
        assert file == f"{mounted['authorities']}/ca.crt", name


def test_what_a_place_says_of_pods_is_what_kubeflow_reads(own: tuple[Any, Any]) -> None:
    from google.protobuf import json_format
    from kfp.kubernetes import kubernetes_executor_config_pb2

    for executor in own[1].values():
        json_format.ParseDict(executor, kubernetes_executor_config_pb2.KubernetesExecutorConfig())


def test_every_stage_that_failed_or_was_evicted_is_tried_again_even_after_hours(pipeline: dict[str, Any]) -> None:
    """Kubeflow stops trying when so much time has passed since the first attempt began."""
    components = pipeline["components"]
    dags = [pipeline["root"]["dag"], *(each["dag"] for each in components.values() if "dag" in each)]
    tasks = {name: task for dag in dags for name, task in dag["tasks"].items()}
    pods = [name for name, task in tasks.items() if "executorLabel" in components[task["componentRef"]["name"]]]
    assert {"preflight", "explore", "distill", "report", "finish"} <= set(pods)
    for policy in (tasks[name]["retryPolicy"] for name in pods):
        assert policy["maxRetryCount"] == 2
        assert int(policy["backoffMaxDuration"].rstrip("s")) > 3 * 86400
        assert int(policy["backoffDuration"].rstrip("s")) > 0


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ("pods: {distil: {cpu: '1'}}", "did you mean 'distill'?"),
        ("pods: {distill: {cpu: many}}", "pods.distill.cpu"),
        ("pods: {distill: {gpus: 1}}", "unknown key 'pods.distill.gpus'"),
        ("pods: {scratch: {kind: claim}}", "names the claim"),
        ("pods: {keys: [{name: teacher, variables: {TEACHER-KEY: key}}]}", "pods.keys"),
    ],
)
def test_pods_that_make_no_sense_are_refused(said: str, where: str, tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text(f"name: wrong\n{said}\n")
    with pytest.raises(InputError, match=re.escape(where)):
        compile_round(tmp_path / "round.yaml", place=read_place(str(tmp_path / "wrong.yaml")))
    assert not (tmp_path / "round.yaml").exists()


def test_a_setting_of_one_stage_is_told_to_that_stage_alone(pipeline: dict[str, Any]) -> None:
    """So that Kubeflow's cache, which looks at inputs, plays nothing again because of another stage's settings."""
    before, after = (
        recipe_of_form("laptop").sections,
        recipe_of_form("laptop", overrides="distill: {steps: 9}").sections,
    )
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"distill"}
    tasks = stages(pipeline)
    takers = {
        task
        for task, each in tasks.items()
        for value in each.get("inputs", {}).get("parameters", {}).values()
        if value.get("taskOutputParameter", {}).get("outputParameterKey") in changed
        and value["taskOutputParameter"]["producerTask"] == "preflight"
    }
    assert takers == {"distill"}


def test_every_evaluation_gathers_its_shards(pipeline: dict[str, Any]) -> None:
    tasks = stages(pipeline)
    for suffix in ("", "-2", "-3", "-4", "-5", "-6"):
        whole, parts = tasks[f"evaluate{suffix}"], tasks[f"evaluate-shards{suffix}"]
        assert f"evaluate-shards{suffix}" in whole["dependentTasks"]
        given = whole["inputs"]["parameters"]
        assert given.pop("shard") == {"runtimeValue": {"constant": "0/1"}}, "all of it"
        told = parts["inputs"]["parameters"]
        assert told.pop("shards")["taskOutputParameter"]["outputParameterKey"] == "evaluate_shards"
        assert given == told


def test_preflight_gives_every_section_under_its_own_name() -> None:
    """What it returns is a tuple, so that the order of the names is that of the recipe's sections."""
    given = preflight.python_func.__annotations__["return"]._fields
    assert given == ("job", "explore_shards", "evaluate_shards", *recipe_of_form("laptop").sections)


def test_nothing_is_installed_at_run_time(pipeline: dict[str, Any]) -> None:
    for executor in pipeline["deploymentSpec"]["executors"].values():
        assert "pip install" not in " ".join(executor["container"]["command"])
        assert executor["container"]["image"].startswith("ghcr.io/")


def test_a_round_goes_from_preflight_to_report(pipeline: dict[str, Any]) -> None:
    tasks = stages(pipeline)
    order = ["explore-phase", "explore-phase-2", "explore-phase-3", "synthesize", "distill"]
    for earlier, later in itertools.pairwise(order):
        assert earlier in tasks[later]["dependentTasks"]
    assert "preflight" in tasks["explore-phase"]["dependentTasks"]
    judged = {f"evaluate{suffix}" for suffix in ("", "-2", "-3", "-4", "-5", "-6")}
    assert {tasks[name]["inputs"]["parameters"]["role"]["runtimeValue"]["constant"] for name in judged} == {
        "student",
        "champion",
        "teacher",
        "teacher_without_knowledge",
        "random",
        "stop",
    }
    assert {"detect", "distill", "evaluate", "evaluate-2"} <= set(tasks["promote"]["dependentTasks"])
    assert {"promote", "evaluate-3", "evaluate-4", "evaluate-5", "evaluate-6"} <= set(tasks["report"]["dependentTasks"])


def test_a_manifest_is_never_taken_from_a_cache(pipeline: dict[str, Any]) -> None:
    assert not stages(pipeline)["preflight"]["cachingOptions"].get("enableCache", False)
