// Official SignalR clients; what they see is printed as lines of JSON.
//   node signalr-clients.js URL everything TRANSPORT PROTOCOL   one client that tries everything
//   node signalr-clients.js URL room COUNT MESSAGES             clients of all kinds in one room
//   node signalr-clients.js URL resume MESSAGES                 a client whose sockets break
const http = require("node:http");
// Every request on a connection of its own, so that each may arrive at another node.
http.globalAgent = new http.Agent({ keepAlive: false });

const signalR = require("@microsoft/signalr");
const { MessagePackHubProtocol } = require("@microsoft/signalr-protocol-msgpack");

const [url, mode, ...rest] = process.argv.slice(2);
const KINDS = [
  ["WebSockets", "json"],
  ["WebSockets", "messagepack"],
  ["ServerSentEvents", "json"],
  ["LongPolling", "json"],
  ["LongPolling", "messagepack"],
];

const print = (line) => console.log(JSON.stringify(line));

function build(path, transport, protocol, options = {}) {
  const builder = new signalR.HubConnectionBuilder()
    .withUrl(url + path, { transport: signalR.HttpTransportType[transport], ...options })
    .configureLogging(signalR.LogLevel.None);
  if (protocol === "messagepack") {
    builder.withHubProtocol(new MessagePackHubProtocol());
  }
  return builder;
}

// The text of an error that must come.
const failure = (promise) =>
  promise.then(
    (value) => `no error, but ${JSON.stringify(value)}`,
    (error) => error.message,
  );

const collect = (stream) =>
  new Promise((resolve) => {
    const items = [];
    stream.subscribe({
      next: (item) => items.push(item),
      complete: () => resolve(items),
      error: (error) => resolve([...items, error.message]),
    });
  });

const once = (connection, method) =>
  new Promise((resolve) => connection.on(method, (...args) => resolve(args)));

async function everything(transport, protocol) {
  const see = {};
  const connection = build("/hub", transport, protocol, {
    accessTokenFactory: () => "let-me-in",
  }).build();
  const told = once(connection, "told");
  const stopped = once(connection, "stopped");
  connection.on("name", () => "Ann");
  connection.on("grumpy", () => {
    throw new Error("leave me alone");
  });
  connection.on("mute", () => {});
  await connection.start();

  const text = "Grüße 🎈 \u001e\n\r\n\0";
  see.echo = (await connection.invoke("echo", text)) === text;
  const big = "x".repeat(25_000);
  see.big = (await connection.invoke("echo", big)) === big;
  see.json = await connection.invoke("echo", { a: [1, 2.5, null, true, { b: "c" }] });
  see.two = await connection.invoke("echo", 1, "b");
  see.sum = await connection.invoke("add", 2, 3);
  see.nothing = await connection.invoke("nothing");
  const bytes = await connection.invoke("bytes");
  see.bytes = typeof bytes === "string" ? bytes : Buffer.from(bytes).toString("base64");
  if (protocol === "messagepack") {
    see.length = await connection.invoke("length", new Uint8Array([0, 1, 30, 255]));
  }
  await connection.send("tell", "it", 7);
  see.told = await told;

  see.fail = await failure(connection.invoke("fail"));
  see.crash = await failure(connection.invoke("crash"));
  see.missing = await failure(connection.invoke("missing"));
  see.wrong = await failure(connection.invoke("add", "a"));
  see.notStreaming = await collect(connection.stream("nothing"));

  see.stream = await collect(connection.stream("count", 5));
  see.torn = await collect(connection.stream("tear", 2));
  see.collected = await connection.invoke("count", 3);
  await new Promise((resolve) => {
    const subscription = connection.stream("count", 1_000_000).subscribe({
      next: (item) => {
        if (item === 3) {
          subscription.dispose();
          resolve();
        }
      },
      complete: () => {},
      error: () => {},
    });
  });
  see.stopped = await stopped;
  const subject = new signalR.Subject();
  const sum = connection.invoke("sum", subject);
  for (let i = 1; i <= 100; i++) {
    subject.next(i);
  }
  subject.complete();
  see.uploaded = await sum;
  const broken = new signalR.Subject();
  const never = failure(connection.invoke("sum", broken));
  broken.next(1);
  broken.error(new Error("torn"));
  see.uploadTorn = await never;

  see.asked = await connection.invoke("ask", "name");
  see.askedGrumpy = await failure(connection.invoke("ask", "grumpy"));
  see.askedMute = await failure(connection.invoke("ask", "mute"));
  see.askedUnknown = await failure(connection.invoke("ask", "unknown"));

  const me = await connection.invoke("whoami");
  see.who = { ...me, id: me.id === connection.connectionId };

  const closed = new Promise((resolve) => connection.onclose((error) => resolve(error?.message ?? null)));
  await connection.send("close", 1000);
  see.closed = await closed;
  await connection.start();
  const kicked = new Promise((resolve) => connection.onclose((error) => resolve(error?.message ?? null)));
  await connection.send("close", 4005);
  see.kicked = await kicked;
  await connection.start();
  await connection.stop();
  see.stoppedItself = connection.state;

  const refused = build("/hub?refuse=1", transport, protocol).build();
  // The refusal may come before the client has finished its start, or after it; the first ping of a
  // client that finds the connection gone already fails.
  const why = new Promise((resolve) => refused.onclose((error) => resolve(error?.message ?? null)));
  const refusal = await refused.start().then(() => why, (error) => error.message);
  see.refused =
    refusal ===
      "Server returned an error on close: Connection closed with an error. HubException: you are banned" ||
    /Status code '404'|not in the OPEN state/.test(refusal) ||
    refusal;
  print(see);
}

