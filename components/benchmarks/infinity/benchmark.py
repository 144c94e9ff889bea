"""WebArena-Infinity as a benchmark: its tasks on its applications, judged by its own verifiers when an episode ends.

It has no seeds. Applications are learnt from or judged, never both, and those of one product stay together. As upstream
does, an episode is judged when the agent stops or has no step left, whatever it answered: by the application's state.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from typing_extensions import override

from components.benchmarks.base import FREE, Evaluation, Start, Task, Visit
from components.benchmarks.infinity.checkout import AppTask, read_checkout
from components.benchmarks.infinity.control import unsound
from components.benchmarks.infinity.host import Host, Tenant, open_tenant
from components.benchmarks.infinity.verifying import verify
from components.benchmarks.served import ServedBenchmark
from components.browser.settings import View
from components.errors import InputError
from components.trajectories.schema import Outcome

if TYPE_CHECKING:
    from components.browser.page import Page
    from components.browser.tabs import Tabs
    from components.trajectories.store import Store

STEPS = 50
"""As upstream's agents have."""
REAL = ("easy", "medium", "hard")
SUBSETS: Mapping[str, Sequence[str]] = MappingProxyType(
    {"real": REAL, **{kind: (kind,) for kind in (*REAL, "function")}, "all": (*REAL, "function")}
)

DOUBTFUL: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "xero-invoicing-function-26": (
            "a76480fea7432a5246d3ee0b4036e80dfaa5e8c07c209fa3aaaf6674471bf690",
            "no state passes: its verifier takes 3715.00 for what is due at first, the application says 2996.00",
        ),
    }
)
"""Tasks whose own reference solution the verifier of this digest does not accept: of all 2,343, by feeding it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tenancy(Visit):
    tenant: Tenant


class WebArenaInfinity(ServedBenchmark):
    """Args:
        folder: of the checkout; left out: as the place, or the environment, says.
        subset: the `real` tasks, those of them that are `easy`, `medium` or `hard`, the `function` tasks, or `all`.
        apps: only these applications.
        heldout: applications that are judged and never trained on; none named: those of a quarter of the products.

    Raises:
        InputError: there is no such checkout, subset or application; or an application cannot be opened.
    """

    _server: Host
    name = "webarena-infinity"
    title = "WebArena-Infinity"
    licence = "MIT"
    version = "checkout"
    seeded = False
    view = View(width=1440, height=900, locale="en-US")

    def __init__(
        self,
        *,
        folder: str | Path | None = None,
        subset: str = "real",
        apps: Sequence[str] = (),
        heldout: Sequence[str] = (),
    ) -> None:
        if subset not in SUBSETS:
            fix = f"use one of: {', '.join(SUBSETS)}"
            raise InputError(f"there is no subset {subset!r}", where="benchmark options", fix=fix)
        self.checkout = read_checkout(folder, apps=apps)
        self.checksum = self.checkout.digest
        app_tasks = [task for app in self.checkout.apps.values() for task in app.tasks if task.kind in SUBSETS[subset]]
        excluded = unsound(self.checkout)
        self._excluded = {task.name: excluded[task.name] for task in app_tasks if task.name in excluded}
        self._app_tasks = {task.name: task for task in app_tasks if task.name not in excluded}
        self._tasks = MappingProxyType({name: _as_task(task) for name, task in self._app_tasks.items()})
        judged = self._heldout_apps(heldout)
        sides = [
            [name for name, task in self._app_tasks.items() if (task.app in judged) is side] for side in (False, True)
        ]
        self.default_split = (tuple(sides[0]), tuple(sides[1]))
        self._server = Host({name: app.folder for name, app in self.checkout.apps.items()})
        self._tenants: WeakKeyDictionary[Tabs, Tenant] = WeakKeyDictionary()

    def _heldout_apps(self, named: Sequence[str]) -> set[str]:
        apps = self.checkout.apps
        if unknown := sorted(set(named) - set(apps)):
            problem, fix = f"heldout: there is no application {', '.join(unknown)}", f"use some of: {', '.join(apps)}"
            raise InputError(problem, where="benchmark options", fix=fix)
        products = sorted(
            {app.product for app in apps.values()}, key=lambda name: hashlib.sha256(name.encode()).digest()
        )
        quarter = products[: max(1, len(products) // 4)]
        return set(named) or {name for name, app in apps.items() if app.product in quarter}

    @property
    def tasks(self) -> Mapping[str, Task]:
        return self._tasks

    @property
    def excluded(self) -> Mapping[str, str]:
        return self._excluded

    @property
    @override
    def doubtful(self) -> Mapping[str, str]:
        doubts = {
            name: (self._app_tasks[name].digest, *doubt) for name, doubt in DOUBTFUL.items() if name in self._app_tasks
        }
        return {name: why for name, (digest, known_digest, why) in doubts.items() if digest == known_digest}

    @override
    @asynccontextmanager
    async def visit(self, task: Task, *, store: Store | None) -> AsyncIterator[_Tenancy]:
        with self._server.tenant(task.site) as tenant:
            yield _Tenancy(tenant=tenant)

    @override
    async def start(self, page: Page, task: Task, *, seed: int, visit: Visit = FREE) -> Start:
        assert isinstance(visit, _Tenancy), "an episode needs an application of its own"
        self._tenants[page.tabs] = tenant = visit.tenant
        await open_tenant(page, tenant)
        return Start(intent=self._app_tasks[task.task_id].intent, url=f"{tenant.origin}/")

    @override
    async def finished(self, page: Page, task: Task) -> Evaluation | None:
        return None

    @override
    async def evaluate(self, page: Page, task: Task, *, answer: str | None, network: Path | None) -> Evaluation:
        """What the verifier says stays here: it names what was expected, and episodes are learnt from."""
        app_task = self._app_tasks[task.task_id]
        [verdict] = await verify([app_task.verifier], address=self._tenants[page.tabs].state_address)
        judged = {"verifier": app_task.digest}
        if verdict.trouble:
            return Evaluation(outcome=Outcome.JUDGE_ERROR, reward=0.0, message=verdict.trouble, judged=judged)
        return Evaluation(
            outcome=Outcome.SOLVED if verdict.done else Outcome.FAILED,
            reward=float(verdict.done),
            message="" if verdict.done else "the verifier says that it is not done",
            judged=judged,
        )


def _as_task(app_task: AppTask) -> Task:
    return Task(
        benchmark=WebArenaInfinity.name,
        task_id=app_task.name,
        family=app_task.app,
        template=app_task.intent,
        max_steps=STEPS,
        site=app_task.app,
    )
