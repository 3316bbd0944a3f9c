const QUIET_AFTER_MILLIS = 800;

const at = (id) => document.getElementById(id);
const typists = new Set();
let name = null;
let quiet = null;

function state(live, text) {
  at("state").classList.toggle("live", live);
  at("state").textContent = text;
}

function add(className, ...parts) {
  const line = document.createElement("li");
  line.className = className;
  line.append(...parts);
  at("lines").append(line);
  at("lines").scrollTop = at("lines").scrollHeight;
}

function said(username, message) {
  const who = document.createElement("b");
  who.textContent = username;
  add("line", who, message);
}

function users(count) {
  at("users").textContent = count === 1 ? "1 takes part" : `${count} take part`;
}

function typing(username, now) {
  typists[now ? "add" : "delete"](username);
  at("typing").textContent = typists.size ? `${[...typists].join(", ")} typing` : "";
}

function talk(socket) {
  const stopTyping = () => {
    if (quiet !== null) {
      clearTimeout(quiet);
      quiet = null;
      socket.emit("stop typing");
    }
  };
  at("door").addEventListener("submit", (event) => {
    event.preventDefault();
    name = at("name").value.trim();
    socket.emit("add user", name);
  });
  at("text").addEventListener("input", () => {
    if (quiet === null) {
      socket.emit("typing");
    }
    clearTimeout(quiet);
    quiet = setTimeout(stopTyping, QUIET_AFTER_MILLIS);
  });
  at("desk").addEventListener("submit", (event) => {
    event.preventDefault();
    stopTyping();
    socket.emit("new message", at("text").value);
    said(name, at("text").value);
    at("text").value = "";
  });
}

function listen(socket) {
  const transport = () => (at("transport").textContent = `by ${socket.io.engine.transport.name}`);
  socket.on("connect", () => {
    state(true, "connected");
    transport();
    socket.io.engine.on("upgrade", transport);
    at("enter").disabled = false;
    typists.clear();
    if (name !== null) {
      socket.emit("add user", name);
    }
  });
  socket.on("disconnect", (reason) => state(false, `disconnected: ${reason}`));
  socket.on("connect_error", (error) => state(false, error.message));
  socket.on("login", ({ numUsers }) => {
    at("door").hidden = true;
    at("desk").hidden = false;
    users(numUsers);
  });
  socket.on("user joined", ({ username, numUsers }) => {
    add("event", `${username} joined`);
    users(numUsers);
  });
  socket.on("user left", ({ username, numUsers }) => {
    add("event", `${username} left`);
    users(numUsers);
    typing(username, false);
  });
  socket.on("new message", ({ username, message }) => said(username, message));
  socket.on("typing", ({ username }) => typing(username, true));
  socket.on("stop typing", ({ username }) => typing(username, false));
}

if (typeof io === "undefined") {
  state(false, "no lib/socket.io.min.js in the function's jar: try ./selvedge dev --demo rooms");
} else {
  const forced = new URLSearchParams(location.search).get("transport");
  const socket = io({ path: "/socketio-chat/socket.io/", ...(forced && { transports: [forced] }) });
  listen(socket);
  talk(socket);
}
