// What the official client promises its users, checked against a cluster that gives each connection
// to another node. Prints what failed and exits with the number of failures.
//   node socket-io-checks.js URL TRANSPORTS
const assert = require("node:assert/strict");
const http = require("node:http");
const { io } = require("socket.io-client");
const engine = require("engine.io-client");

const [url, transportList] = process.argv.slice(2);
const transports = transportList.split(",");
const PATIENCE = 60_000;

const options = () => ({
  transports,
  // Every request on a connection of its own, so that each arrives at another node.
  agent: new http.Agent({ keepAlive: false }),
  forceNew: true,
  reconnectionDelay: 50,
  reconnectionDelayMax: 200,
});

const open = [];
const client = (namespace = "/", more = {}) => {
  const socket = io(url + namespace, { ...options(), ...more });
  open.push(socket);
  return socket;
};

const within = (promise, what) => {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no ${what} in time`)), PATIENCE);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};
const event = (emitter, name) =>
  within(new Promise((resolve) => emitter.once(name, (...args) => resolve(args))), name);
const ask = (socket, ...args) => within(socket.emitWithAck(...args), `answer to ${args[0]}`);

const TEXTS = ["", "plain", "ünï¢ødé €😀", "\u0000\u001e\u2028 \"quoted\" \\", "x".repeat(70_000)];
const VALUES = [null, true, 0, -1.5, 2 ** 40, { a: [1, { b: null }] }, []];
const bytes = (n) => Buffer.from(Array.from({ length: n }, (_, i) => (i * 7) % 256));

const checks = {
  async "a client is welcomed with an id of 20 characters"() {
    const socket = client("/", { auth: { token: "123" } });
    const [welcome] = await event(socket, "welcome");
    assert.equal(socket.id.length, 20);
    assert.deepEqual(welcome, { function: "talk", namespace: "/", id: socket.id, auth: { token: "123" } });
    if (transports.length === 2 && socket.io.engine.transport.name !== "websocket") {
      await event(socket.io.engine, "upgrade");
    }
    assert.equal(socket.io.engine.transport.name, transports[transports.length - 1]);
    assert.deepEqual(await ask(socket, "echo", "after the upgrade"), "after the upgrade");
  },
  async "a refusal tells its message and data"() {
    const socket = client("/", { auth: { refuse: "mood" } });
    const [error] = await event(socket, "connect_error");
    assert.equal(error.message, "not you");
    assert.deepEqual(error.data, { because: "mood" });
    assert.equal(socket.connected, false);
    socket.auth = {};
    socket.connect();
    await event(socket, "welcome");
  },
  async "text and values come back, acknowledged and as events"() {
    const socket = client();
    for (const value of [...TEXTS, ...VALUES]) {
      assert.deepEqual(await ask(socket, "echo", value), value);
      socket.emit("echo", value, "second");
      assert.deepEqual(await event(socket, "echo"), [value, "second"]);
    }
  },
  async "bytes come back from anywhere in the arguments"() {
    const socket = client();
    for (const size of [0, 1, 3, 1000, 300_000]) {
      assert.deepEqual(await ask(socket, "echo", bytes(size)), bytes(size));
    }
    const nested = { a: [bytes(3), { b: bytes(5), c: "d" }], e: bytes(0) };
    assert.deepEqual(await ask(socket, "echo", nested), nested);
    socket.emit("echo", bytes(4), nested, bytes(2));
    assert.deepEqual(await event(socket, "echo"), [bytes(4), nested, bytes(2)]);
  },
  async "many messages keep their order"() {
    const socket = client();
    const got = [];
    socket.on("echo", (n) => got.push(n));
    for (let i = 0; i < 2_000; i++) {
      socket.emit("echo", i);
    }
    assert.equal(await ask(socket, "echo", "last"), "last");
    assert.deepEqual(got, Array.from({ length: 2_000 }, (_, i) => i));
  },
  async "errors are acknowledgements"() {
    const socket = client();
    assert.deepEqual(await ask(socket, "fail"), {
      error: { code: "sold-out", text: "no more", data: { left: 0 } },
    });
    assert.equal((await ask(socket, "nonsense")).error.code, "no-such-event");
  },
  async "the server asks, the client answers"() {
    const socket = client();
    socket.on("question", (text, data, answer) => answer("yes to " + text, data, bytes(2)));
    socket.emit("ask me", "tea?", bytes(3));
    assert.deepEqual(await event(socket, "answered"), ["yes to tea?", bytes(3), bytes(2)]);
    socket.emit("ask in vain");
    await event(socket, "unanswered");
  },
  async "namespaces share a connection and are sessions of their own"() {
    const main = client();
    await event(main, "welcome");
    for (const [namespace, name] of [["/admin", "talk"], ["/other", "other"]]) {
      const socket = main.io.socket(namespace, {});
      const [welcome] = await event(socket, "welcome");
      assert.equal(welcome.function, name);
      assert.equal(welcome.namespace, namespace);
      assert.notEqual(socket.id, main.id);
      assert.deepEqual(await ask(socket, "echo", bytes(2)), bytes(2));
      socket.disconnect();
    }
    assert.equal(await ask(main, "echo", "still here"), "still here");
  },
  async "an unknown namespace is invalid"() {
    const [error] = await event(client("/nowhere"), "connect_error");
    assert.equal(error.message, "Invalid namespace");
  },
  async "a room spans the nodes, each member hears once"() {
    const room = "room " + Math.random();
    const members = Array.from({ length: 6 }, () => client());
    const heard = members.map(() => []);
    members.forEach((member, i) => member.on("shouted", (what) => heard[i].push(what)));
    const rest = client();
    rest.on("shouted", () => assert.fail("heard without being a member"));
    await Promise.all(members.map((member) => ask(member, "join", room)));
    await ask(rest, "echo", 1);
    for (let i = 0; i < 5; i++) {
      rest.emit("shout", room, i % 2 ? bytes(i) : { n: i });
    }
    const expected = Array.from({ length: 5 }, (_, i) => (i % 2 ? bytes(i) : { n: i }));
    const deadline = Date.now() + PATIENCE;
    while (heard.some((list) => list.length < 5) && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(await ask(members[0], "leave", room), "left");
    rest.emit("shout", room, "after");
    while (heard.slice(1).some((list) => list.length < 6) && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(await ask(members[0], "echo", 1), 1);
    heard.forEach((list, i) => assert.deepEqual(list, i === 0 ? expected : [...expected, "after"]));
  },
  async "who is closed for good stays away, who may retry comes back"() {
    const socket = client();
    await event(socket, "welcome");
    socket.emit("kick me");
    assert.deepEqual((await event(socket, "disconnect"))[0], "io server disconnect");
    socket.connect();
    await event(socket, "welcome");
    const first = socket.id;
    socket.emit("restart me");
    assert.equal((await event(socket, "disconnect"))[0], "transport close");
    await event(socket, "welcome");
    assert.notEqual(socket.id, first);
  },
  async "the client of Engine.IO alone finds its session"() {
    const socket = new engine.Socket(url, { ...options(), path: "/socket.io/" });
    await event(socket, "open");
    assert.equal(socket.id.length, 20);
    socket.send("0/other,");
    const [packet] = await event(socket, "message");
    assert.match(packet, /^0\/other,\{"sid":"[A-Za-z0-9_-]{20}"\}$/);
    socket.close();
  },
};

async function main() {
  let failures = 0;
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
    } catch (error) {
      failures++;
      console.log(`FAILED ${transportList}: ${name}\n${error.stack}`);
    }
    open.splice(0).forEach((socket) => socket.disconnect());
  }
  console.log(`${Object.keys(checks).length} checks over ${transportList}, ${failures} failed`);
  process.exit(failures);
}

process.on("uncaughtException", (error) => {
  console.log(`FAILED ${transportList}: ${error.stack}`);
  process.exit(99);
});
main();
