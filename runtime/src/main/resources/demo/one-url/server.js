// A Socket.IO server as its users have it: knows nothing of Selvedge. Its peers are reached over Redis.
//   node server.js NAME PORT REDIS-PORT
const { createServer } = require("node:http");
const { Server } = require("socket.io");
const { createAdapter } = require("@socket.io/redis-adapter");
const { createClient } = require("redis");

const [name, port, redisPort] = process.argv.slice(2);

// Ends with whoever started it.
process.stdin.on("end", () => process.exit(0)).resume();

async function main() {
  const pub = createClient({ url: `redis://127.0.0.1:${redisPort}` });
  const sub = pub.duplicate();
  for (const client of [pub, sub]) {
    client.on("error", (error) => console.error(`redis: ${error.message}`));
  }
  await Promise.all([pub.connect(), sub.connect()]);

  const http = createServer((request, response) => {
    response.writeHead(404, { "content-type": "text/plain" });
    response.end(`${name} serves Socket.IO only\n`);
  });
  const io = new Server(http, { adapter: createAdapter(pub, sub) });
  io.on("connection", (socket) => {
    socket.emit("welcome", { server: name });
    socket.on("who", (answer) => answer({ server: name, transport: socket.conn.transport.name }));
    socket.on("say", (text) => io.emit("said", { server: name, text: String(text).slice(0, 200) }));
  });
  http.listen(Number(port), "127.0.0.1", () => console.log(`${name} listens on ${port}`));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
