// Runs the browser client against a node, in Node.js: one scenario for each line that is printed.
// Usage: node selvedge-client.mjs <selvedge.js as .mjs> <port> <port without WebSocket and SSE>
import assert from "node:assert/strict";
import net from "node:net";

const [, , client, port, pollOnlyPort] = process.argv;
const { connect, SelvedgeError } = await import(client);
const url = `http://127.0.0.1:${port}/test`;

const scenarios = [];
const scenario = (name, run) => scenarios.push({ name, run });

/** The next event of that name, as an array of its arguments. */
const next = (connection, event) =>
  new Promise((resolve) => {
    const off = connection.on(event, (...args) => {
      off();
      resolve(args);
    });
  });

/** A TCP proxy in front of the node, to cut connections with. */
async function proxy(upstreamPort) {
  const sockets = new Set();
  let paused = false;
  const server = net.createServer((down) => {
    if (paused) {
      down.destroy();
      return;
    }
    const up = net.connect(upstreamPort, "127.0.0.1");
    for (const socket of [down, up]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        down.destroy();
        up.destroy();
      });
    }
    down.pipe(up);
    up.pipe(down);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${server.address().port}/test`,
    pause: () => (paused = true),
    resume: () => (paused = false),
    cut: () => sockets.forEach((socket) => socket.destroy()),
    close: () => {
      server.close();
      sockets.forEach((socket) => socket.destroy());
    },
  };
}

for (const transport of ["websocket", "sse", "longpoll"]) {
  const open = (to = url, options = {}) => connect(to, { transports: [transport], ...options });

  scenario(`${transport}: opens and tells its session`, async () => {
    const connection = open();
    const [[info], [word], [name]] = await Promise.all([
      next(connection, "open"),
      next(connection, "welcome"),
      next(connection, "transport"),
    ]);
    assert.equal(info.transport, transport);
    assert.equal(name, transport);
    assert.equal(word, transport);
    assert.match(info.session, /^[a-z0-9]{8}-\d+-[\w-]{22}$/);
    assert.equal(connection.session, info.session);
    assert.ok(connection.connected);
    connection.close();
    assert.ok(!connection.connected);
  });

  scenario(`${transport}: sends, gets replies and errors`, async () => {
    const connection = open();
    assert.equal(await connection.request("echo", "hé"), "hé");
    assert.deepEqual(await connection.request("echo", 1, { a: [null] }), [1, { a: [null] }]);
    assert.equal(await connection.request("echo"), undefined);
    await assert.rejects(connection.request("fail"), (error) => {
      assert.ok(error instanceof SelvedgeError);
      assert.deepEqual([error.code, error.message, error.data], ["sold-out", "no more", { left: 0 }]);
      return true;
    });
    const echoed = next(connection, "echo");
    connection.send("echo", 7);
    assert.deepEqual(await echoed, [7]);
    connection.close();
  });

  scenario(`${transport}: reads streams, and leaves them`, async () => {
    const connection = open();
    const items = [];
    for await (const item of connection.stream("count", 500)) items.push(item);
    assert.deepEqual(items, Array.from({ length: 500 }, (_, i) => i + 1));
    let seen = 0;
    for await (const item of connection.stream("count", 1_000_000)) {
      seen = item;
      if (item === 10) break;
    }
    assert.equal(seen, 10);
    assert.equal(await connection.request("echo", "alive"), "alive");
    await assert.rejects(async () => {
      for await (const item of connection.stream("fail")) assert.fail(item);
    }, { code: "sold-out" });
    const single = [];
    for await (const item of connection.stream("echo", 7)) single.push(item);
    assert.deepEqual(single, [7]);
    connection.close();
  });

  scenario(`${transport}: sends streams`, async () => {
    const connection = open();
    async function* numbers(count) {
      for (let i = 1; i <= count; i++) yield i;
    }
    assert.equal(await connection.request("sum", numbers(1_000)), 500_500);
    async function* broken() {
      yield 1;
      throw new SelvedgeError("dry", "no more");
    }
    await assert.rejects(connection.request("sum", broken()), { code: "dry" });
    connection.close();
  });

  scenario(`${transport}: answers questions`, async () => {
    const connection = open();
    const unanswered = next(connection, "refused");
    connection.send("ask");
    assert.deepEqual(await unanswered, ["no-answer"]);
    connection.answer("question", async (n) => n + 1);
    const answered = next(connection, "answered");
    connection.send("ask");
    assert.deepEqual(await answered, [2]);
    connection.answer("question", () => {
      throw new SelvedgeError("secret", "not telling");
    });
    const refused = next(connection, "refused");
    connection.send("ask");
    assert.deepEqual(await refused, ["secret"]);
    connection.close();
  });

  scenario(`${transport}: carries bytes both ways`, async () => {
    const connection = open();
    const bytes = Uint8Array.from({ length: 20_000 }, (_, i) => i % 256);
    const back = await connection.request("echo", bytes);
    assert.ok(back instanceof Uint8Array);
    assert.deepEqual(back, bytes);
    connection.close();
  });

  scenario(`${transport}: keeps the order of many messages`, async () => {
    const connection = open();
    const got = [];
    const all = new Promise((resolve) => {
      connection.on("n", (i) => got.push(i) === 2_000 && resolve());
    });
    for (let i = 0; i < 2_000; i++) connection.send("n", i);
    await all;
    assert.deepEqual(got, Array.from({ length: 2_000 }, (_, i) => i));
    connection.close();
  });

  scenario(`${transport}: messages named like its own events come with a prefix`, async () => {
    const connection = open();
    const any = [];
    connection.on("*", (event) => any.push(event));
    const message = next(connection, "message:open");
    connection.send("open", 1);
    assert.deepEqual(await message, [1]);
    assert.deepEqual(any, ["welcome", "open"]);
    connection.close();
  });

  scenario(`${transport}: is told of a close for good`, async () => {
    const connection = open();
    await next(connection, "open");
    const closed = next(connection, "close");
    connection.send("close", 4005);
    assert.deepEqual(await closed, [{ code: 4005, text: "closed by operator", retry: false }]);
    assert.throws(() => connection.send("x"), { code: "closed" });
    await assert.rejects(connection.request("x"), { code: "closed" });
  });

  scenario(`${transport}: comes back after a close that is not for good`, async () => {
    const connection = open(url, { minDelay: 10 });
    const [{ session }] = await next(connection, "open");
    const closed = next(connection, "close");
    const opened = next(connection, "open");
    connection.send("close", 1012);
    assert.deepEqual(await closed, [{ code: 1012, text: "service restart", retry: true }]);
    assert.notEqual((await opened)[0].session, session);
    assert.equal(await connection.request("echo", 1), 1);
    connection.close();
  });

  scenario(`${transport}: a refused client is told and does not try again`, async () => {
    const connection = open(url + "?refuse=1");
    const [{ code, retry }] = await next(connection, "close");
    assert.deepEqual([code, retry], [4003, false]);
  });

  scenario(`${transport}: requests time out, and end with their session`, async () => {
    const connection = open(url, { timeout: 50 });
    await assert.rejects(connection.request("silence"), { code: "timeout" });
    connection.close();
    const other = open();
    await next(other, "open");
    const pending = assert.rejects(other.request("silence"), { code: "disconnected" });
    other.close();
    await pending;
  });

  scenario(`${transport}: what is sent while it is away waits, within a bound`, async () => {
    const connection = open(url, { maxQueue: 200 });
    connection.send("echo", "before it is open");
    assert.throws(() => connection.send("echo", "x".repeat(200)), { code: "queue-full" });
    assert.deepEqual(await next(connection, "echo"), ["before it is open"]);
    connection.close();
  });
}

for (const transport of ["sse", "longpoll"]) {
  scenario(`${transport}: cut off, goes on with its session; nothing lost, nothing doubled`, async () => {
    const cutter = await proxy(port);
    const connection = connect(cutter.url, { transports: [transport] });
    await next(connection, "open");
    const ended = [];
    connection.on("close", (reason) => ended.push(reason));
    const got = [];
    for (let round = 0; round < 5; round++) {
      const from = round * 100;
      const all = new Promise((resolve) => {
        const off = connection.on("n", (i) => {
          got.push(i);
          if (i === from + 40) cutter.cut();
          if (i === from + 99) {
            off();
            resolve();
          }
        });
      });
      connection.send("push", from, from + 49);
      connection.send("push", from + 50, from + 99);
      await all;
    }
    assert.deepEqual(got, Array.from({ length: 500 }, (_, i) => i));
    assert.deepEqual(ended, []);
    connection.close();
    cutter.close();
  });

  scenario(`${transport}: cut off while it posts, sends everything once and in order`, async () => {
    const cutter = await proxy(port);
    const connection = connect(cutter.url, { transports: [transport] });
    await next(connection, "open");
    const got = [];
    const all = new Promise((resolve) => {
      connection.on("n", (i) => got.push(i) === 300 && resolve());
    });
    for (let i = 0; i < 300; i++) {
      connection.send("n", i);
      if (i % 50 === 49) {
        cutter.cut();
        await new Promise((later) => setTimeout(later, 20));
      }
    }
    await all;
    assert.deepEqual(got, Array.from({ length: 300 }, (_, i) => i));
    connection.close();
    cutter.close();
  });
}

scenario("websocket: cut off, opens a new session and sends what waited", async () => {
  const cutter = await proxy(port);
  const connection = connect(cutter.url, { transports: ["websocket"], minDelay: 10 });
  const [{ session }] = await next(connection, "open");
  const lost = assert.rejects(connection.request("silence"), { code: "disconnected" });
  const closed = next(connection, "close");
  cutter.cut();
  assert.equal((await closed)[0].code, 1006);
  await lost;
  assert.equal(await connection.request("echo", "waited"), "waited");
  assert.notEqual(connection.session, session);
  connection.close();
  cutter.close();
});

scenario("falls back when WebSocket is not there", async () => {
  const WebSocket = globalThis.WebSocket;
  globalThis.WebSocket = undefined;
  try {
    const connection = connect(url);
    const [{ transport }] = await next(connection, "open");
    assert.equal(transport, "sse");
    assert.equal(await connection.request("echo", 1), 1);
    connection.close();
  } finally {
    globalThis.WebSocket = WebSocket;
  }
});

scenario("falls back to long-polls when the node serves nothing else", async () => {
  const connection = connect(`http://127.0.0.1:${pollOnlyPort}/test`);
  const [{ transport }] = await next(connection, "open");
  assert.equal(transport, "longpoll");
  assert.equal(await connection.request("echo", 1), 1);
  connection.close();
});