async function room(count, messages) {
  const clients = [];
  for (let i = 0; i < count; i++) {
    const connection = build("/hub", ...KINDS[i % KINDS.length]).build();
    const heard = [];
    connection.on("said", (group, from, number) => heard.push([from, number]));
    await connection.start();
    await connection.invoke("join", "room");
    clients.push({ connection, heard });
  }
  print({ joined: count });
  await Promise.all(
    clients.map(async ({ connection }, i) => {
      for (let n = 0; n < messages; n++) {
        await connection.send("say", "room", i, n);
      }
    }),
  );
  process.stdin.once("end", async () => {
    await Promise.all(clients.map(({ connection }) => connection.stop()));
    process.exit(0);
  });
  process.stdin.resume();
  const expected = (count + 1) * messages;
  const report = setInterval(() => {
    if (clients.every(({ heard }) => heard.length >= expected)) {
      clearInterval(report);
      print({
        heard: clients.map(({ heard }) => {
          const next = new Map();
          const inOrder = heard.every(([from, number]) => {
            const due = next.get(from) ?? 0;
            next.set(from, due + 1);
            return number === due;
          });
          return inOrder ? heard.length : `out of order: ${JSON.stringify(heard)}`;
        }),
      });
    }
  }, 50);
}

async function resume(protocol, messages) {
  const connection = build("/hub", "WebSockets", protocol)
    .withStatefulReconnect()
    .build();
  const told = [];
  let closed = 0;
  connection.on("told", (number) => told.push(number));
  connection.onclose(() => closed++);
  await connection.start();
  const id = connection.connectionId;
  const answers = [];
  let breaks = 0;
  for (let n = 0; n < messages; n++) {
    if (n % 25 === 10) {
      const socket = connection.connection.transport?._webSocket?._socket;
      if (socket) {
        breaks++;
        socket.destroy();
      }
    }
    connection.send("tell", n).catch(() => {});
    answers.push(await connection.invoke("echo", n));
  }
  const due = Array.from({ length: messages }, (_, n) => n);
  print({
    answers: JSON.stringify(answers) === JSON.stringify(due),
    told: JSON.stringify(told) === JSON.stringify(due) ? "all" : told,
    sameId: id === connection.connectionId && (await connection.invoke("whoami")).id === id,
    breaks: breaks > 3,
    closed,
  });
  await connection.stop();
}

const modes = {
  everything: () => everything(rest[0], rest[1]),
  room: () => room(Number(rest[0]), Number(rest[1])),
  resume: () => resume(rest[0], Number(rest[1])),
};

modes[mode]()
  .then(() => mode !== "room" && process.exit(0))
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
