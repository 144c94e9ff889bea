"""Whether a node, as Kubernetes describes it, could ever take a pod."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from components.pods import Pod

PASSING = ("node.kubernetes.io/", "node.cloudprovider.kubernetes.io/")
"""Taints of nodes that are not ready or cordoned, which may change."""
QUANTITY = re.compile(r"(?P<number>[0-9.]+(e[+-]?[0-9]+)?)(?P<unit>[a-z]*)", re.IGNORECASE)
SMALL = {"n": -9, "u": -6, "m": -3}


def obstacles(pod: Pod, node: dict[str, Any]) -> list[str]:
    """Why a node can never take a pod, the plainest reason first; empty where it could.

    Args:
        node: as Kubernetes' API describes it.
    """
    spec, labels = node.get("spec", {}), node["metadata"].get("labels") or {}
    room = node["status"].get("allocatable") or {}
    requests = {"cpu": pod.cpu, "memory": pod.memory}
    if pod.accelerators:
        requests[pod.accelerator] = str(pod.accelerators)
    reasons = [
        f"without the label {key}={value}" for key, value in pod.node_selector.items() if labels.get(key) != value
    ]
    reasons += [f"with the taint {_taint(taint)}" for taint in spec.get("taints") or () if not _borne(taint, pod)]
    for name, quantity in requests.items():
        if _amount(room.get(name, "0")) < _amount(quantity):
            reasons.append(f"with {room.get(name, 'no')} {name} of {quantity}")
    return reasons


def _borne(taint: dict[str, str], pod: Pod) -> bool:
    if taint["effect"] == "PreferNoSchedule" or taint["key"].startswith(PASSING):
        return True
    return any(
        toleration.key == taint["key"]
        and toleration.effect in ("", taint["effect"])
        and (toleration.operator == "Exists" or toleration.value == taint.get("value", ""))
        for toleration in pod.tolerations
    )


def _taint(taint: dict[str, str]) -> str:
    value = f"={taint['value']}" if taint.get("value") else ""
    return f"{taint['key']}{value}:{taint['effect']}"


def _amount(quantity: str) -> Decimal:
    """A quantity of Kubernetes, such as 500m or 16Gi, as a number."""
    match = QUANTITY.fullmatch(quantity)
    if match is None:
        raise ValueError(f"{quantity!r} is no quantity of Kubernetes")
    number, unit = Decimal(match["number"]), match["unit"]
    if unit in SMALL:
        return number.scaleb(SMALL[unit])
    power = " kmgtpe".index(unit[:1].lower() or " ")
    return number * Decimal(1024 if unit.endswith("i") else 1000) ** power
