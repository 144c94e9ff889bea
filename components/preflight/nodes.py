"""Whether a node, as Kubernetes describes it, could ever take a pod."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from components.pods import Pod

PASSING = ("node.kubernetes.io/", "node.cloudprovider.kubernetes.io/")
"""Taints by which a node is not ready, or cordoned: it may be again."""
QUANTITY = re.compile(r"(?P<number>[0-9.]+(e[+-]?[0-9]+)?)(?P<unit>[a-z]*)", re.IGNORECASE)
SMALL = {"n": -9, "u": -6, "m": -3}


def obstacles(pod: Pod, node: dict[str, Any]) -> list[str]:
    """Why a node, as Kubernetes describes it, can never take a pod; the first is the plainest."""
    spec, labels = node.get("spec", {}), node["metadata"].get("labels") or {}
    room = node["status"].get("allocatable") or {}
    wanted = {"cpu": pod.cpu, "memory": pod.memory}
    if pod.accelerators:
        wanted[pod.accelerator] = str(pod.accelerators)
    found = [f"without the label {key}={value}" for key, value in pod.node_selector.items() if labels.get(key) != value]
    found += [f"with the taint {_taint(each)}" for each in spec.get("taints") or () if not _borne(each, pod)]
    for name, quantity in wanted.items():
        if _amount(room.get(name, "0")) < _amount(quantity):
            found.append(f"with {room.get(name, 'no')} {name} of {quantity}")
    return found


def _borne(taint: dict[str, str], pod: Pod) -> bool:
    if taint["effect"] == "PreferNoSchedule" or taint["key"].startswith(PASSING):
        return True
    return any(
        each.key == taint["key"]
        and each.effect in ("", taint["effect"])
        and (each.operator == "Exists" or each.value == taint.get("value", ""))
        for each in pod.tolerations
    )


def _taint(taint: dict[str, str]) -> str:
    value = f"={taint['value']}" if taint.get("value") else ""
    return f"{taint['key']}{value}:{taint['effect']}"


def _amount(quantity: str) -> Decimal:
    """A quantity of Kubernetes, such as 500m or 16Gi, as a number."""
    found = QUANTITY.fullmatch(quantity)
    if found is None:
        raise ValueError(f"{quantity!r} is no quantity of Kubernetes")
    number, unit = Decimal(found["number"]), found["unit"]
    if unit in SMALL:
        return number.scaleb(SMALL[unit])
    power = " kmgtpe".index(unit[:1].lower() or " ")
    return number * Decimal(1024 if unit.endswith("i") else 1000) ** power
