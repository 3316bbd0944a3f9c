// What the integration tests need of Node: Socket.IO servers that share a Redis, their emitter, and
// clients. Each line on stdin is {"id", "code"}: the body of an async function over what the role
// has; its value is printed as {"id", "value"} or {"id", "error"}. Ends with stdin.
//   node peers.js server NAME PORT REDIS-PORT classic|sharded
//   node peers.js emitter REDIS-PORT
//   node peers.js clients NAME=PORT…
const print = (line) => console.log(JSON.stringify(line));

async function connect(port) {
  const { createClient } = require("redis");
  const client = createClient({
    url: `redis://127.0.0.1:${port}`,
    // Not at once, and not without an answer: a connection that a dying server still accepts would
    // never be given up.
    socket: { reconnectStrategy: 1500, socketTimeout: 5000 },
    pingInterval: 1000,
  });
  client.on("error", () => {}); // it comes back by itself
  await client.connect();
  return client;
}

async function server(name, port, redisPort, kind) {
  const { createServer } = require("node:http");
  const { Server } = require("socket.io");
  const adapters = require("@socket.io/redis-adapter");
  const [pub, sub] = [await connect(redisPort), await connect(redisPort)];
  const http = createServer();
  const adapter =
    kind === "sharded" ? adapters.createShardedAdapter(pub, sub) : adapters.createAdapter(pub, sub);
  const io = new Server(http, { adapter });
  const heard = [];
  for (const namespace of [io, io.of("/custom")]) {
    namespace.on("connection", (socket) => {
      socket.data = { name: socket.handshake.auth.name };
      socket.on("join", (room, done) => {
        socket.join(room);
        done();
      });
      socket.on("shout", (tag) => socket.broadcast.emit("said", tag));
    });
    namespace.on("note", (...args) => heard.push(args));
    namespace.on("question", (text, answer) => answer(`${text} ${name}`));
  }
  await new Promise((listening) => http.listen(Number(port), "127.0.0.1", listening));
  return { io, heard };
}

async function emitter(redisPort) {
  const { Emitter } = require("@socket.io/redis-emitter");
  return { emitter: new Emitter(await connect(redisPort)) };
}

// By name: x and y of each server in the main namespace, c in /custom. x is in the room red, y in
// blue, and c in red of its namespace.
async function clients(...servers) {
  const { io } = require("socket.io-client");
  const all = {};
  const rooms = { x: "red", y: "blue", c: "red" };
  const open = async (name, server, port, namespace) => {
    const socket = io(`http://127.0.0.1:${port}${namespace}`, {
      auth: { name },
      forceNew: true,
      transports: ["websocket"],
    });
    all[name] = socket;
    socket.onAny((event, ...args) => {
      const answer = typeof args[args.length - 1] === "function" ? args.pop() : null;
      print({ client: name, event, args });
      answer?.(`${args[0]} ${name}`);
    });
    socket.on("disconnect", (reason) => print({ client: name, event: "disconnect", args: [reason] }));
    await new Promise((connected, failed) => {
      socket.once("connect", connected);
      socket.once("connect_error", failed);
    });
    return socket;
  };
  for (const each of servers) {
    const [server, port] = each.split("=");
    for (const kind of ["x", "y", "c"]) {
      const socket = await open(`${server}.${kind}`, server, port, kind === "c" ? "/custom" : "/");
      await socket.emitWithAck("join", rooms[kind]);
    }
  }
  return { all, open };
}

const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;

async function main(role, ...args) {
  const scope = await { server, emitter, clients }[role](...args);
  print({ ready: true });
  require("node:readline")
    .createInterface({ input: process.stdin })
    .on("line", async (line) => {
      const { id, code } = JSON.parse(line);
      try {
        const value = await new AsyncFunction(...Object.keys(scope), code)(...Object.values(scope));
        print({ id, value: value ?? null });
      } catch (error) {
        print({ id, error: String(error?.stack ?? error) });
      }
    })
    .on("close", () => process.exit(0));
}

main(...process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
