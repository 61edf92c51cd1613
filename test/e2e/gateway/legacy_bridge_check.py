"""Puts items through tee() in many ways and says what happened, for bridge.test.ts."""

import asyncio
import json
import math
import os
import queue
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../../docs/examples"))
from legacy_bridge import Bridge, tee  # noqa: E402

URL, DEAD_URL = sys.argv[1], sys.argv[2]
results = {}


def item(n, **more):
    return ("notifications", dict(count=n, **more))


def drained(q):
    got = []
    while not q.empty():
        got.append(q.get_nowait()[1]["count"])
    return got


def both_puts():
    q = tee(queue.Queue(maxsize=3), "sync", Bridge(URL))
    q.put(item(0))
    q.put_nowait(item(1))
    q.put(item(2), timeout=1)
    full = False
    try:
        q.put_nowait(item(99))
    except queue.Full:
        full = True
    bridge = q._crossfade_tee["bridge"]
    return dict(consumer=drained(q), full=full, flushed=bridge.flush(), stats=bridge.stats())


def asyncio_puts():
    async def run():
        q = tee(asyncio.Queue(maxsize=2), "async", Bridge(URL))
        got = []

        async def consume():
            for _ in range(5):
                got.append((await q.get())[1]["count"])

        consumer = asyncio.ensure_future(consume())
        for n in range(4):
            await q.put(item(n))
        while q.full():
            await asyncio.sleep(0)
        q.put_nowait(item(4))
        await consumer
        return q, got

    q, got = asyncio.run(run())
    return dict(consumer=got, flushed=q._crossfade_tee["bridge"].flush())


def many_threads():
    q = tee(queue.Queue(), "threads", Bridge(URL))
    threads = [
        threading.Thread(target=lambda first: [q.put(item(first + n)) for n in range(500)], args=(k * 500,))
        for k in range(8)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    bridge = q._crossfade_tee["bridge"]
    return dict(consumer=drained(q), flushed=bridge.flush(20), stats=bridge.stats())


def strange_items():
    q = tee(queue.Queue(), "strange", Bridge(URL))
    loop = {}
    loop["self"] = loop
    q.put(("notifications", dict(count=0, amount=math.nan, when=complex(1, 2))))
    q.put(("notifications", loop))
    q.put(item(2, text="é€"))
    payload = dict(count=3)
    q.put(("notifications", payload))
    payload["count"] = "changed by the consumer"
    bridge = q._crossfade_tee["bridge"]
    return dict(size=q.qsize(), flushed=bridge.flush(), stats=bridge.stats())


def two_users():
    bridge = Bridge(URL)
    q = queue.Queue()
    tee(q, "first", bridge).put(item(0))
    tee(q, "second", bridge).put(item(1))
    return dict(consumer=drained(q), flushed=bridge.flush())


def nobody_there():
    bridge = Bridge(DEAD_URL, max_items=100)
    q = tee(queue.Queue(), "dead", bridge)
    slowest = 0.0
    for n in range(1000):
        since = time.perf_counter()
        q.put(item(n))
        slowest = max(slowest, time.perf_counter() - since)
    stats = bridge.stats()
    return dict(consumer=len(drained(q)), slowest=slowest, flushed=bridge.flush(0.1), stats=stats)


def dropped_is_told():
    bridge = Bridge(URL, max_items=2)
    bridge._thread = threading.current_thread()  # nothing is sent yet
    q = tee(queue.Queue(), "sync", bridge)
    for n in range(5):
        q.put(item(100 + n))
    bridge._thread = None
    q.put(item(105))
    return dict(flushed=bridge.flush(), stats=bridge.stats())


def simple_queue():
    try:
        tee(queue.SimpleQueue(), "u", Bridge(URL))
    except TypeError as error:
        return str(error)


for check in (
    both_puts,
    asyncio_puts,
    many_threads,
    strange_items,
    two_users,
    nobody_there,
    dropped_is_told,
    simple_queue,
):
    results[check.__name__] = check()
print(json.dumps(results))
