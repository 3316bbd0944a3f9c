import { connect } from "/selvedge.js";

const at = (id) => document.getElementById(id);

/** The newest board seen. Boards may arrive out of order; their numbers only grow. */
const board = { serving: 0, issued: 0 };

/** What this customer has: a number, and whether it waits or was called. */
let mine = { number: null, status: "none" };

function showBoard({ serving, issued }) {
  board.serving = Math.max(board.serving, serving);
  board.issued = Math.max(board.issued, issued);
  at("serving").textContent = board.serving || "–";
  const waiting = board.issued - board.serving;
  at("line").textContent = waiting === 0 ? "Nobody waits." : `${waiting} in line.`;
  showMine();
}

function showMine() {
  if (mine.status === "waiting" && mine.number <= board.serving) {
    mine = { ...mine, status: "called" };
  }
  at("ticket").dataset.status = mine.status;
  at("number").textContent = mine.number ?? "–";
  at("leave").hidden = mine.status === "none";
  at("leave").textContent = mine.status === "called" ? "Thank you" : "Give it up";
  at("take").hidden = mine.status === "waiting";
  say("notice", notice());
  document.title = mine.status === "called" ? `${mine.number}: your turn!` : "Deli counter";
}

function notice() {
  switch (mine.status) {
    case "waiting": {
      const before = mine.number - board.serving - 1;
      return before === 0 ? "You are next." : `${before} before you.`;
    }
    case "called":
      return "It is your turn!";
    default:
      return "Take a number, and you will be told when it is yours.";
  }
}

/** Sets a text, but only a new one: what did not change is not read out again. */
function say(id, text) {
  if (at(id).textContent !== text) {
    at(id).textContent = text;
  }
}

function stand(standing) {
  mine = { number: standing.number, status: standing.status };
  showBoard(standing);
}

/**
 * Who this tab is: a random word, kept so that a reload, a restart of the counter, or opening a
 * closed tab again finds the old number. Two open tabs are two customers, so a word is held by a
 * lock where the browser has locks (it has in secure contexts, localhost among them).
 */
async function whoAmI() {
  const kept = sessionStorage.getItem("deli-token");
  const words = JSON.parse(localStorage.getItem("deli-tokens") ?? "[]");
  for (const word of kept ? [kept, ...words] : words) {
    if (await held(word, word === kept ? 1000 : 0)) {
      return remember(word, words);
    }
  }
  const word = randomWord();
  await held(word, 0);
  return remember(word, words);
}

function remember(word, words) {
  sessionStorage.setItem("deli-token", word);
  localStorage.setItem(
    "deli-tokens",
    JSON.stringify([word, ...words.filter((other) => other !== word)].slice(0, 20)));
  return word;
}

/** Takes the lock of a word for the life of this page; a page that reloads lets go of it late. */
function held(word, patience) {
  if (!navigator.locks) {
    return Promise.resolve(sessionStorage.getItem("deli-token") === word);
  }
  const options = patience ? { signal: AbortSignal.timeout(patience) } : { ifAvailable: true };
  return new Promise((resolve) => {
    navigator.locks
      .request(`deli-${word}`, options, (lock) => {
        resolve(lock !== null);
        return lock && new Promise(() => {});
      })
      .catch(() => resolve(false));
  });
}

function randomWord() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function showConnection(open, text) {
  at("lamp").classList.toggle("on", open);
  say("connection", text);
  for (const id of ["take", "leave", "next"]) {
    at(id).disabled = !open;
  }
}

/** Runs what a button does, with the button out of reach meanwhile. */
function onPress(id, action) {
  at(id).addEventListener("click", async () => {
    at(id).disabled = true;
    try {
      await action();
    } catch (error) {
      say(id === "next" ? "called" : "notice", `That did not work: ${error.message}`);
    } finally {
      at(id).disabled = false;
    }
  });
}

const token = await whoAmI();
const forced = new URLSearchParams(location.search).get("transport");
const counter = connect("/deli", forced ? { transports: [forced] } : {});

counter.on("open", async ({ transport }) => {
  showConnection(true, `connected by ${transport}`);
  try {
    stand(await counter.request("hello", { token }));
  } catch (error) {
    say("notice", `That did not work: ${error.message}`);
  }
});
counter.on("close", ({ text, retry }) =>
  showConnection(false, retry ? "connection lost, trying again" : `closed: ${text}`));
counter.on("error", (error) => showConnection(counter.connected, error.message));
counter.on("board", showBoard);
counter.on("serving", ({ number }) => {
  mine = { number, status: "called" };
  showBoard({ serving: number, issued: number });
});

onPress("take", async () => stand(await counter.request("take")));
onPress("leave", async () => stand(await counter.request("leave")));
onPress("next", async () => {
  const answer = await counter.request("next", { press: randomWord() });
  showBoard(answer);
  if (answer.called === null) {
    say("called", "Nobody waits.");
  } else {
    say("called", `Called ${answer.called}${answer.told ? "." : ", who is away."}`);
  }
});
