"""The wire: whole messages of any size, errors that name themselves, and an end that leaves nobody waiting."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from components.browser.find import find_browser
from components.browser.pool import ARGUMENTS, DISABLED_FEATURES
from components.browser.wire import Wire, WireError, connect


def with_browser(scenario: Callable[[int, str, str], Awaitable[None]]) -> None:
    """Runs the scenario on a browser's port, with the address of one of its pages and the browser's command line."""

    async def play() -> None:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
            page = await browser.new_page()
            asking = await page.context.new_cdp_session(page)
            target = (await asking.send("Target.getTargetInfo"))["targetInfo"]["targetId"]
            command = (await (await browser.new_browser_cdp_session()).send("SystemInfo.getInfo"))["commandLine"]
            folder = re.search(r" --user-data-dir=(\S+)", command)
            assert folder
            port = int(Path(folder[1], "DevToolsActivePort").read_text().split()[0])
            await scenario(port, f"/devtools/page/{target}", command)
            await browser.close()

    asyncio.run(asyncio.wait_for(play(), 60))


def test_a_wire_carries_what_it_is_given_until_it_ends() -> None:
    async def evaluate(wire: Wire, expression: str) -> object:
        answer = await wire.call("Runtime.evaluate", {"expression": expression, "returnByValue": True})
        return answer["result"]["value"]

    async def scenario(port: int, path: str, command: str) -> None:
        given = [set(found.split(",")) for found in re.findall(r" --disable-features=(\S+)", command)]
        assert len(given) == 2, "Playwright's and ours"
        assert set.union(*given) == set(DISABLED_FEATURES), "the browser obeys the last one alone"

        wire = await connect(port=port, path=path)
        heard: list[str] = []
        wire.on("Runtime.consoleAPICalled", lambda event: heard.append(event["args"][0]["value"]))
        await wire.call("Runtime.enable")
        calls = [("Runtime.evaluate", {"expression": f"console.log('{n}')"}) for n in range(50)]
        await asyncio.gather(*wire.call_all(calls))
        assert heard == [str(n) for n in range(50)]
        for size in (1, 125, 126, 65_535, 65_536, 3_000_000):
            text = "é" * (size // 2) + "x"
            assert await evaluate(wire, f"'{text}'") == text
        with pytest.raises(WireError, match="wasn't found"):
            await wire.call("Page.noSuchThing")
        with pytest.raises(WireError, match="refused"):
            await connect(port=port, path="/devtools/page/0")

        never = wire.call("Runtime.evaluate", {"expression": "new Promise(() => 0)", "awaitPromise": True})
        wire.end(ValueError("enough"))
        for future in (never, wire.call("Page.enable"), *wire.call_all([("Page.enable", {})] * 2)):
            with pytest.raises(ValueError, match="enough"):
                await future
        gone = await connect(port=port, path=path)
        waiting = gone.call("Runtime.evaluate", {"expression": "new Promise(() => 0)", "awaitPromise": True})
        await gone.call("Page.enable")
        gone.call("Page.close")
        with pytest.raises(WireError, match="Connection closed"):
            await waiting

    with_browser(scenario)


def test_nobody_at_the_other_end_is_an_error_in_words() -> None:
    with pytest.raises(WireError, match="takes no connection"):
        asyncio.run(connect(port=9, path="/"))


def test_messages_in_pieces_are_put_together_and_pings_are_answered() -> None:
    """Chromium sends neither today; the protocol lets it."""
    whole = json.dumps({"method": "Some.event", "params": {"text": "é" * 200}}).encode()
    pieces = [
        (0x01, whole[:5]),
        (0x00, whole[5:150]),
        (0x89, b"there?"),
        (0x80, whole[150:]),
        (0x81, whole),
        (0x88, b""),
    ]
    sent = b"HTTP/1.1 101 Switching Protocols\r\n\r\n"
    for first, payload in pieces:
        size = len(payload)
        sent += bytes((first, size)) if size < 126 else bytes((first, 126)) + size.to_bytes(2, "big")
        sent += payload
    received = bytearray()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for start in range(0, len(sent), 7):
            writer.write(sent[start : start + 7])
            await writer.drain()
            await asyncio.sleep(0)
        received.extend(await reader.read())
        writer.close()

    async def play() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        wire = await connect(port=server.sockets[0].getsockname()[1], path="/")
        heard: list[str] = []
        wire.on("Some.event", lambda event: heard.append(event["text"]))
        with pytest.raises(WireError, match="Connection closed"):
            await wire.call("Page.enable")
        assert heard == ["é" * 200] * 2
        server.close()
        while b"there?" not in received:
            await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(play(), 30))
