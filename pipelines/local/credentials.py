"""The generated secrets of an OUT folder: `credentials.json`, readable by its owner only.

They are made once and reach processes through their environment, never through a command line or a log.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from components.errors import InputError
from components.files import PRIVATE, write_whole

FILE = "credentials.json"


class Credentials(BaseModel):
    """Log-in to MLflow, and the keys of the S3 server where one is started."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_min_length=1)

    mlflow_user: str = "symbiont"
    mlflow_password: str
    mlflow_session_key: str
    access_key: str
    secret_key: str


def load_credentials(out: Path) -> Credentials:
    """The folder's secrets, made on first use.

    Raises:
        InputError: the file is torn, or was changed to something else.
    """
    path = out / FILE
    if not path.exists():
        credentials = Credentials(
            mlflow_password=secrets.token_urlsafe(18),
            mlflow_session_key=secrets.token_urlsafe(30),
            access_key=f"SYM{secrets.token_hex(8).upper()}",
            secret_key=secrets.token_urlsafe(30),
        )
        out.mkdir(parents=True, exist_ok=True)
        write_whole(path, credentials.model_dump_json(indent=1) + "\n", mode=PRIVATE)
        return credentials
    try:
        return Credentials.model_validate_json(path.read_bytes())
    except (ValidationError, OSError) as error:
        raise InputError(
            "the file of generated passwords cannot be read",
            where=str(path),
            fix="remove it: new passwords are made, MLflow is told of them, and nothing else is lost",
        ) from error
