"""Finds a Chromium to drive: headless-shell first (faster to start, smaller), then Chromium, then Playwright's own.

`python -m components.browser.find` prints which one would be used.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

from components.errors import ExitCode, InputError

VARIABLE = "SYMBIONT_BROWSER"
WINDOWLESS = re.compile(r"headless[-_]shell")
NAMES = ("chromium-headless-shell", "chrome-headless-shell", "chromium", "chromium-browser", "google-chrome")
CACHED = (
    "chromium_headless_shell-*/*/headless_shell",
    "chromium_headless_shell-*/*/chrome-headless-shell",
    "chromium-*/*/chrome",
)


def playwright_browsers() -> list[Path]:
    """Browsers that `playwright install` has put into its cache, newest revision first."""
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    return [
        path for pattern in CACHED for path in sorted(cache.glob(pattern), reverse=True) if os.access(path, os.X_OK)
    ]


def find_browser(executable: str = "", *, headed: bool = False) -> Path:
    """The executable to use: the given one, else $SYMBIONT_BROWSER, else the first that is installed.

    Args:
        headed: it must be able to show a window.

    Raises:
        InputError: the given one does not exist, or none is installed.
    """
    name = executable or os.environ.get(VARIABLE, "")
    if name:
        executable_path = shutil.which(name)
        if executable_path:
            return Path(executable_path)
        raise InputError(
            f"there is no executable browser at {name}",
            where="browser.executable" if executable else f"${VARIABLE}",
            fix="give the path of a chromium or chromium-headless-shell, or leave it empty to search for one",
        )
    installed = [Path(path) for path in map(shutil.which, NAMES) if path] + playwright_browsers()
    for path in installed:
        if not (headed and WINDOWLESS.search(path.name)):
            return path
    if installed:
        fix = "install a whole one: `apt-get install chromium`, or `python -m playwright install chromium`"
        raise InputError(f"{installed[0]} cannot show a window", where="--headed", fix=fix)
    raise InputError(
        "no Chromium browser is installed",
        fix="run `make setup`, or install one: `apt-get install chromium-headless-shell` on Debian,"
        " or `python -m playwright install chromium-headless-shell`",
    )


def no_screen() -> InputError:
    """The error for a browser with a window on a machine without a screen."""
    place = "$DISPLAY, " + (
        f"where nothing answers at {screen}" if (screen := os.environ.get("DISPLAY")) else "not set"
    )
    fix = "leave --headed out, or run it where there is a screen; `xvfb-run symbiont play ...` makes one up"
    return InputError("there is no screen to show a window on", where=place, fix=fix)


def main() -> ExitCode:
    try:
        print(find_browser())
    except InputError as error:
        print(error, file=sys.stderr)
        return ExitCode.INPUT
    return ExitCode.DONE


if __name__ == "__main__":
    sys.exit(main())
