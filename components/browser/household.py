"""The home folder and the environment of a browser and its driver, without anybody's keys."""

from __future__ import annotations

import contextlib
import inspect
import os
import shlex
import tempfile
from collections.abc import Iterator
from pathlib import Path

from components.browser.trust import trust_own_authorities
from components.errors import InputError

KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "FONTCONFIG_PATH", "FONTCONFIG_FILE",
        "PLAYWRIGHT_BROWSERS_PATH")  # fmt: skip
SCREEN = ("DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")
NODE = "PLAYWRIGHT_NODEJS_PATH"
GIVEN_NODE = os.environ.get(NODE)
_starting: list[Path] = []  # the scripts that stand before a driver while it starts


class Household:
    """A temporary home folder, and the few environment variables that a browser gets.

    Pages are hostile. A script that breaks out of its renderer finds no key of a store, a registry or a model. There
    is no proxy either: sites are ours, or in the cluster.

    Args:
        headed: the browser shows a window, so it gets the variables of the screen too.
    """

    def __init__(self, *, headed: bool = False) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="symbiont-browser-", ignore_cleanup_errors=True)
        self.home = Path(self._folder.name)
        trust_own_authorities(self.home)
        names = (*KEPT, *SCREEN) if headed else KEPT
        self.environment = {name: os.environ[name] for name in names if name in os.environ} | {"HOME": str(self.home)}

    def close(self) -> None:
        self._folder.cleanup()

    @contextlib.contextmanager
    def driver(self) -> Iterator[None]:
        """While it is open, Playwright starts its driver (Node.js) in the bare environment instead of ours.

        Playwright always passes on our environment. But it takes the path of Node from a variable, which here names a
        script that clears the environment first.

        Raises:
            InputError: nothing may be run from the folder of temporary files.
        """
        script = self._script(GIVEN_NODE or _bundled_node())
        _starting.append(script)
        os.environ[NODE] = str(script)
        try:
            yield
        finally:
            _starting.remove(script)
            if _starting:  # another pool starts at the same time
                os.environ[NODE] = str(_starting[-1])
            elif GIVEN_NODE is None:
                os.environ.pop(NODE, None)
            else:
                os.environ[NODE] = GIVEN_NODE

    def _script(self, node: str) -> Path:
        settings = [f"{name}={value}" for name, value in (self.environment | {"PW_LANG_NAME": "python"}).items()]
        script = self.home / "node"
        script.write_text(f'#!/bin/sh\nexec {shlex.join(["env", "-i", *settings, node])} "$@"\n')
        script.chmod(0o700)
        if os.statvfs(script).f_flag & os.ST_NOEXEC:
            raise _forbidden(script)
        return script


def _forbidden(script: Path) -> InputError:
    mount = next(folder for folder in script.parents if os.path.ismount(folder))
    return InputError(
        f"the browser's driver cannot be started from {script.parent.parent}: {mount} is mounted so that nothing there "
        "may be run (noexec)",
        where=str(mount),
        fix=f"mount it with exec (Docker: --tmpfs {mount}:exec), or name a folder elsewhere in TMPDIR",
    )


def _bundled_node() -> str:
    import playwright

    return str(Path(inspect.getfile(playwright)).parent / "driver" / "node")
