import { connect } from "/selvedge.js";

const room = new URLSearchParams(location.search).get("room") ?? "lobby";

/** A client of the raw protocol, with one of its transports. */
function raw(transport, column) {
  const client = connect("/rooms", { transports: [transport] });
  client.on("said", column.said);
  client.on("open", () => column.enter((...args) => client.request(...args)));
  client.on("close", ({ text }) => column.left(text));
  client.on("error", (error) => column.left(error.message));
}

function socketIo(column) {
  if (typeof io === "undefined") {
    column.left("no lib/socket.io.min.js: npm was missing");
    return;
  }
  const socket = io({ path: "/rooms/socket.io/" });
  const ask = async (...args) => {
    const answer = await socket.emitWithAck(...args);
    if (answer?.error) {
      throw new Error(answer.error.text);
    }
    return answer;
  };
  socket.on("said", column.said);
  socket.on("connect", () => column.enter(ask));
  socket.on("disconnect", column.left);
  socket.on("connect_error", (error) => column.left(error.message));
}

async function signalRHub(column) {
  if (typeof signalR === "undefined") {
    column.left("no lib/signalr.min.js: npm was missing");
    return;
  }
  const hub = new signalR.HubConnectionBuilder().withUrl("/rooms").withAutomaticReconnect().build();
  const enter = () => column.enter((...args) => hub.invoke(...args));
  hub.on("said", column.said);
  hub.onreconnecting(() => column.left("connection lost, trying again"));
  hub.onreconnected(enter);
  hub.onclose((error) => column.left(error ? error.message : "closed"));
  try {
    await hub.start();
    enter();
  } catch (error) {
    column.left(error.message);
  }
}

/** Of the page: what a client shows, and how it is told to say something. */
class Column {
  #title;
  #section;
  #ask = null;

  constructor(id, title) {
    this.#title = title;
    this.#section = document.querySelector("template").content.cloneNode(true).firstElementChild;
    this.#section.id = id;
    this.#part("h2").textContent = title;
    this.#part("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.say(this.#part("input").value);
      this.#part("input").value = "";
    });
    document.querySelector("main").append(this.#section);
  }

  #part(selector) {
    return this.#section.querySelector(selector);
  }

  #state(live, text) {
    this.#part("p").classList.toggle("live", live);
    this.#part("p").textContent = text;
    this.#part("button").disabled = !live;
    document.getElementById("all").disabled = !document.querySelector(".live");
  }

  /** Connected: `ask` sends an event and its arguments, and gives a promise of the answer. */
  enter = async (ask) => {
    try {
      const kind = await ask("enter", room, this.#title);
      this.#ask = ask;
      this.#state(true, `in the room, as ${kind}`);
    } catch (error) {
      this.left(error.message);
    }
  };

  left = (reason) => {
    this.#ask = null;
    this.#state(false, reason);
  };

  said = ({ from, kind, text }) => {
    const line = document.createElement("li");
    const who = document.createElement("b");
    who.textContent = from;
    who.title = kind;
    line.append(who, text);
    this.#part("ol").append(line);
    this.#part("ol").scrollTop = this.#part("ol").scrollHeight;
  };

  async say(text) {
    try {
      await this.#ask?.("say", text);
    } catch (error) {
      this.#state(true, `not said: ${error.message}`);
    }
  }
}

const columns = {
  websocket: new Column("websocket", "WebSocket"),
  sse: new Column("sse", "Event stream"),
  longpoll: new Column("longpoll", "Long poll"),
  socketio: new Column("socketio", "Socket.IO"),
  signalr: new Column("signalr", "SignalR"),
};
for (const transport of ["websocket", "sse", "longpoll"]) {
  raw(transport, columns[transport]);
}
socketIo(columns.socketio);
signalRHub(columns.signalr);
document.getElementById("all").addEventListener("click", () =>
  Object.values(columns).forEach((column) => column.say("hello")));
