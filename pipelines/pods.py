"""Sets up the pod of a pipeline's task as the place describes it for the task's stage.

What the Kubeflow SDK cannot express is left to the cluster: a read-only root file system, priority classes, and labels
that are known only when a round runs (its number is in the store, under Kubeflow's run id, a label of every pod).
"""

from __future__ import annotations

from kfp import dsl, kubernetes

from components.pods import CERTIFICATES, Pods, Scratch
from components.trajectories.attempts import ATTEMPT

USER = 10001
"""User and group id of the images."""
RUN_ID = "metadata.labels['pipeline/runid']"
"""Field of a pod that holds its Kubeflow run id."""
RETRIES, FIRST_PAUSE, LONGEST = 2, "15s", "604800s"
"""Retries of a stage, the pause before the first, and the limit of all. Kubeflow counts the limit from the start of the
first try: with less than a week, a stage of many hours would never be retried. A wrong input ends an attempt at once
(`components.place.stage`)."""
LEFT_ALONE = {"cluster-autoscaler.kubernetes.io/safe-to-evict": "false", "karpenter.sh/do-not-disrupt": "true"}
"""Annotations that keep autoscalers from evicting a stage only to use fewer nodes."""


def dress(task: dsl.PipelineTask, stage: str, *, pods: Pods, work: str) -> dsl.PipelineTask:
    """Sets image, resources, nodes, secrets and limits of a task's pod, and returns the task.

    Args:
        stage: whose section of `pods` counts.
        work: the place's scratch folder; empty: no volume is mounted.
    """
    pod = pods.of(stage)
    task.set_container_image(pods.image(stage))
    task.set_cpu_request(pod.cpu).set_cpu_limit(pod.cpu_limit)
    task.set_memory_request(pod.memory).set_memory_limit(pod.memory)
    if pod.accelerators:
        task.set_accelerator_type(pod.accelerator).set_accelerator_limit(pod.accelerators)
    task.set_retry(RETRIES, backoff_duration=FIRST_PAUSE, backoff_factor=2, backoff_max_duration=LONGEST)
    for key, value in pod.node_selector.items():
        kubernetes.add_node_selector(task, key, value)
    for toleration in pod.tolerations:
        kubernetes.add_toleration(
            task,
            key=toleration.key,
            operator=toleration.operator,
            value=toleration.value or None,
            effect=toleration.effect or None,
        )
    if pod.shared_memory:
        kubernetes.empty_dir_mount(task, "shm", "/dev/shm", medium="Memory", size_limit=pod.shared_memory)
    if work:
        _give_scratch(task, pods.scratch, work=work)
    for name, value in pods.variables.items():
        task.set_env_variable(name, value)
    if pods.certificates:
        kubernetes.use_config_map_as_volume(task, config_map_name=pods.certificates, mount_path=CERTIFICATES)
    for secret in pods.secrets_of(stage):
        keys = {key: variable for variable, key in secret.variables.items()}
        kubernetes.use_secret_as_env(task, secret.name, keys, optional=True)
    if pods.pull_secrets:
        kubernetes.set_image_pull_secrets(task, list(pods.pull_secrets))
    for key, value in {"symbiont.dev/stage": stage, **pods.labels}.items():
        kubernetes.add_pod_label(task, key, value)
    for key, value in LEFT_ALONE.items():
        kubernetes.add_pod_annotation(task, key, value)
    kubernetes.use_field_path_as_env(task, ATTEMPT, RUN_ID)
    kubernetes.set_security_context(task, run_as_user=USER, run_as_group=USER, run_as_non_root=True)
    return kubernetes.set_timeout(task, pod.minutes * 60)


def _give_scratch(task: dsl.PipelineTask, scratch: Scratch, *, work: str) -> None:
    match scratch.kind:
        case "node":
            kubernetes.empty_dir_mount(task, "scratch", work, size_limit=scratch.size)
        case "volume":
            kubernetes.add_ephemeral_volume(
                task,
                volume_name="scratch",
                mount_path=work,
                access_modes=["ReadWriteOnce"],
                size=scratch.size,
                storage_class_name=scratch.storage_class or None,
            )
        case "claim":
            kubernetes.mount_pvc(task, pvc_name=scratch.claim, mount_path=work)


def lifetime(pods: Pods) -> dsl.PipelineConfig:
    """How long a run's objects stay in the cluster. The store is not affected."""
    return dsl.PipelineConfig(ttl_seconds_after_finished=pods.keep_days * 86400 or None)
