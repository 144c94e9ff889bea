"""MLflow over a folder, as the command line sees it: checked before it is started, with its own log-in."""

from __future__ import annotations

import contextlib
import sqlite3
import sys
from pathlib import Path

from components.errors import InputError
from components.files import PRIVATE, write_whole
from pipelines.local.credentials import Credentials
from pipelines.local.server import Server, start_server
from pipelines.local.tracking_process import RUNS, UNUSABLE, USERS


def start_tracking(folder: Path, *, port: int, credentials: Credentials, log: Path) -> Server:
    """Starts MLflow with one worker and no job runner: 0.3 instead of 1.6 GiB. It takes some seconds to answer.

    Raises:
        InputError: one of its databases is torn.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)  # users' passwords and the registry of models; an older version left it open
    check_database(folder / RUNS, fix=_without_runs(folder))
    check_database(folder / USERS, fix="remove it: it is made again with the password of credentials.json")
    environment = {
        "MLFLOW_AUTH_CONFIG_PATH": str(_write_auth_config(folder, user=credentials.mlflow_user)),
        "MLFLOW_AUTH_ADMIN_USERNAME": credentials.mlflow_user,
        "MLFLOW_AUTH_ADMIN_PASSWORD": credentials.mlflow_password,
        "MLFLOW_FLASK_SERVER_SECRET_KEY": credentials.mlflow_session_key,
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    unusable = InputError(
        "MLflow cannot use its database: an older version was killed while it made it, or it is another version's",
        where=f"{folder / RUNS}, see the end of {log}",
        fix=_without_runs(folder),
    )
    command = [sys.executable, "-m", "pipelines.local.tracking_process", str(folder), str(port)]
    return start_server("MLflow", command, environment=environment, log=log, mendable={UNUSABLE: unusable})


def check_database(path: Path, *, fix: str) -> None:
    """Raises InputError where a database that is there is no whole one; the check reads every page of it."""
    if not path.exists():
        return
    try:
        with contextlib.closing(sqlite3.connect(path)) as database:
            [verdict] = database.execute("PRAGMA quick_check(1)").fetchone()
            [tables] = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        verdict, tables = str(error), 0
    if verdict != "ok" or not tables:
        problem = verdict if verdict != "ok" else "it is empty"
        raise InputError(f"a database of MLflow is torn: {problem}", where=str(path), fix=fix)


def _without_runs(folder: Path) -> str:
    return (
        f"move it away (mv {folder / RUNS} {folder / RUNS}.torn): MLflow's metrics and its registry begin anew; "
        "episodes, models, results and reports are in the store"
    )


def _write_auth_config(folder: Path, *, user: str) -> Path:
    """MLflow's log-in settings; the password comes from the environment. Checked passwords are kept for a minute:
    PBKDF2 at every call would cost more than the call."""
    lines = [
        "[mlflow]",
        "default_permission = READ",
        f"database_uri = sqlite:///{folder / USERS}",
        f"admin_username = {user}",
        "authorization_function = mlflow.server.auth:authenticate_request_basic_auth",
        "grant_default_workspace_access = false",
        "auth_cache_ttl_seconds = 60",
    ]
    return write_whole(folder / "auth.ini", "\n".join(lines) + "\n", mode=PRIVATE)
