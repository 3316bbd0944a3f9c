// Engine.IO 4 and Socket.IO 5 on the bare wire, one request a connection, each at another node.
// Prints what failed and exits with the number of failures.
//   node engine-io-checks.js URL PING_INTERVAL PING_TIMEOUT MAX_PAYLOAD
const assert = require("node:assert/strict");
const http = require("node:http");
const WebSocket = require("ws");

const url = process.argv[2];
const [pingInterval, pingTimeout, maxPayload] = process.argv.slice(3).map(Number);
const PATIENCE = 60_000;
const S = "\u001e";

function request(method, query, body, headers = {}, path = "/socket.io/") {
  let sent;
  const answer = new Promise((resolve, reject) => {
    sent = http.request(`${url}${path}?${query}`, { method, headers, agent: false }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString() }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
  answer.abort = () => sent.destroy();
  return answer;
}

const POLLING = "EIO=4&transport=polling";
const get = (sid) => request("GET", `${POLLING}&sid=${sid}`);
const post = (sid, body) => request("POST", `${POLLING}&sid=${sid}`, body, { "content-type": "text/plain;charset=UTF-8" });

async function opened() {
  const answer = await request("GET", POLLING);
  assert.equal(answer.status, 200);
  return JSON.parse(answer.text.slice(1)).sid;
}

/** A WebSocket with a queue of what it was sent. */
class Socket {
  constructor(query) {
    this.messages = [];
    this.waiting = [];
    this.ws = new WebSocket(`${url.replace("http", "ws")}/socket.io/?${query}`, { perMessageDeflate: false });
    this.open = new Promise((resolve, reject) => {
      this.ws.on("open", resolve);
      this.ws.on("error", reject);
      this.ws.on("unexpected-response", (_, response) => {
        let text = "";
        response.on("data", (chunk) => (text += chunk));
        response.on("end", () => reject(Object.assign(new Error("refused"), { status: response.statusCode, text })));
      });
    });
    this.open.catch(() => {});
    this.closed = new Promise((resolve) => this.ws.on("close", resolve));
    this.ws.on("message", (data, isBinary) => {
      const message = isBinary ? data : data.toString();
      const next = this.waiting.shift();
      next ? next(message) : this.messages.push(message);
    });
  }

  send(message) {
    this.ws.send(message);
    return this;
  }

  /** The next message that is no ping. */
  async next() {
    for (;;) {
      const message = this.messages.length
        ? this.messages.shift()
        : await Promise.race([
            new Promise((resolve) => this.waiting.push(resolve)),
            this.closed.then((code) => Promise.reject(new Error(`closed ${code}`))),
          ]);
      if (message !== "2") {
        return message;
      }
      this.send("3");
    }
  }
}

async function connected(query = "EIO=4&transport=websocket") {
  const socket = new Socket(query);
  await socket.open;
  assert.match(await socket.next(), /^0\{/);
  socket.send("40");
  assert.match(await socket.next(), /^40\{"sid":"[A-Za-z0-9_-]{20}"\}$/);
  assert.match(await socket.next(), /^42\["welcome"/);
  return socket;
}

function assertRefused(answer, code, message) {
  assert.equal(answer.status, 400);
  assert.equal(answer.headers["content-type"], "application/json");
  assert.equal(answer.text, JSON.stringify({ code, message }));
}

const checks = {
  async "handshakes"() {
    const answer = await request("GET", POLLING);
    assert.equal(answer.headers["content-type"], "text/plain; charset=UTF-8");
    assert.equal(answer.headers["cache-control"], "no-store");
    assert.equal(answer.headers["set-cookie"], undefined);
    const handshake = JSON.parse(answer.text.slice(1));
    assert.deepEqual({ ...handshake, sid: "" }, { sid: "", upgrades: ["websocket"], pingInterval, pingTimeout, maxPayload });
    const socket = new Socket("EIO=4&transport=websocket");
    const other = JSON.parse((await socket.next()).slice(1));
    assert.deepEqual({ ...other, sid: "" }, { sid: "", upgrades: [], pingInterval, pingTimeout, maxPayload });
    assert.notEqual(other.sid, handshake.sid);
    assert.equal((await request("GET", POLLING, undefined, {}, "/other/socket.io/")).status, 200);
    assert.equal((await request("GET", POLLING, undefined, {}, "/other/")).status, 200);
  },
  async "refusals"() {
    const refused = [
      ["GET", "EIO=4", 0, "Transport unknown"],
      ["GET", "EIO=4&transport=abc", 0, "Transport unknown"],
      ["GET", `${POLLING}&sid=abc`, 1, "Session ID unknown"],
      ["POST", `${POLLING}&sid=AAAAAAAAAAAAAAAAAAAA`, 1, "Session ID unknown"],
      ["POST", POLLING, 2, "Bad handshake method"],
      ["PUT", POLLING, 2, "Bad handshake method"],
      ["GET", "EIO=4&transport=websocket", 3, "Bad request"],
      ["GET", "transport=polling", 5, "Unsupported protocol version"],
      ["GET", "EIO=3&transport=polling", 5, "Unsupported protocol version"],
    ];
    for (const [method, query, code, message] of refused) {
      assertRefused(await request(method, query), code, message);
    }
    for (const [query, text] of [
      ["EIO=4", "Transport unknown"],
      ["EIO=4&transport=websocket&sid=abc", "Session ID unknown"],
      ["EIO=abc&transport=websocket", "Unsupported protocol version"],
    ]) {
      const error = await new Socket(query).open.then(assert.fail, (failure) => failure);
      assert.deepEqual([error.status, error.text], [400, text]);
    }
  },
  async "polls and posts"() {
    const sid = await opened();
    const poll = get(sid);
    const posted = await post(sid, "40");
    assert.deepEqual([posted.status, posted.text, posted.headers["content-type"]], [200, "ok", "text/html"]);
    let got = (await poll).text;
    while (!got.includes("welcome")) {
      got += S + (await get(sid)).text;
    }
    assert.match(got, /^40\{"sid":"[^"]{20}"\}\u001e42\["welcome"/);
    await post(sid, `421["echo","€"]${S}451-2["echo",{"_placeholder":true,"num":0}]${S}bAQIDBA==`);
    got = (await get(sid)).text;
    while (!got.includes("bAQIDBA==")) {
      got += S + (await get(sid)).text;
    }
    assert.equal(got.split(S).filter((packet) => packet !== "2").join(S), `431["€"]${S}461-2[{"_placeholder":true,"num":0}]${S}bAQIDBA==`);
    assert.equal((await request("PUT", `${POLLING}&sid=${sid}`)).status, 405);
    const last = get(sid);
    assert.equal((await post(sid, "1")).text, "ok");
    assert.ok(["6", "2"].includes((await last).text) || (await last).status === 400);
    assertRefused(await get(sid), 1, "Session ID unknown");
  },
  async "two polls at once close the session"() {
    const sid = await opened();
    const answers = await Promise.all([get(sid), get(sid)]);
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 400]);
    assert.equal(answers.find((answer) => answer.status === 200).text, "1");
    assertRefused(await get(sid), 1, "Session ID unknown");
  },
  async "a poll that is given up closes the session"() {
    const sid = await opened();
    const poll = get(sid);
    poll.catch(() => {});
    assert.equal((await post(sid, "6")).text, "ok");
    poll.abort();
    const deadline = Date.now() + PATIENCE;
    let answer;
    do {
      assert.ok(Date.now() < deadline);
      answer = await post(sid, "6");
    } while (answer.status === 200);
    assertRefused(answer, 1, "Session ID unknown");
  },
  async "bad payloads"() {
    for (const bad of ["abc", "", "2", "47", "42{}"]) {
      const sid = await opened();
      await post(sid, bad);
      assert.equal((await get(sid)).text.replace("6" + S, "").replace(/.*code":1,.*/, "1"), "1", bad);
    }
    const sid = await opened();
    assert.equal((await post(sid, "4".repeat(maxPayload + 1))).status, 413);
    assert.equal((await post(sid, "40")).text, "ok");
    const octets = await request("POST", `${POLLING}&sid=${sid}`, "4", { "content-type": "application/octet-stream" });
    assert.equal(octets.status, 400);
  },
  async "the heartbeat"() {
    const sid = await opened();
    const poll = await get(sid);
    assert.equal(poll.text, "2");
    assert.equal((await post(sid, "3")).text, "ok");
    const silent = await opened();
    const socket = new Socket("EIO=4&transport=websocket");
    await socket.open;
    await new Promise((resolve) => setTimeout(resolve, pingInterval + pingTimeout));
    assertRefused(await get(silent), 1, "Session ID unknown");
    await socket.closed;
    assert.deepEqual(socket.messages.slice(1), ["2"]);
  },
  async "the upgrade"() {
    const sid = await opened();
    const socket = new Socket(`EIO=4&transport=websocket&sid=${sid}`);
    await socket.open;
    assert.equal(await socket.send("2probe").next(), "3probe");
    assert.ok(["6", "2"].includes((await get(sid)).text));
    const second = new Socket(`EIO=4&transport=websocket&sid=${sid}`);
    await second.closed;
    socket.send("5").send("40");
    assert.match(await socket.next(), /^40\{"sid"/);
    assertRefused(await get(sid), 3, "Bad request");
    assertRefused(await post(sid, "4"), 3, "Bad request");
    const third = new Socket(`EIO=4&transport=websocket&sid=${sid}`);
    await third.closed;
    assert.match(await socket.next(), /welcome/);
    assert.equal(await socket.send('427["echo","here"]').next(), '437["here"]');
    socket.ws.close();
    await socket.closed;
  },
  async "an upgrade that fails leaves the polls"() {
    const sid = await opened();
    const socket = new Socket(`EIO=4&transport=websocket&sid=${sid}`);
    await socket.open;
    socket.send("4hello");
    await socket.closed;
    assert.equal((await post(sid, "40")).text, "ok");
    assert.match((await get(sid)).text, /^(2\u001e)?40\{/);
  },
  async "violations close the connection, and nobody else's"() {
    const bystander = await connected();
    for (const bad of [
      "abc", "4", "4abc", "40", "42", '42["connect"]', "42{}", '42/nowhere,["a"]', '44"no"', '45["a"]', "451-", '4511-["a"]',
      '42["some","data"', '42abc["x"]', '4299999999999999999["x"]', "42[" + "[".repeat(100_000), Buffer.from([1]), "2", "2probe",
    ]) {
      const socket = await connected();
      socket.send(bad);
      await socket.closed;
    }
    const early = new Socket("EIO=4&transport=websocket");
    await early.open;
    early.send('42["early"]');
    await early.closed;
    const torn = await connected();
    torn.send('451-["echo",{"_placeholder":true,"num":0}]').send('42["echo",1]');
    await torn.closed;
    const large = await connected();
    large.send(`42["echo","${"x".repeat(maxPayload)}"]`);
    assert.equal(await large.closed, 1009);
    assert.equal(await bystander.send('421["echo","unharmed"]').next(), '431["unharmed"]');
  },
  async "what is odd and allowed"() {
    const socket = await connected();
    socket.send("3").send("0").send("6").send("5").send('43999["unasked"]').send("43[]").send('42[7,"a number"]');
    socket.send("40/nowhere,");
    assert.equal(await socket.next(), '44/nowhere,{"message":"Invalid namespace"}');
    socket.send("41").send("40");
    assert.match(await socket.next(), /^40\{"sid"/);
    assert.match(await socket.next(), /welcome/);
    const base64 = await connected("EIO=4&transport=websocket&b64=1");
    base64.send('451-1["echo",{"_placeholder":true,"num":0}]').send(Buffer.from([1, 2, 3, 4]));
    assert.equal(await base64.next(), '461-1[{"_placeholder":true,"num":0}]');
    assert.equal(await base64.next(), "bAQIDBA==");
  },
  async "a session in 10,000 groups"() {
    const socket = await connected();
    for (let i = 0; i < 10_000; i++) {
      socket.send(`42${i}["join","group ${i}"]`);
    }
    const answered = new Set();
    while (answered.size < 10_000) {
      const message = await socket.next();
      assert.match(message, /^43[0-9]+\["joined"\]$/);
      answered.add(message);
    }
    socket.send('42["shout","group 9999","loud"]');
    assert.equal(await socket.next(), '42["shouted","loud"]');
    socket.ws.close();
    await socket.closed;
  },
};

async function main() {
  let failures = 0;
  for (const [name, check] of Object.entries(checks)) {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error("takes too long")), 3 * PATIENCE);
    });
    try {
      await Promise.race([check(), late]);
    } catch (error) {
      failures++;
      console.log(`FAILED ${name}\n${error.stack}`);
    }
    clearTimeout(timer);
  }
  console.log(`${Object.keys(checks).length} checks of the wire, ${failures} failed`);
  process.exit(failures);
}

process.on("uncaughtException", (error) => {
  console.log(`FAILED ${error.stack}`);
  process.exit(99);
});
main();
