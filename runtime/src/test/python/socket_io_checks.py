"""What python-socketio promises its users, checked against a cluster.

python3 socket_io_checks.py URL TRANSPORTS; exits with 1 if something failed.
"""

import sys
import threading

import socketio

url, transports = sys.argv[1], sys.argv[2].split(",")
PATIENCE = 60


class Client:
    def __init__(self, namespace="/", auth=None):
        self.namespace = namespace
        self.io = socketio.Client(reconnection=False)
        self.got = {}
        self.change = threading.Condition()
        for event in ("welcome", "echo", "answered", "shouted", "disconnect", "connect_error"):
            self.io.on(event, self.recorder(event), namespace=namespace)
        self.io.on("question", lambda *args: ("yes to " + args[0], args[1]), namespace=namespace)
        self.auth = auth

    def connect(self, patience=PATIENCE):
        self.io.connect(
            url, auth=self.auth, transports=transports, namespaces=[self.namespace], wait_timeout=patience
        )
        return self

    def recorder(self, event):
        def record(*args):
            with self.change:
                self.got.setdefault(event, []).append(list(args))
                self.change.notify_all()

        return record

    def next(self, event):
        with self.change:
            if not self.change.wait_for(lambda: self.got.get(event), PATIENCE):
                raise AssertionError("no %s in time" % event)
            return self.got[event].pop(0)

    def ask(self, event, *args):
        data = args if len(args) != 1 else args[0]
        return self.io.call(event, data, namespace=self.namespace, timeout=PATIENCE)

    def emit(self, event, *args):
        data = args if len(args) != 1 else args[0]
        self.io.emit(event, data, namespace=self.namespace)


def equal(actual, expected):
    if actual != expected:
        raise AssertionError("%r (expected: %r)" % (actual, expected))


def welcome():
    client = Client(auth={"token": "123"}).connect()
    greeting = client.next("welcome")[0]
    equal(greeting["auth"], {"token": "123"})
    equal(greeting["id"], client.io.get_sid())
    equal(client.io.transport(), transports[-1])
    client.io.disconnect()


def refusal():
    client = Client(auth={"refuse": "mood"})
    try:
        client.connect(patience=10)  # a client that is refused waits for all of it
    except socketio.exceptions.ConnectionError:
        equal(client.next("connect_error"), [{"message": "not you", "data": {"because": "mood"}}])
        return
    raise AssertionError("not refused")


def echo():
    client = Client().connect()
    nested = {"a": [b"\x01\x02", {"b": b"", "c": "ünï¢ødé €😀"}]}
    for value in ("text", "ünï¢ødé €😀", 1, None, b"\x00\xff", [1, b"\x01"], nested, "x" * 70000):
        if value is not None:
            equal(client.ask("echo", value), value)
        client.emit("echo", value, 2)
        equal(client.next("echo"), [value, 2])
    client.io.disconnect()


def questions():
    client = Client().connect()
    client.emit("ask me", "tea?", b"\x01")
    equal(client.next("answered"), ["yes to tea?", b"\x01"])
    client.io.disconnect()


def namespaces():
    for namespace, function in (("/admin", "talk"), ("/other", "other")):
        client = Client(namespace).connect()
        equal(client.next("welcome")[0]["function"], function)
        equal(client.ask("echo", b"\x01"), b"\x01")
        client.io.disconnect()


def rooms():
    members = [Client().connect() for _ in range(3)]
    for member in members:
        equal(member.ask("join", "python" + transports[-1]), "joined")
    members[0].emit("shout", "python" + transports[-1], {"b": b"\x05"})
    for member in members:
        equal(member.next("shouted"), [{"b": b"\x05"}])
        member.io.disconnect()


failed = 0
checks = (welcome, refusal, echo, questions, namespaces, rooms)
for check in checks:
    try:
        check()
    except Exception as error:  # whatever it is, the other checks go on
        failed += 1
        print("FAILED %s: %s: %s %s" % (transports, check.__name__, type(error).__name__, error))
print("%d checks over %s, %d failed" % (len(checks), transports, failed), flush=True)
# Threads of clients that failed would keep the interpreter.
import os

os._exit(1 if failed else 0)
