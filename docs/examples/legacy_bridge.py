"""Hands a copy of what goes into the backend's legacy queue to the Crossfade gateway.

    from legacy_bridge import tee
    queue = tee(queue, uid)

Whoever reads the queue today still gets everything. The copy leaves in batches, from a thread of its own, with
retries. What is beyond the buffer is dropped, the oldest first, and counted; `put` never waits for the network and
never fails because of it. Works for queue.Queue and asyncio.Queue and what is derived from them. Python 3.8 or
newer, standard library only.

The gateway's address is LISTENERS_SERVICE_URL; CROSSFADE_BRIDGE_TOKEN is needed only where the gateway is on another
machine. MIT licence, as the rest of Crossfade.
"""

import collections
import functools
import http.client
import json
import math
import os
import threading
import time
import urllib.parse
import uuid

MAX_ITEMS = 10_000  # that wait
MAX_BYTES = 32_000_000  # that wait
BATCH_ITEMS = 200
BATCH_BYTES = 1_000_000
TIMEOUT_SECONDS = 5.0
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 5.0


class Bridge:
    """A bounded buffer and the thread that empties it. One for each process and address is enough."""

    def __init__(self, url, token=None, max_items=MAX_ITEMS, max_bytes=MAX_BYTES):
        parts = urllib.parse.urlsplit(url if "://" in url else "http://" + url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("Give the gateway's base URL, such as http://127.0.0.1:3000.")
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._path = parts.path.rstrip("/") + "/legacy/events"
        self._headers = {"Content-Type": "application/json"}
        if token:
            self._headers["Authorization"] = "Bearer " + token
        self._max_items, self._max_bytes = max_items, max_bytes
        self._start_anew()

    def _start_anew(self):
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._waiting = collections.deque()  # (uid, text of the entry)
        self._waiting_bytes = 0
        self._lost = collections.Counter()  # by uid, not yet told
        self._sending = 0
        self._sequence = 0
        self._name = uuid.uuid4().hex
        self._thread = None
        self._counts = dict(sent=0, dropped=0, refused=0, unwritable=0, retries=0)

    def hand_over(self, uid, item):
        """Keeps a copy of the item as it is now. Never waits for the network, never raises."""
        try:
            self._hand_over(uid, item)
        except Exception:  # whatever it is, the queue of today comes first
            self._counts["unwritable"] += 1

    def _hand_over(self, uid, item):
        if self._pid != os.getpid():  # a forked child has the buffer of its parent and no thread
            self._start_anew()
        text = _json(item)  # now, before whoever reads the queue can change it
        with self._lock:
            self._sequence += 1
            key = "%s-%d" % (self._name, self._sequence)
            entry = '{"uid":%s,"key":"%s","item":%s}' % (json.dumps(uid), key, text)
            self._waiting.append((uid, entry))
            self._waiting_bytes += len(entry)
            while self._waiting and (
                len(self._waiting) > self._max_items or self._waiting_bytes > self._max_bytes
            ):
                dropped_uid, dropped = self._waiting.popleft()
                self._waiting_bytes -= len(dropped)
                self._lost[dropped_uid] += 1
                self._counts["dropped"] += 1
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="legacy-bridge", daemon=True)
                self._thread.start()
        self._wake.set()

    def stats(self):
        """How many items were sent, dropped, refused by the gateway, not writable as JSON, and how many wait."""
        with self._lock:
            return dict(self._counts, waiting=len(self._waiting) + self._sending)

    def flush(self, seconds=5.0):
        """Waits until everything was sent; says whether it was."""
        until = time.monotonic() + seconds
        while self.stats()["waiting"] > 0:
            if time.monotonic() > until:
                return False
            time.sleep(0.01)
        return True

    def _run(self):
        connection = None
        while True:
            self._wake.wait()
            batch = self._next_batch()
            if batch:
                connection = self._deliver(batch, connection)

    def _next_batch(self):
        with self._lock:
            batch = ['{"uid":%s,"lost":%d}' % (json.dumps(uid), n) for uid, n in self._lost.items()]
            batch = batch[:BATCH_ITEMS]
            for uid in list(self._lost)[: len(batch)]:
                del self._lost[uid]
            size = 0
            self._sending = 0
            while self._waiting and len(batch) < BATCH_ITEMS:
                size += len(self._waiting[0][1])
                if batch and size > BATCH_BYTES:
                    break
                entry = self._waiting.popleft()[1]
                self._waiting_bytes -= len(entry)
                self._sending += 1
                batch.append(entry)
            if not batch:
                self._wake.clear()
            return batch

    def _deliver(self, batch, connection):
        """Until the gateway has answered. Each item has its key, so that what arrived twice is told once."""
        body = ("[" + ",".join(batch) + "]").encode("ascii")
        pause = FIRST_PAUSE_SECONDS
        while True:
            status, refused, connection = self._post(body, connection)
            # Too busy or not there is worth another try; anything else will not become better.
            if status is not None and status < 500 and status not in (408, 429):
                break
            with self._lock:
                self._counts["retries"] += 1
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        with self._lock:
            refused = self._sending if status not in (202, 400) or refused is None else refused
            self._counts["refused"] += refused
            self._counts["sent"] += max(0, self._sending - refused)
            self._sending = 0
        return connection

    def _post(self, body, connection):
        try:
            if connection is None:
                kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
                connection = kind(self._host, self._port, timeout=TIMEOUT_SECONDS)
            connection.request("POST", self._path, body, self._headers)
            response = connection.getresponse()
            text = response.read()
            return response.status, _refused_in(text), connection
        except Exception:
            if connection is not None:
                connection.close()
            return None, None, None


def _refused_in(text):
    try:
        return len(json.loads(text)["refused"])
    except Exception:
        return None


def _json(item):
    try:
        return json.dumps(item, allow_nan=False, default=str)
    except ValueError:  # NaN and Infinity are no JSON, and null is what Crossfade reads them as
        return json.dumps(_without_nan(item), allow_nan=False, default=str)


def _without_nan(value):
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _without_nan(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(each) for each in value]
    return value


_bridges = {}
_bridges_lock = threading.Lock()


def bridge_to(url=None, token=None):
    """The bridge of this process to an address; by default the one that the environment names."""
    url = url or os.environ.get("LISTENERS_SERVICE_URL") or "http://127.0.0.1:3000"
    token = token or os.environ.get("CROSSFADE_BRIDGE_TOKEN")
    with _bridges_lock:
        if (url, token) not in _bridges:
            _bridges[(url, token)] = Bridge(url, token)
        return _bridges[(url, token)]


def tee(queue, uid, bridge=None):
    """From now on a copy of what is put into the queue goes to the gateway, as events of `uid`. Returns the queue.

    Call it again when the queue is another user's: the new uid holds from then on.
    """
    bridge = bridge or bridge_to()
    known = getattr(queue, "_crossfade_tee", None)
    if known is not None:
        known["uid"], known["bridge"] = uid, bridge
        return queue
    where = {"uid": uid, "bridge": bridge}
    # The one step that every put takes, blocking or not, once for each item, under the queue's own lock: copies
    # leave in the very order of the queue. Both kinds of queue name it so for whoever derives from them.
    put = getattr(queue, "_put", None)
    if put is None:
        raise TypeError("This queue has no _put to listen at. Use queue.Queue or asyncio.Queue.")

    @functools.wraps(put)
    def put_and_copy(item):
        put(item)
        where["bridge"].hand_over(where["uid"], item)

    queue._put = put_and_copy
    queue._crossfade_tee = where
    return queue
