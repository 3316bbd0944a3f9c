// Socket.IO clients that must not notice the end of a node: each is in a room, to which another one
// publishes numbers all the time.
//   node socket-io-recovery.js URL PUBLISHER_URL COUNT
// Prints a line of JSON at each step: {"event":"ready"}, {"event":"disconnected","client"},
// {"event":"connected","client","recovered"}. Takes lines: "pause", answered with
// {"event":"paused"} when all have heard all, "go", and "end", answered with
// {"event":"result","faults"}.
const http = require("node:http");
const { io } = require("socket.io-client");

const [url, publisherUrl, count] = process.argv.slice(2);
// Few that only poll: each poll is a connection, and a machine has only so many ports a minute.
const transportsOf = (client) =>
  client % 10 === 0 ? ["polling"] : client % 2 === 0 ? ["websocket"] : ["polling", "websocket"];

const print = (event, more) => console.log(JSON.stringify({ event, ...more }));

const connect = (to, transports) =>
  io(to, {
    transports,
    agent: new http.Agent({ keepAlive: false }),
    forceNew: true,
    reconnectionDelay: 50,
    reconnectionDelayMax: 500,
  });

const ask = (socket, ...words) =>
  new Promise((resolve) => socket.emit(...words, resolve));

const faults = [];

async function follower(client) {
  const socket = connect(url, transportsOf(client));
  const state = { next: undefined, ended: false };
  let id;
  socket.on("shouted", (number) => {
    if (number === "end") {
      state.ended = true;
    } else {
      if (state.next !== undefined && number !== state.next) {
        faults.push(`client ${client}: got ${number}, expected ${state.next}`);
      }
      state.next = number + 1;
    }
  });
  socket.on("connect_error", (error) => print("failed", { client, text: error.message }));
  socket.on("disconnect", (reason) => print("disconnected", { client, reason }));
  await new Promise((resolve) => socket.once("connect", resolve));
  id = socket.id;
  await ask(socket, "join", "recovery");
  socket.on("connect", () => {
    print("connected", { client, recovered: socket.recovered });
    if (!socket.recovered || socket.id !== id) {
      faults.push(`client ${client}: recovered ${socket.recovered}, was ${id}, is ${socket.id}`);
    }
  });
  return state;
}

async function main() {
  const states = await Promise.all(Array.from({ length: Number(count) }, (_, i) => follower(i)));
  const publisher = connect(publisherUrl, ["websocket"]);
  publisher.on("disconnect", (reason) => faults.push(`the publisher is cut off: ${reason}`));
  let number = 0;
  let paused = false;
  const timer = setInterval(() => paused || publisher.emit("shout", "recovery", number++), 20);
  while (states.some((state) => state.next === undefined)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  print("ready");
  await new Promise((resolve) =>
    require("node:readline")
      .createInterface({ input: process.stdin })
      .on("line", async (line) => {
        paused = line !== "go";
        if (line === "pause") {
          while (states.some((state) => state.next !== number)) {
            await new Promise((wait) => setTimeout(wait, 20));
          }
          print("paused");
        } else if (line === "end") {
          resolve();
        }
      }));
  clearInterval(timer);
  publisher.emit("shout", "recovery", "end");
  for (let tries = 0; tries < 6000 && states.some((state) => !state.ended); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  states.forEach((state, client) => {
    if (!state.ended || state.next !== number) {
      faults.push(`client ${client}: at ${state.next} of ${number}, ended: ${state.ended}`);
    }
  });
  print("result", { faults, published: number });
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
