import { connect } from "/selvedge.js";

const at = (id) => document.getElementById(id);

/** What was asked for at the door, while inside; asked for again after a reconnect. */
let entered = null;

/** Everyone in the room: name by session id. */
const people = new Map();

/** The lines shown, by number: a line may come twice, and two may come in the wrong order. */
const lines = new Map();

let me = null;

function showPeople() {
  const names = [...people].sort(([, one], [, other]) => one.localeCompare(other));
  at("people").replaceChildren(
    ...names.map(([id, name]) => element("li", id === me ? `${name} (you)` : name)));
}

function showLine(line) {
  if (line.number && lines.has(line.number)) {
    return;
  }
  const item = element("li");
  item.classList.toggle("mine", line.id === me);
  const time = element("time", new Date(line.at).toLocaleTimeString([], { timeStyle: "short" }));
  time.dateTime = line.at;
  item.append(element("b", line.name), element("span", line.text), time);
  append(item, line.number ? placeOf(line.number, item) : null);
}

/** Remembers the item of a line; returns the item that it goes before, or null for the end. */
function placeOf(number, item) {
  item.dataset.number = number;
  lines.set(number, item);
  return [...at("lines").children].find((other) => Number(other.dataset.number) > number) ?? null;
}

function showEvent(text) {
  const item = element("li", text);
  item.className = "event";
  append(item, null);
}

/** Adds an item; keeps the end in view unless the reader has scrolled away from it. */
function append(item, before) {
  const list = at("lines");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  list.insertBefore(item, before);
  while (list.children.length > 500) {
    lines.delete(Number(list.firstElementChild.dataset.number));
    list.firstElementChild.remove();
  }
  if (atEnd) {
    list.scrollTop = list.scrollHeight;
  }
}

function element(tag, text = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

async function enter(wish) {
  const room = await chat.request("join", wish);
  if (entered?.room !== room.room) {
    lines.clear();
    at("lines").replaceChildren();
  }
  entered = wish;
  me = chat.session;
  people.clear();
  room.people.forEach(({ id, name }) => people.set(id, name));
  showPeople();
  room.lines.forEach(showLine);
  at("title").textContent = room.room;
  at("door").hidden = true;
  at("inside").hidden = false;
}

function showConnection(open, text) {
  at("lamp").classList.toggle("on", open);
  at("connection").textContent = text;
  for (const id of ["enter", "say", "leave"]) {
    at(id).disabled = !open;
  }
}

function randomWord() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const query = new URLSearchParams(location.search);
const forced = query.get("transport");
const chat = connect("/chat", forced ? { transports: [forced] } : {});

chat.on("open", async ({ transport }) => {
  showConnection(true, `connected by ${transport}`);
  if (entered) {
    try {
      await enter(entered);
    } catch (error) {
      at("unsent").textContent = `Not back in the room: ${error.message}`;
    }
  }
});
chat.on("close", ({ text, retry }) =>
  showConnection(false, retry ? "connection lost, trying again" : `closed: ${text}`));
chat.on("error", (error) => showConnection(chat.connected, error.message));
chat.on("line", showLine);
chat.on("presence", ({ joined = [], left = [] }) => {
  for (const { id, meta } of left) {
    if (people.delete(id)) {
      showEvent(`${meta?.name ?? "someone"} left`);
    }
  }
  for (const { id, meta } of joined) {
    if (!people.has(id)) {
      people.set(id, meta?.name ?? "someone");
      showEvent(`${people.get(id)} joined`);
    }
  }
  showPeople();
});

at("door").addEventListener("submit", async (event) => {
  event.preventDefault();
  at("refused").textContent = "";
  try {
    localStorage.setItem("chat-name", at("name").value.trim());
    await enter({ room: at("room").value.trim(), name: at("name").value.trim() });
    at("text").focus();
  } catch (error) {
    at("refused").textContent = error.message;
  }
});

at("desk").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = at("text").value;
  at("text").value = "";
  at("unsent").textContent = "";
  try {
    showLine(await chat.request("say", { text, key: randomWord() }));
  } catch (error) {
    at("text").value ||= text;
    at("unsent").textContent = `Not sent: ${error.message}`;
  }
});

at("leave").addEventListener("click", async () => {
  entered = null;
  at("inside").hidden = true;
  at("door").hidden = false;
  at("name").focus();
  await chat.request("leave").catch(() => {});
});

at("name").value = query.get("name") ?? localStorage.getItem("chat-name") ?? "";
at("room").value = query.get("room") ?? "lobby";
