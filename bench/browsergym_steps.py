"""Plays MiniWoB++ with BrowserGym and prints timings as JSON; run by bench/browser.py in BrowserGym's own environment.

Arguments: one JSON object {url, executable, tasks, steps, tuned, seconds}. Every step clicks an element that BrowserGym
calls clickable, the next one each time; an episode that ends is reset, as in our own run.
"""

import json
import os
import sys
import time
from typing import Any

import psutil


def cpu_seconds() -> float:
    """CPU time of this process and everything it started and still runs."""
    me = psutil.Process()
    total = 0.0
    for process in (me, *me.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.Error:
            continue
        total += times.user + times.system
    return total


def memory_mb() -> float:
    """Proportional memory of everything this process started and still runs."""
    total = 0
    for process in psutil.Process().children(recursive=True):
        try:
            total += process.memory_full_info().pss
        except psutil.Error:
            continue
    return total / 2**20


def targets(observation: dict[str, Any]) -> list[str]:
    properties = observation["extra_element_properties"]
    ids = [bid for bid, p in properties.items() if p["clickable"] and (p["visibility"] or 0) >= 0.5]
    return sorted(ids, key=lambda bid: (len(bid), bid))


def main() -> None:
    settings = json.loads(sys.argv[1])
    os.environ["MINIWOB_URL"] = settings["url"]
    import browsergym.miniwob  # noqa: F401, registers the tasks
    import gymnasium

    tuned = {"slow_mo": 0, "pre_observation_delay": 0} if settings["tuned"] else {}
    resets, steps, cpu, memory = [], [], [], []
    deadline = time.monotonic() + settings["seconds"]
    for task in settings["tasks"]:
        if time.monotonic() > deadline:
            break
        env = gymnasium.make(
            f"browsergym/miniwob.{task}",
            headless=True,
            pw_chromium_kwargs={"executable_path": settings["executable"]},
            disable_env_checker=True,
            **tuned,
        )
        began = time.perf_counter()
        observation, _ = env.reset(seed=1)
        resets.append(time.perf_counter() - began)
        for number in range(settings["steps"]):
            ids = targets(observation)
            action = f"click('{ids[number % len(ids)]}')" if ids else "noop(0)"
            before, began = cpu_seconds(), time.perf_counter()
            observation, _, over, cut, _ = env.step(action)
            steps.append(time.perf_counter() - began)
            cpu.append(cpu_seconds() - before)
            if (over or cut) and number + 1 < settings["steps"]:
                began = time.perf_counter()
                observation, _ = env.reset(seed=number + 2)
                resets.append(time.perf_counter() - began)
        memory.append(memory_mb())
        env.close()
    print(json.dumps({"resets": resets, "steps": steps, "cpu": cpu, "memory": memory}))


if __name__ == "__main__":
    main()
