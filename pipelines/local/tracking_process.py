"""What MLflow's own process does: `python -m pipelines.local.tracking_process FOLDER PORT`.

MLflow makes its tables, and brings those of an older version up to date, in hundreds of steps; a kill between two of
them leaves a database that it never opens again. So that is done on a copy, which takes the real name when it is whole.

MLflow's own command would then start a second Python that imports all of MLflow again, to wait for it: two seconds of
the processor and 250 MB. It serves here instead, in the process that made the tables.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
import traceback
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

from components.errors import ExitCode
from components.files import PRIVATE, whole, write_whole
from components.guard import sweep_seldom

RUNS, USERS = "mlflow.db", "users.db"
MADE_BY = "version"  # the MLflow whose tables are in both databases
ARTIFACTS = "mlflow-artifacts:/"
UNUSABLE = 3  # the status that says: a database is there and cannot be used


def main() -> None:
    folder, port = Path(sys.argv[1]), sys.argv[2]
    os.umask(0o077)
    sweep_seldom()
    import uvicorn  # noqa: F401 - MLflow guards itself against other sites where it finds this loaded before it

    try:
        prepare(folder)
    except Exception as error:
        traceback.print_exc()
        of_database = type(error).__module__.startswith(("sqlite3", "sqlalchemy", "alembic", "mlflow"))
        sys.exit(UNUSABLE if of_database else ExitCode.INFRA)
    from mlflow import server
    from mlflow.cli import cli

    server._exec_cmd = _serve_here
    address = ["--host", "127.0.0.1", "--port", port, "--workers", "1", "--serve-artifacts"]
    storage = [
        "--backend-store-uri",
        f"sqlite:///{folder / RUNS}",
        "--artifacts-destination",
        str(folder / "artifacts"),
    ]
    cli(["server", "--app-name", "basic-auth", *address, *storage])


def _serve_here(command: Sequence[str], *, extra_env: Mapping[str, str], **_: object) -> NoReturn:
    """Stands for MLflow's own start of a process.

    Args:
        command: PYTHON -m uvicorn ..., as MLflow made it.
        extra_env: what MLflow tells that process.
    """
    from uvicorn.main import main as uvicorn

    if tuple(command[1:3]) != ("-m", "uvicorn"):
        raise RuntimeError(f"this MLflow would start something else: {command}")
    os.environ.update(extra_env)
    uvicorn(command[3:])
    sys.exit()


def prepare(folder: Path) -> None:
    """Makes both databases, or brings them up to date, each whole or not at all; the log-in is that of the environment.

    Raises:
        whatever SQLite, SQLAlchemy, Alembic and MLflow raise where a database cannot be used.
    """
    made_by = folder / MADE_BY
    current = made_by.is_file() and made_by.read_text() == version("mlflow")
    for name, make in ((RUNS, _make_runs), (USERS, _make_users)):
        if not (current and (folder / name).exists()):
            for stale in folder.glob(f".{Path(name).stem}.*"):  # of a process that was killed
                stale.unlink()
            with whole(folder / name, mode=PRIVATE) as part:
                _copy(folder / name, part)
                make(part)
    write_whole(made_by, version("mlflow"), mode=PRIVATE)
    _set_password(folder / USERS)


def _copy(database: Path, part: Path) -> None:
    """Copies what is committed; opening it takes back what a killed process had begun."""
    if database.exists():
        with contextlib.closing(sqlite3.connect(database)) as source, contextlib.closing(sqlite3.connect(part)) as copy:
            source.backup(copy)


def _make_runs(path: Path) -> None:
    from mlflow.store.db.utils import _upgrade_db, create_sqlalchemy_engine_with_retry
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    uri = f"sqlite:///{path}"
    if path.stat().st_size:
        engine = create_sqlalchemy_engine_with_retry(uri)
        _upgrade_db(engine)
        engine.dispose()
    SqlAlchemyStore(uri, ARTIFACTS).engine.dispose()  # makes the tables of an empty one, and the first experiment


def _make_users(path: Path) -> None:
    with _users(path):
        """Opening it makes its tables."""


def _set_password(path: Path) -> None:
    """The password is the environment's: where credentials.json was lost, the database knows one that nobody has."""
    user, password = os.environ["MLFLOW_AUTH_ADMIN_USERNAME"], os.environ["MLFLOW_AUTH_ADMIN_PASSWORD"]
    with _users(path) as users:
        if users.has_user(user) and not users.authenticate_user(user, password):
            users.update_user(user, password=password)


@contextlib.contextmanager
def _users(path: Path) -> Any:
    from mlflow.server.auth.sqlalchemy_store import SqlAlchemyStore

    users = SqlAlchemyStore()
    users.init_db(f"sqlite:///{path}")
    try:
        yield users
    finally:
        users.engine.dispose()


if __name__ == "__main__":
    main()
