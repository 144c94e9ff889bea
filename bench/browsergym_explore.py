"""Plays one MiniWoB++ episode with BrowserGym and a model; run by bench/explore.py in BrowserGym's own environment.

Arguments: one JSON object {url, model, executable, task, steps, seed}. Its loop is the one of its examples: observe,
write the accessibility tree as text, ask, step. The browser is up, and says so with a line, before a line on standard
input starts the episode.
"""

import json
import logging
import os
import sys
import urllib.request


def main() -> None:
    settings = json.loads(sys.argv[1])
    os.environ["MINIWOB_URL"] = settings["url"]
    logging.disable(logging.WARNING)  # it warns that its waits are taken out
    import browsergym.miniwob  # noqa: F401, registers the tasks
    import gymnasium
    from browsergym.utils.obs import flatten_axtree_to_str

    env = gymnasium.make(
        f"browsergym/miniwob.{settings['task']}",
        headless=True,
        pw_chromium_kwargs={"executable_path": settings["executable"]},
        disable_env_checker=True,
        slow_mo=0,
        pre_observation_delay=0,
    )
    env.reset(seed=settings["seed"])
    print("ready", flush=True)
    sys.stdin.readline()
    observation, _ = env.reset(seed=settings["seed"] + 1)
    for _ in range(settings["steps"]):
        page = flatten_axtree_to_str(observation["axtree_object"])
        body = json.dumps({"model": "scrolls", "messages": [{"role": "user", "content": page}]}).encode()
        request = urllib.request.Request(
            settings["model"] + "/chat/completions", data=body, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            json.load(answer)
        observation, *_ = env.step("scroll(0, 200)")
    print("done", flush=True)
    sys.stdin.readline()
    env.close()


if __name__ == "__main__":
    main()
