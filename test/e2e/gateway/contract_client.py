"""A client written to the contract: one WebSocket for each topic, one envelope a text frame, a ping every 20 s.

Prints a line for each socket that is open and one for each frame, for python-client.test.ts; ends with its input.
"""

import asyncio
import json
import sys

import websockets

BASE, UIDS = sys.argv[1], sys.argv[2].split(",")


async def consume(uid, query):
    async with websockets.connect(f"{BASE}/ws?uid={uid}{query}", ping_interval=20, max_size=None) as socket:
        print("open", flush=True)
        async for frame in socket:
            if not isinstance(frame, str):
                raise TypeError("A frame that is no text.")
            event = json.loads(frame)
            if event["uid"] != uid:
                raise ValueError("An event of somebody else.")
            print(event["type"], uid, what_of(event), flush=True)


def what_of(event):
    payload = event.get("payload", {})
    if event["type"] == "chat.message":
        return payload["raw_messages"][0]["id"]
    return payload.get("count", "-")


async def main():
    tasks = []
    for uid in UIDS:
        tasks.append(asyncio.ensure_future(consume(uid, "&space_code=s&thread_key=t")))
        tasks.append(asyncio.ensure_future(consume(uid, "")))
    end = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    done, _ = await asyncio.wait([*tasks, end], return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()
    if end not in done:
        raise SystemExit("A socket was closed.")
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


asyncio.run(main())
