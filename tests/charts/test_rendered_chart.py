"""Every profile, rendered by Helm's own library: accepted by Kubernetes' schemas, restricted, connected, stable."""

from __future__ import annotations

import functools
import re
import shutil
from itertools import product
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from helm_python.chart import lint

from components.pods import Pods
from components.preflight.cluster import ARTIFACT_RIGHT, RUN_RIGHTS, Right
from components.preflight.servers import rights
from components.preflight.trainjobs import RIGHTS
from components.serving.config import Deployment
from tests.charts.golden import FOLDER, NAMES, made
from tests.charts.policy import broken
from tests.charts.rendered import (
    CHART,
    OUTSIDE_A_MESH,
    PROFILES,
    Object,
    laid_over,
    place_in,
    pods,
    render,
    selects,
    values,
)

KUBERNETES = ("1.30", "1.37")


@pytest.fixture(scope="module", params=PROFILES)
def profile(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def found(profile: str) -> list[Object]:
    return render(values(profile))


def test_helm_finds_nothing_to_say(profile: str) -> None:
    said = lint(CHART, values(profile), strict=True)
    assert not said["errors"]
    assert [each["error"] for each in said["messages"]] == ["icon is recommended"]


def test_kubernetes_takes_every_object_strictly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all profiles; one that several have in the same words is checked once."""
    read_once = functools.cache(kubernetes_validate.utils.schema_contents)  # it reads a megabyte for every object
    monkeypatch.setattr(kubernetes_validate.utils, "schema_contents", read_once)
    every = {yaml.safe_dump(each): each for profile in PROFILES for each in render(values(profile))}
    for version in KUBERNETES:
        for each in every.values():
            kubernetes_validate.validate(each, version, strict=True)


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_makes_what_it_made(name: str) -> None:
    assert made(name) == (FOLDER / f"{name}.yaml").read_text(), "if this is meant: python -m tests.charts.golden"


def test_pods_are_restricted_and_have_limits_and_probes(found: list[Object]) -> None:
    assert {name: said for name, _, spec in pods(found) if (said := broken(name, spec))} == {}


def test_every_pod_is_in_no_mesh(found: list[Object]) -> None:
    assert [name for name, labels, _ in pods(found) if not OUTSIDE_A_MESH.items() <= labels.items()] == []


def test_authorities_and_a_proxy_reach_every_pod_here_and_of_rounds(profile: str) -> None:
    """PostgreSQL and the S3 server ask nobody outside."""
    given = values(profile) | {"certificates": "authorities", "proxy": {"https": "http://proxy.example.com:3128"}}
    given["proxy"]["direct"] = [".example.org"]
    told = place_in(render(given)).pods
    assert told.certificates == "authorities"
    assert told.environment["no_proxy"].split(",")[-1] == ".example.org"
    asking = {name: spec for name, _, spec in pods(render(given)) if not name.endswith(("-postgres", "-s3"))}
    assert len(asking) >= 2
    for name, spec in asking.items():
        [container] = spec["containers"]
        variables = {each["name"]: each.get("value") for each in container["env"]}
        assert told.variables.items() <= variables.items(), f"{name}: as in pods of rounds"
        assert {"name": "certificates", "configMap": {"name": "authorities"}} in spec["volumes"], name
        [lies] = [each["mountPath"] for each in container["volumeMounts"] if each["name"] == "certificates"]
        assert variables["SSL_CERT_FILE"] == f"{lies}/ca.crt"


def test_a_mirror_of_the_hub_is_asked_by_servers_and_rounds_alike() -> None:
    given = laid_over(values("gpu"), {"serving": {"hub": "https://hub.example.com", "offline": True}})
    asked = {"HF_ENDPOINT": "https://hub.example.com", "HF_HUB_OFFLINE": "1"}
    found = render(given)
    assert place_in(found).pods.environment == asked
    [server] = [spec["containers"][0] for name, _, spec in pods(found) if name == "Deployment/demo-teacher"]
    assert asked.items() <= {each["name"]: each.get("value") for each in server["env"]}.items()


def test_the_s3_server_of_a_first_try_makes_the_bucket_of_the_store() -> None:
    given = values("try")
    given["store"]["url"] = "s3://agents/of/ours"
    [server] = [
        each for each in render(given) if (each["kind"], each["metadata"]["name"]) == ("StatefulSet", "demo-s3")
    ]
    [container] = server["spec"]["template"]["spec"]["containers"]
    *_, script, bucket = container["lifecycle"]["postStart"]["exec"]["command"]
    assert bucket == "agents"
    assert 's3.bucket.create -name $0"' in script


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "writes to its root"),
        ("runAsNonRoot: true", "runAsNonRoot: false", "may run as root"),
        ("drop: [ALL]", "drop: [KILL]", "has capabilities"),
        ("  type: RuntimeDefault", "  type: Unconfined", "has no seccomp profile"),
    ],
)
def test_a_pod_that_is_not_restricted_would_be_noticed(was: str, becomes: str, said: str, tmp_path: Path) -> None:
    chart = tmp_path / "symbiont"
    shutil.copytree(CHART, chart)
    path = chart / "templates" / "_pods.tpl"
    path.write_text(path.read_text().replace(was, becomes))
    assert all(said in broken(name, spec) for name, _, spec in pods(render(values("try"), chart=chart)))


def test_nothing_holds_a_secret(found: list[Object]) -> None:
    assert not [each for each in found if each["kind"] == "Secret"]
    for _, _, spec in pods(found):
        for variable in (each for container in spec["containers"] for each in container.get("env", [])):
            if re.search("PASSWORD|SECRET|TOKEN|_KEY$", variable["name"]):
                assert set(variable) == {"name", "valueFrom"}


def test_rights_are_few_and_named(found: list[Object]) -> None:
    assert not [each for each in found if each["kind"].startswith("ClusterRole")]
    rules = [rule for each in found if each["kind"] == "Role" for rule in each["rules"]]
    assert rules
    for rule in rules:
        assert "*" not in [*rule["apiGroups"], *rule["resources"], *rule["verbs"]]
        if set(rule["resources"]) & {"secrets", "configmaps"}:
            assert rule["resourceNames"], "one secret, not every secret"


def test_accounts_and_claims_that_are_named_exist(found: list[Object]) -> None:
    made = {f"{each['kind']}/{each['metadata']['name']}" for each in found}
    for name, _, spec in pods(found):
        assert f"ServiceAccount/{spec['serviceAccountName']}" in made, name
        for volume in spec.get("volumes", []):
            if claim := volume.get("persistentVolumeClaim"):
                assert f"PersistentVolumeClaim/{claim['claimName']}" in made, name
    for each in found:
        if each["kind"] == "RoleBinding":
            assert f"Role/{each['roleRef']['name']}" in made
            assert all(f"ServiceAccount/{subject['name']}" in made for subject in each["subjects"])


def test_services_find_their_pods_and_ports(found: list[Object]) -> None:
    made = list(pods(found))
    for service in (each for each in found if each["kind"] == "Service"):
        behind = [spec for _, labels, spec in made if selects({"matchLabels": service["spec"]["selector"]}, labels)]
        assert len(behind) == 1, service["metadata"]["name"]
        ports = {port["name"]: port["containerPort"] for port in behind[0]["containers"][0]["ports"]}
        for port in service["spec"]["ports"]:
            assert ports[port["targetPort"]] == port["port"]
    for budget in (each for each in found if each["kind"] == "PodDisruptionBudget"):
        assert [labels for _, labels, _ in made if selects(budget["spec"]["selector"], labels)]


def test_every_pod_is_denied_first_and_reached_where_it_listens(found: list[Object]) -> None:
    policies = [each for each in found if each["kind"] == "NetworkPolicy"]
    for name, labels, spec in pods(found):
        ours = [each["spec"] for each in policies if selects(each["spec"]["podSelector"], labels)]
        assert {"Ingress", "Egress"} in [set(each["policyTypes"]) for each in ours if len(each) == 2], name
        opened = [port["port"] for each in ours for rule in each.get("ingress", []) for port in rule["ports"]]
        assert opened == [port["containerPort"] for each in spec["containers"] for port in each.get("ports", [])], name
    strangers = {"app.kubernetes.io/name": "somebody-else", "pipelines.kubeflow.org/v2_component": "true"}
    assert not [each for each in policies if selects(each["spec"]["podSelector"], strangers)]


def test_explorers_reach_their_sites_and_what_a_stage_needs_alone() -> None:
    given = values("existing")
    given["network"] = {
        "outside": [{"cidr": "203.0.113.0/24", "ports": [443]}],
        "explorers": {
            "enabled": True,
            "kubernetes": [{"cidr": "10.0.0.1/32", "ports": [6443]}],
            "sites": [{"namespace": "shop", "ports": [8080]}, {"cidr": "10.20.0.0/16", "ports": [80, 443]}],
        },
    }
    [policy] = [each["spec"] for each in render(given) if each["metadata"]["name"] == "demo-explorers"]
    assert policy["policyTypes"] == ["Egress"]
    [stage] = policy["podSelector"]["matchExpressions"]
    assert (stage["key"], stage["values"]) == ("symbiont.dev/stage", ["preflight", "propose", "explore", "evaluate"])
    rules = [(_whom(rule), [each["port"] for each in rule.get("ports", [])]) for rule in policy["egress"]]
    assert rules == [
        ("kube-system", [53, 53]),
        ("kubeflow", []),
        ("this release", []),
        ("203.0.113.0/24", [443]),
        ("10.0.0.1/32", [6443]),
        ("shop", [8080]),
        ("10.20.0.0/16", [80, 443]),
    ]


def test_every_pod_may_ask_the_name_servers_that_values_name() -> None:
    names = [{"namespace": "openshift-dns", "ports": [5353]}, {"cidr": "169.254.20.10/32", "ports": [53]}]
    found = render(laid_over(values("existing"), {"network": {"names": names}}))
    [policy] = [each["spec"] for each in found if each["metadata"]["name"] == "demo-names"]
    rules = [(_whom(rule), [tuple(each.values()) for each in rule["ports"]]) for rule in policy["egress"]]
    assert rules == [
        ("openshift-dns", [("UDP", 5353), ("TCP", 5353)]),
        ("169.254.20.10/32", [("UDP", 53), ("TCP", 53)]),
    ]
    assert all(selects(policy["podSelector"], labels) for _, labels, _ in pods(found))


def _whom(rule: Object) -> str:
    [to] = rule["to"]
    if "ipBlock" in to:
        return str(to["ipBlock"]["cidr"])
    if "podSelector" in to:
        return "this release"
    return str(to["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"])


@pytest.mark.parametrize("secret", ["", "symbiont-store"])
def test_what_keeps_something_without_a_key_may_ask_for_its_identity(secret: str) -> None:
    given = values("existing")
    given["store"]["secret"] = secret
    found = render(given)
    labels = {name: each for name, each, _ in pods(found)}
    out = [
        each["ipBlock"]["cidr"]
        for policy in (each["spec"] for each in found if each["kind"] == "NetworkPolicy")
        if selects(policy["podSelector"], labels["CronJob/demo-reaper"])
        for rule in policy.get("egress", ())
        for each in rule.get("to", ())
        if "ipBlock" in each
    ]
    assert ("169.254.170.23/32" in out) is (not secret)


def test_every_account_that_uses_the_store_is_given_its_role() -> None:
    given = laid_over(with_servers(), {"kubeflow": {"accountAnnotations": {"example.com/role": "store"}}})
    given = laid_over(given, {"serving": {"teacher": {"model": "s3://symbiont/teacher"}}})
    accounts = [each["metadata"] for each in render(given) if each["kind"] == "ServiceAccount"]
    with_role = {each["name"] for each in accounts if "example.com/role" in each.get("annotations", {})}
    assert with_role == {f"demo-{each}" for each in ("run", "reaper", "round", "teacher")}


def test_an_upgrade_without_a_change_changes_nothing(profile: str, found: list[Object]) -> None:
    assert render(values(profile), upgrade=True) == found


def test_volumes_outlive_the_release(profile: str, found: list[Object]) -> None:
    assert profile != "try" or any(each["kind"] == "StatefulSet" for each in found)
    for each in found:
        if each["kind"] == "PersistentVolumeClaim":
            assert each["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
        if each["kind"] == "StatefulSet":
            assert each["spec"]["persistentVolumeClaimRetentionPolicy"] == {
                "whenDeleted": "Retain",
                "whenScaled": "Retain",
            }


def test_the_place_it_makes_is_one_that_rounds_take(profile: str) -> None:
    place = place_in(render(values(profile)))
    assert place.store == "s3://symbiont/main"
    if profile == "production":
        assert place.training.job, "its students want GPUs"
    if profile == "try":
        assert place.s3_endpoint == "http://demo-s3.agents.svc:8333"
        assert place.mlflow == "http://demo-mlflow.agents.svc:5000"


def test_recipes_and_places_of_files_arrive_word_for_word() -> None:
    text = 'name: mine\nabout: "{{ not a template }}"\nteacher: {kind: scripted}\n'
    found = render(values("existing") | {"recipes": {"mine": text}, "places": {"other": "name: other\n"}})
    data = {each["metadata"]["name"]: each["data"] for each in found if each["kind"] == "ConfigMap"}
    assert data["symbiont-recipes"] == {"mine.yaml": text}
    assert data["symbiont-places"]["other.yaml"] == "name: other\n"


def test_a_mirror_named_once_holds_every_image() -> None:
    given = values("try") | {"images": {"mirror": "registry.example.com/mirror"}}
    images = {container["image"] for _, _, spec in pods(render(given)) for container in spec["containers"]}
    assert images == {
        "registry.example.com/mirror/symbiont/tools:0.1.0",
        "registry.example.com/mirror/mlflow/mlflow:v3.17.2-full",
        "registry.example.com/mirror/library/postgres:17",
        "registry.example.com/mirror/chrislusf/seaweedfs:4.48",
    }


def test_a_rounds_pods_find_what_the_chart_makes() -> None:
    """ConfigMaps and secrets have the names that the compiled pipeline mounts and reads."""
    _, platform = yaml.safe_load_all((CHART.parents[1] / "pipelines" / "symbiotic.yaml").read_text())
    pods = platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
    mounted = {each["configMapName"] for pod in pods.values() for each in pod.get("configMapAsVolume", [])}
    assert mounted <= {each["metadata"]["name"] for each in render(values("try")) if each["kind"] == "ConfigMap"}
    assert mounted
    given = values("try")
    secrets = {given["store"]["secret"], given["mlflow"]["secret"]}
    for name, pod in pods.items():
        assert {each["secretName"] for each in pod["secretAsEnv"]} >= secrets, name
        assert all(each["optional"] for each in pod["secretAsEnv"]), "a pod identity needs no secret"


def test_stages_get_the_images_and_secrets_that_the_chart_is_told_of() -> None:
    given = values("production") | {"place": {"pods": {"distill": {"accelerators": 2}}}}
    given["images"] |= {"mirror": "registry.example.com/mirror", "pullSecrets": ["registry"]}
    pods = place_in(render(given)).pods
    assert pods.image("promote") == "registry.example.com/mirror/symbiont/tools:0.1.0"
    assert pods.pull_secrets == ("registry",)
    assert (pods.distill.accelerators, pods.distill.memory) == (2, Pods().distill.memory), "the rest stays"
    assert [each.name for each in pods.secrets_of("report")] == ["symbiont-mlflow"], "the store needs no keys there"
    assert [each.name for each in pods.secrets_of("explore")] == [
        "symbiont-mlflow",
        "symbiont-teacher",
        "symbiont-student",
    ]


def test_a_secret_of_another_name_is_read_by_every_stage() -> None:
    given = values("existing") | {"place": {"pods": {"keys": [{"name": "mine", "variables": {"KEY": "key"}}]}}}
    given["store"]["secret"] = "ours"
    pods = place_in(render(given)).pods
    assert [each.name for each in pods.secrets_of("promote")] == ["ours", "symbiont-mlflow"]
    assert [each.name for each in pods.secrets_of("evaluate")] == ["ours", "symbiont-mlflow", "mine"]


def test_runs_get_the_rights_that_preflight_asks_about() -> None:
    roles = {each["metadata"]["name"]: each for each in render(values("existing")) if each["kind"] == "Role"}
    assert {str(each) for each in (*RUN_RIGHTS, ARTIFACT_RIGHT)} <= granted(roles["demo-run"])


def with_servers() -> Object:
    """Values by which rounds serve their students."""
    round = {"enabled": True, "arguments": ["--max-model-len=10000"], "accelerator": {"count": 2}, "disk": "80Gi"}
    changes = {"serving": {"round": round}, "place": {"serving": {"kind": "deployment", "replicas": 3}}}
    return laid_over(values("production"), changes)


def test_rounds_that_serve_their_students_get_a_template_and_the_rights_that_preflight_asks_about() -> None:
    found = render(with_servers())
    plain = [(each["kind"], each["metadata"]["name"]) for each in render(values("production"))]
    added = [(each["kind"], each["metadata"]["name"]) for each in found]
    assert [f"{kind}/{name}" for kind, name in added if (kind, name) not in plain] == [
        "NetworkPolicy/demo-reaper-kubernetes",
        "NetworkPolicy/demo-round",
        "PodTemplate/demo-round",
        "ServiceAccount/demo-round",
    ]
    serving = place_in(found).serving
    assert serving == Deployment(template="demo-round", replicas=3)
    roles = {each["metadata"]["name"]: each for each in found if each["kind"] == "Role"}
    assert {str(each) for each in rights(serving)} <= granted(roles["demo-run"])
    assert {"list deployments.apps", "delete deployments.apps"} <= granted(roles["demo-reaper"])
    [reaper] = [spec for name, _, spec in pods(found) if name == "CronJob/demo-reaper"]
    assert "--servers" in reaper["containers"][0]["args"]
    assert "kubernetes" in [each["name"] for each in reaper["volumes"]], "the token that asks"
    assert "delete deployments.apps" not in granted(
        next(each for each in render(values("production")) if each["metadata"]["name"] == "demo-run")
    )


def test_a_template_a_runtime_and_a_queue_of_your_own_bring_the_same_rights() -> None:
    given = values("existing")
    given["place"] = {
        "serving": {"kind": "deployment", "template": "ours"},
        "training": {"memory_gb": 80, "job": {"kind": "ClusterTrainingRuntime", "runtime": "theirs", "queue": "all"}},
    }
    found = render(given)
    place = place_in(found)
    assert isinstance(place.serving, Deployment)
    roles = {each["metadata"]["name"]: granted(each) for each in found if each["kind"] == "Role"}
    asked = {str(each) for each in (*rights(place.serving), *RIGHTS)}
    assert asked | {"get podtemplates ours", "get localqueues.kueue.x-k8s.io"} <= roles["demo-run"]
    assert "delete deployments.apps" in roles["demo-reaper"]
    [reaper] = [spec for name, _, spec in pods(found) if name == "CronJob/demo-reaper"]
    assert reaper["containers"][0]["args"] == ["--servers"], "a runtime's TrainJobs may be others'"


def granted(role: Object) -> set[str]:
    """What a Role allows, in the words of preflight."""
    given = set()
    for rule in role["rules"]:
        for group, resource, verb in product(rule["apiGroups"], rule["resources"], rule["verbs"]):
            kind, _, part = resource.partition("/")
            for name in rule.get("resourceNames", [""]):
                given.add(str(Right(verb=verb, resource=kind, subresource=part, group=group, name=name)))
    return given


def test_pods_of_a_rounds_servers_are_as_the_charts_own() -> None:
    found = render(with_servers())
    for version in KUBERNETES:
        for each in found:
            if each["metadata"]["name"] == "demo-round":
                kubernetes_validate.validate(each, version, strict=True)
    [(labels, spec)] = [(labels, spec) for name, labels, spec in pods(found) if name == "PodTemplate/demo-round"]
    assert broken("Deployment/of-a-round", spec) == []
    assert OUTSIDE_A_MESH.items() <= labels.items()
    [vllm] = spec["containers"]
    assert vllm["resources"]["limits"]["nvidia.com/gpu"] == 2
    policies = [each["spec"] for each in found if each["kind"] == "NetworkPolicy"]
    ours = [each for each in policies if selects(each["podSelector"], labels)]
    assert {"Ingress", "Egress"} in [set(each["policyTypes"]) for each in ours if len(each) == 2], "denied first"
    [let_in] = [rule for each in ours for rule in each.get("ingress", [])]
    assert [each["port"] for each in let_in["ports"]] == [each["containerPort"] for each in vllm["ports"]]
    outward = [port["port"] for each in ours for rule in each.get("egress", []) for port in rule.get("ports", [])]
    assert 443 in outward, "where the store is"
    secrets = [each["secretRef"]["name"] for each in spec["initContainers"][0].get("envFrom", [])]
    assert secrets == [], "a pod identity"
    given = laid_over(with_servers(), {"store": {"secret": "ours", "endpoint": "http://s3.example.com"}})
    [(_, _, spec)] = [each for each in pods(render(given)) if each[0] == "PodTemplate/demo-round"]
    [fetch] = spec["initContainers"]
    assert [each["secretRef"]["name"] for each in fetch["envFrom"]] == ["ours"]
    assert {"name": "AWS_ENDPOINT_URL_S3", "value": "http://s3.example.com"} in fetch["env"]


def test_the_place_names_the_ui_that_people_see_and_the_namespace() -> None:
    given = values("existing")
    given |= {"kubeflow": given.get("kubeflow", {}) | {"ui": "https://kubeflow.example.com/pipeline"}}
    kubeflow = place_in(render(given)).kubeflow
    assert kubeflow
    assert kubeflow.identity == "https://kubeflow.example.com/pipeline agents"
