const at = (id) => document.getElementById(id);

function state(live, text) {
  at("state").classList.toggle("live", live);
  at("state").textContent = text;
  at("send").disabled = at("count").disabled = !live;
}

function received(user, message) {
  const line = document.createElement("li");
  const who = document.createElement("b");
  who.textContent = user;
  line.append(who, message);
  at("lines").append(line);
  at("lines").scrollTop = at("lines").scrollHeight;
}

function count(hub) {
  const numbers = [];
  at("ended").textContent = "";
  hub.stream("Counter", 10, 100).subscribe({
    next: (number) => {
      numbers.push(number);
      at("numbers").textContent = numbers.join(" ");
    },
    complete: () => (at("ended").textContent = "(complete)"),
    error: (error) => (at("ended").textContent = `(${error.message})`),
  });
}

async function send(hub) {
  at("unsent").textContent = "";
  try {
    await hub.invoke("SendMessage", at("user").value, at("text").value);
    at("text").value = "";
  } catch (error) {
    at("unsent").textContent = error.message;
  }
}

async function connect(forced) {
  const options = forced ? { transport: signalR.HttpTransportType[forced] } : {};
  const hub = new signalR.HubConnectionBuilder()
    .withUrl("/signalr-chat", options)
    .withAutomaticReconnect()
    .build();
  hub.on("ReceiveMessage", received);
  hub.onreconnecting(() => state(false, "connection lost, trying again"));
  hub.onreconnected(() => state(true, "connected"));
  hub.onclose((error) => state(false, error ? error.message : "closed"));
  at("desk").addEventListener("submit", (event) => {
    event.preventDefault();
    send(hub);
  });
  at("count").addEventListener("click", () => count(hub));
  await hub.start();
  state(true, forced ? `connected by ${forced}` : "connected");
}

if (typeof signalR === "undefined") {
  state(false, "no lib/signalr.min.js in the function's jar: try ./selvedge dev --demo rooms");
} else {
  const forced = new URLSearchParams(location.search).get("transport");
  connect(forced).catch((error) => state(false, error.message));
}
