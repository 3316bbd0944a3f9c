// Official Socket.IO clients, driven over stdin; what happens to them is printed as lines of JSON.
//   node socket-io-clients.js URL COUNT TRANSPORTS [cookies]
// Commands: "who N", "say N TEXT". Ends with stdin.
const http = require("node:http");
const { io } = require("socket.io-client");

const [url, count, transports, cookies] = process.argv.slice(2);

const print = (client, event, more) => console.log(JSON.stringify({ client, event, ...more }));

// What a browser has after its first visit. The client itself forgets cookies when it reconnects.
const visit = () =>
  new Promise((resolve, reject) => {
    http
      .get(`${url}/socket.io/?EIO=4&transport=polling`, { agent: false }, (answer) => {
        answer.resume();
        resolve((answer.headers["set-cookie"] ?? []).map((line) => line.split(";")[0]).join("; "));
      })
      .on("error", reject);
  });

function open(client, cookie) {
  const socket = io(url, {
    transports: transports.split(","),
    // Every request on a connection of its own, so that each may arrive at another node.
    agent: new http.Agent({ keepAlive: false }),
    extraHeaders: cookie ? { cookie } : {},
    forceNew: true,
    reconnectionDelay: 50,
    reconnectionDelayMax: 500,
  });
  socket.on("connect", () => {
    print(client, "connected", { id: socket.id, transport: socket.io.engine.transport.name });
    const { engine } = socket.io;
    const upgraded = () => print(client, "upgraded", { transport: engine.transport.name });
    // The upgrade may be through before the connection is.
    if (engine.transport.name === "websocket") {
      upgraded();
    } else {
      engine.once("upgrade", upgraded);
    }
  });
  socket.on("disconnect", (reason) => print(client, "disconnected", { reason }));
  socket.on("connect_error", (error) =>
    print(client, "failed", { text: error.message, status: error.description ?? error.context?.status }));
  socket.on("said", ({ server, text }) => print(client, "said", { server, text }));
  return socket;
}

const clients = [];

async function start() {
  for (let client = 0; client < Number(count); client++) {
    clients.push(open(client, cookies === "cookies" ? await visit() : null));
  }
}

start().catch((error) => {
  console.error(error);
  process.exit(1);
});

require("node:readline")
  .createInterface({ input: process.stdin })
  .on("line", (line) => {
    const [command, client, ...words] = line.split(" ");
    const socket = clients[Number(client)];
    if (command === "who") {
      socket.emit("who", ({ server, transport }) => print(Number(client), "who", { server, transport }));
    } else if (command === "say") {
      socket.emit("say", words.join(" "));
    }
  })
  .on("close", () => process.exit(0));
