"""A large model goes to an S3 server and back: time, memory, what an interruption costs, what a second publish sends.

    python -m bench.keeping [--gigabytes 16] [--out out/bench-keeping]

The model is random bytes in shards of 4 GB, the server SeaweedFS over OUT. A publish is killed with SIGKILL once a
third of the model is there, and started again; what was published is deleted before it is fetched. Needs twice the
model's size on the disk.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3

from components.loopback import free_ports
from components.trajectories.open_store import open_store
from pipelines.local.credentials import load_credentials
from pipelines.local.s3_server import start_s3

GB = 1_000_000_000
SHARD = 4 * GB
BLOCK = 64 << 20
BUCKET = "keeping"
STEP = """
import json, resource, sys, time
from pathlib import Path
from components.models.storing import fetch_model, publish_model
from components.trajectories.open_store import open_store
step, url, where, digest = sys.argv[1:]
store, began = open_store(url), time.monotonic()
done = publish_model(store, Path(where)) if step == "publish" else str(fetch_model(store, digest, Path(where)))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"done": done, "seconds": round(time.monotonic() - began, 1), "peak_mb": round(peak / 1000)}))
"""


def make_model(folder: Path, *, size: int) -> None:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    for number, first in enumerate(range(0, size, SHARD)):
        remaining = min(SHARD, size - first)
        with (folder / f"model-{number:05d}.safetensors").open("wb") as file:
            while remaining:
                remaining -= file.write(os.urandom(min(BLOCK, remaining)))


@contextmanager
def s3_server(out: Path) -> Iterator[str]:
    """The address of an empty bucket, told to the environment."""
    credentials, [port] = load_credentials(out), free_ports(1)
    server = start_s3(out / "s3", port=port, credentials=credentials, log=out / "s3.log")
    os.environ |= {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
    }
    try:
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket=BUCKET)
        yield f"s3://{BUCKET}/store"
    finally:
        server.stop()


def start(step: str, url: str, folder: Path, digest: str = "") -> subprocess.Popen[str]:
    command = [sys.executable, "-c", STEP, step, url, str(folder), digest]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> dict[str, object]:
    output, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"a step ended with status {process.returncode}")
    result: dict[str, object] = json.loads(output)
    return result


def held(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.dat"))


def interrupt(process: subprocess.Popen[str], data: Path, *, at: int) -> None:
    """Kills a publish once the server holds so many bytes."""
    while process.poll() is None and held(data) < at:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gigabytes", type=float, default=16)
    parser.add_argument("--out", type=Path, default=Path("out/bench-keeping"))
    arguments = parser.parse_args()
    out, size = arguments.out.absolute(), int(arguments.gigabytes * GB)
    if shutil.disk_usage(out.parent if out.parent.is_dir() else Path()).free < 2.2 * size:
        raise SystemExit(f"{2.2 * arguments.gigabytes:.0f} GB of disk are needed")
    shutil.rmtree(out, ignore_errors=True)
    make_model(out / "model", size=size)
    with s3_server(out) as url:
        interrupt(start("publish", url, out / "model"), out / "s3", at=size // 3)
        before, keys_before = held(out / "s3"), list(open_store(url).list("models/"))
        rows = {"publish, gone on from": finish(start("publish", url, out / "model"))}
        sent = held(out / "s3") - before
        rows["publish again"] = finish(start("publish", url, out / "model"))
        sent_again = held(out / "s3") - before - sent
        shutil.rmtree(out / "model")
        rows["fetch"] = finish(start("fetch", url, out / "work", str(rows["publish again"]["done"])))
    print(
        f"model {size / GB:g} GB; {before / GB:.2f} GB were there when it was killed, {len(keys_before)} files of it "
        "seen"
    )
    print(f"then sent {sent / GB:.2f} GB; a second publish sent {sent_again / GB:.2f} GB")
    for name, row in rows.items():
        print(f"{name}: {row['seconds']} s, at most {row['peak_mb']} MB of memory")
    shutil.rmtree(out)


if __name__ == "__main__":
    main()
