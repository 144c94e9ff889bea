import requests


def verify(server_url: str) -> tuple[bool, str]:
    notes = requests.get(f"{server_url}/api/state", timeout=10).json()["notes"]
    return any(note["title"] == "Tea" and note["done"] for note in notes), "is Tea done?"