scenario("tells when nothing can be opened, and goes on trying", async () => {
  const cutter = await proxy(1);
  const connection = connect(cutter.url, { minDelay: 10 });
  for (let i = 0; i < 2; i++) {
    const [error] = await next(connection, "error");
    assert.equal(error.code, "unreachable");
  }
  connection.close();
  cutter.close();
});

scenario("comes back by the transport that worked when the node was away", async () => {
  const cutter = await proxy(port);
  const connection = connect(cutter.url, { minDelay: 100 });
  await next(connection, "open");
  cutter.pause();
  const failed = next(connection, "error");
  cutter.cut();
  await failed;
  cutter.resume();
  const [{ transport }] = await next(connection, "open");
  assert.equal(transport, "websocket");
  connection.close();
  cutter.close();
});

scenario("refuses an unknown transport", async () => {
  assert.throws(() => connect(url, { transports: ["pigeon"] }), { code: "bad-transport" });
});

scenario("is a global, too", async () => {
  assert.equal(globalThis.Selvedge.connect, connect);
});

let failed = 0;
for (const { name, run } of scenarios) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("not done within 20 s")), 20_000);
  });
  try {
    await Promise.race([run(), late]);
    console.log(`ok ${name}`);
  } catch (error) {
    failed++;
    console.log(`not ok ${name}\n${error.stack}`);
  }
  clearTimeout(timer);
}
console.log(`${scenarios.length - failed} of ${scenarios.length} scenarios passed`);
process.exit(failed === 0 ? 0 : 1);
