"""A planner of a single page without a link: `prepare DATA` and `serve DATA HOST PORT`. What is done there is kept."""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PLANS = [f"Plan {name}" for name in ("boots", "tents", "maps", "ropes", "stoves")]
PAGE = """<!doctype html><title>Planner</title><style>.on, .off { cursor: pointer }</style><body><script>
let plans = [], bell = true, colour = "Red", open = "";
const add = (tag, text, act, parent = document.body) => {
  const made = document.createElement(tag);
  made.textContent = text;
  if (act) made.addEventListener("click", act);
  parent.append(made);
  return made;
};
const save = () => fetch("/state", { method: "PUT", body: JSON.stringify({ plans, bell, colour }) }).then(show);
const go = (to) => () => { open = ""; location.hash = to; show(); };
const toggle = (what) => () => { open = open === what ? "" : what; show(); };
function show() {
  document.body.replaceChildren();
  add("div", "Plans " + plans.length, go(""));
  add("div", "Settings", go("/settings"));
  add("div", "Log out", () => fetch("/logout"));
  const [, view, number] = location.hash.split("/");
  if (view === "plan") {
    add("h1", plans[number]);
    add("button", "Delete plan", () => { plans.splice(number, 1); location.hash = ""; save(); });
  } else if (view === "settings") {
    add("h1", "Settings");
    add("p", "Ring the bell");
    add("div", "", () => { bell = !bell; save(); }).className = bell ? "on" : "off";
    document.body.lastChild.style.cssText = "width: 20px; height: 20px";
    add("p", "Colour");
    add("div", colour, toggle("colour"));
    if (open === "colour")
      ["Green", "Blue", "Grey"].forEach((each) => add("div", each, () => { colour = each; open = ""; save(); }));
  } else {
    add("h1", "Plans");
    add("button", "New plan", toggle("new"));
    plans.forEach((each, n) => add("div", each, go("/plan/" + n)));
  }
  if (open === "new") {
    const label = add("label", "Title "), field = document.createElement("input");
    label.append(field);
    add("button", "Add", () => { if (field.value) { plans.push(field.value); open = ""; save(); } });
    add("button", "Cancel", toggle("new"));
  }
}
fetch("/state").then((found) => found.json()).then((found) => { ({ plans, bell, colour } = found); show(); });
</script>"""


class Planner(BaseHTTPRequestHandler):
    file: Path

    def do_GET(self) -> None:
        if self.path == "/state":
            self.answer(self.file.read_bytes(), kind="application/json")
        elif self.path == "/":
            self.answer(PAGE.encode())
        else:
            self.answer(b"gone", status=404)

    def do_PUT(self) -> None:
        fresh = self.file.with_suffix(".new")
        fresh.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
        fresh.replace(self.file)
        self.answer(b"{}", kind="application/json")

    def answer(self, body: bytes, *, status: int = 200, kind: str = "text/html; charset=utf-8") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


if __name__ == "__main__":
    deed, data, *rest = sys.argv[1:]
    Planner.file = Path(data) / "state.json"
    if deed == "prepare":
        Planner.file.write_text(json.dumps({"plans": PLANS, "bell": True, "colour": "Red"}))
    else:
        ThreadingHTTPServer((rest[0], int(rest[1])), Planner).serve_forever()
