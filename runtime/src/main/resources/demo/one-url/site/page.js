import { connect } from "/selvedge.js";

const at = (id) => document.getElementById(id);

function state(id, live, text) {
  at(id).classList.toggle("live", live);
  at(id).textContent = text;
}

async function site() {
  const answer = await fetch("/about.txt", { cache: "no-store" });
  at("site-changed").textContent = answer.headers.get("last-modified") ?? "not said";
  at("site-file").textContent = (await answer.text()).trim();
  state("site-state", answer.ok, answer.ok ? "served" : `status ${answer.status}`);
}

function socketIo() {
  if (typeof io === "undefined") {
    state("io-state", false, "not running: install node, npm and redis-server");
    return;
  }
  const socket = io();
  const show = async () => {
    const { server, transport } = await socket.emitWithAck("who");
    at("io-server").textContent = server;
    at("io-transport").textContent = transport;
  };
  socket.on("connect", () => {
    state("io-state", true, "connected");
    at("io-say").disabled = at("io-again").disabled = false;
    show();
    socket.io.engine.once("upgrade", show);
  });
  socket.on("disconnect", (reason) => {
    state("io-state", false, reason);
    at("io-say").disabled = true;
  });
  socket.on("said", ({ server, text }) => (at("io-heard").textContent = `${text} (by ${server})`));
  at("io-say").addEventListener("click", () => socket.emit("say", "hello"));
  at("io-again").addEventListener("click", () => socket.disconnect().connect());
}

function deli() {
  const counter = connect("/deli", {});
  const token = crypto.getRandomValues(new Uint32Array(4)).join("-").slice(0, 64);
  const board = ({ serving }) => (at("deli-serving").textContent = serving || "–");
  const mine = (standing) => {
    at("deli-number").textContent = standing.number ?? "–";
    board(standing);
  };
  counter.on("open", async ({ transport }) => {
    state("deli-state", true, `connected by ${transport}`);
    at("deli-take").disabled = at("deli-next").disabled = false;
    mine(await counter.request("hello", { token }));
  });
  counter.on("close", ({ text }) => state("deli-state", false, text));
  counter.on("board", board);
  counter.on("serving", ({ number }) => (at("deli-number").textContent = `${number}: your turn!`));
  at("deli-take").addEventListener("click", async () => mine(await counter.request("take")));
  at("deli-next").addEventListener("click", () =>
    counter.request("next", { press: crypto.getRandomValues(new Uint32Array(4)).join("-") }));
}

site().catch((error) => state("site-state", false, error.message));
socketIo();
deli();
