// SignalR clients with stateful reconnect that must not notice the end of a node: each counts up to
// its function, which tells it the number again, and is in a room to which another one publishes
// numbers all the time. Odd clients speak MessagePack.
//   node signalr-recovery.js URL PUBLISHER_URL COUNT
// Prints a line of JSON at each step: {"event":"ready"}, {"event":"disconnected","client"} and
// {"event":"connected","client"} of each connection that is lost, and {"event":"closed","client","log"}
// with the client's last words if it gives up. Takes lines: "pause", answered with {"event":"paused"}
// when all have heard all, "go", and "end", answered with {"event":"result","faults","published"}.
const http = require("node:http");
// Every request on a connection of its own, so that each may arrive at another node.
http.globalAgent = new http.Agent({ keepAlive: false });

const signalR = require("@microsoft/signalr");
const { MessagePackHubProtocol } = require("@microsoft/signalr-protocol-msgpack");

const [url, publisherUrl, count] = process.argv.slice(2);
const ROOM = "recovery";
const faults = [];
let running = true;

const print = (event, more) => console.log(JSON.stringify({ event, ...more }));
const sleep = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

function build(to, client, log) {
  const builder = new signalR.HubConnectionBuilder()
    .withUrl(to + "/hub", { transport: signalR.HttpTransportType.WebSockets })
    .configureLogging({
      log: (level, message) =>
        level >= signalR.LogLevel.Information && log.push(`${new Date().toISOString()} ${message}`),
    });
  if (client % 2 === 1) {
    builder.withHubProtocol(new MessagePackHubProtocol());
  }
  return builder;
}

// A number that comes twice, or not at all.
function expectNext(state, of, number) {
  if (state[of] !== undefined && number !== state[of]) {
    faults.push(`client ${state.client}: ${of} ${number}, expected ${state[of]}`);
  }
  state[of] = number + 1;
}

// Of a lost connection the client itself says nothing: it goes on without a word.
function watch(state) {
  const features = state.connection.connection.features;
  const disconnected = features.disconnected;
  const resend = features.resend;
  features.disconnected = () => {
    print("disconnected", { client: state.client });
    return disconnected.call(features);
  };
  features.resend = async () => {
    await resend.call(features);
    print("connected", { client: state.client });
  };
}

async function follower(client) {
  const log = [];
  const connection = build(url, client, log).withStatefulReconnect().build();
  const state = { client, connection, told: 0, shouted: undefined, sent: 0, ended: false };
  connection.on("told", (number) => expectNext(state, "told", number));
  connection.on("said", (room, number) => {
    if (number === "end") {
      state.ended = true;
    } else {
      expectNext(state, "shouted", number);
    }
  });
  connection.onclose((error) => {
    if (running) {
      faults.push(`client ${client} is closed: ${error}`);
      print("closed", { client, log: log.slice(-6) });
    }
  });
  connection.onreconnected(() => faults.push(`client ${client} has begun anew`));
  await connection.start();
  state.id = connection.connectionId;
  watch(state);
  await connection.invoke("join", ROOM);
  return state;
}

async function main() {
  const states = await Promise.all(Array.from({ length: Number(count) }, (_, i) => follower(i)));
  const publisher = build(publisherUrl, 0, []).build();
  await publisher.start();
  publisher.onclose((error) => running && faults.push(`the publisher is cut off: ${error}`));
  let number = 0;
  let paused = false;
  const timer = setInterval(() => {
    if (!paused) {
      publisher.send("say", ROOM, number++);
      for (const state of states) {
        state.connection.send("tell", state.sent++).catch(() => {});
      }
    }
  }, 20);
  const heardAll = (state) => state.shouted === number && state.told === state.sent;
  while (states.some((state) => state.shouted === undefined)) {
    await sleep(20);
  }
  print("ready");
  await new Promise((resolve) =>
    require("node:readline")
      .createInterface({ input: process.stdin })
      .on("line", async (line) => {
        paused = line !== "go";
        if (line === "pause") {
          for (let tries = 1; !states.every(heardAll); tries++) {
            await sleep(20);
            if (tries % 1000 === 0) {
              const behind = states.filter((state) => !heardAll(state));
              print("behind", {
                published: number,
                clients: behind.map(({ client, id, shouted, told, sent }) => ({ client, id, shouted, told, sent })),
              });
            }
          }
          print("paused");
        } else if (line === "end") {
          resolve();
        }
      }));
  clearInterval(timer);
  await publisher.send("say", ROOM, "end");
  for (let tries = 0; tries < 6000 && !states.every((state) => state.ended && heardAll(state)); tries++) {
    await sleep(10);
  }
  for (const state of states) {
    if (!state.ended || !heardAll(state)) {
      faults.push(
        `client ${state.client}: heard ${state.shouted} of ${number}, was told ${state.told} of` +
          ` ${state.sent}, ended: ${state.ended}`,
      );
    }
    if (state.connection.connectionId !== state.id) {
      faults.push(`client ${state.client}: was ${state.id}, is ${state.connection.connectionId}`);
    } else if ((await state.connection.invoke("whoami")).id !== state.id) {
      faults.push(`client ${state.client}: another session`);
    }
  }
  running = false;
  print("result", { faults, published: number });
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
