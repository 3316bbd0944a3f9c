// Selvedge client for browsers and Node.js 20 or later. No dependencies, no build step.
//
//   import { connect } from "/selvedge.js";
//   const deli = connect("/deli");
//   deli.on("board", (numbers) => draw(numbers));
//   const ticket = await deli.request("take", "ham");
//
// Loaded with <script type="module" src="/selvedge.js"> it is also the global `Selvedge`.
// The wire contract is docs/protocol.md.

/** What goes wrong: `code` is for programs, `message` for people, `data` what the function added. */
export class SelvedgeError extends Error {
  constructor(code, text, data) {
    super(text);
    this.name = "SelvedgeError";
    this.code = code;
    this.data = data;
  }
}

const DEFAULTS = {
  /** Tried in this order. */
  transports: ["websocket", "sse", "longpoll"],
  /** How long a request waits for its reply, in ms. */
  timeout: 10_000,
  /** How long a transport may take to open, in ms. */
  connectTimeout: 5_000,
  /** What may wait to be sent, in characters of JSON; beyond it send() throws `queue-full`. */
  maxQueue: 1024 * 1024,
  /** The first and the longest wait before a new attempt, in ms; each wait is jittered. */
  minDelay: 500,
  maxDelay: 15_000,
};

/** Names of the client's own events; a message of such a name comes as `message:<name>`. */
const OWN_EVENTS = new Set(["open", "close", "error", "transport", "*"]);

/** Close codes after which a new connection may do better. */
const RETRYABLE = new Set([1001, 1006, 1011, 1012, 1013, 4001, 4002, 4008]);

const LOST = { code: 1006, text: "connection lost", retry: true };

/** A connection that had lasted so long, in ms, counts as good: the next attempt is made soon. */
const GOOD_AFTER = 5_000;

/** Streams wait while so many characters have not left. */
const STREAM_WAITING = 64 * 1024;

/** So many times a transport that has worked, or was answered, is tried before the next one is. */
const PATIENCE = 4;

/** Opens a connection; see Connection. */
export function connect(url, options) {
  return new Connection(url, options);
}

/**
 * A connection to a function. It reconnects by itself until close() is called or the server says
 * that it is of no use. Messages sent meanwhile wait.
 *
 * Events: `open` {session, transport} for each new session; `close` {code, text, retry} when a
 * session has ended, and with `retry` false the connection too; `transport` (name) when another
 * transport is in use; `error` (SelvedgeError) when an attempt to connect was in vain, or a message was
 * refused; and the function's messages by their names, `*` for all of them.
 */
export class Connection {
  #url;
  #options;
  #listeners = new Map();
  #queue = [];
  #queuedChars = 0;
  #requests = new Map();
  #answers = new Map();
  #lastId = 0;
  #lastStream = 0;
  #index = 0;
  #proven = -1;
  #failures = 0;
  #transport = null;
  #open = false;
  #openedAt = 0;
  #usedTransport = null;
  #retryTimer;
  #closed = false;

  constructor(url, options = {}) {
    this.#url = absolute(url);
    this.#options = { ...DEFAULTS, ...options };
    for (const name of this.#options.transports) {
      if (!TRANSPORTS[name]) {
        throw new SelvedgeError("bad-transport", `transport: ${name} (expected: websocket, sse, longpoll)`);
      }
    }
    // Later, so that the caller can add its listeners first.
    queueMicrotask(() => this.#connect());
  }

  /** The id of the session, or null while there is none. */
  session = null;

  /** Whether messages are sent at once. */
  get connected() {
    return this.#open;
  }

  /** The transport in use, or null. */
  get transport() {
    return this.#open ? this.#usedTransport : null;
  }

  /** Adds a listener. Returns a function that removes it. */
  on(event, listener) {
    if (!this.#listeners.has(event)) this.#listeners.set(event, new Set());
    this.#listeners.get(event).add(listener);
    return () => this.off(event, listener);
  }

  off(event, listener) {
    this.#listeners.get(event)?.delete(listener);
    return this;
  }

  /**
   * Sends a message: JSON values, Uint8Array, ArrayBuffer, and async iterables, whose items follow as a
   * stream. Throws `closed` or `queue-full`.
   */
  send(event, ...args) {
    this.#say({ event }, args);
  }

  /**
   * Sends a message and waits for its reply: resolves to its one value, to an array if it has
   * several, to undefined if it has none. Rejects with the function's error, `timeout`, `closed`,
   * `queue-full`, or `disconnected` if the session ended before the reply came.
   */
  request(event, ...args) {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#say({ event, id }, args);
      const timer = setTimeout(() => {
        this.#requests.delete(id);
        reject(new SelvedgeError("timeout", `no reply to ${event} within ${this.#options.timeout} ms`));
      }, this.#options.timeout);
      this.#requests.set(id, { resolve, reject, timer });
    });
  }

  /**
   * Sends a message that is answered with a stream, and gives its items:
   *
   *   for await (const price of shop.stream("prices", "ham")) draw(price);
   *
   * Leaving the loop cancels the stream. It throws as the promise of request() rejects; there is no
   * time-out.
   */
  stream(event, ...args) {
    const id = ++this.#lastId;
    const items = new Items(() => {
      this.#requests.delete(id);
      if (this.#open) this.#put({ cancel: id });
    });
    this.#requests.set(id, { items, resolve: (value) => items.all(value), reject: (error) => items.end(error) });
    try {
      this.#say({ event, id, stream: true }, args);
    } catch (error) {
      this.#requests.delete(id);
      throw error;
    }
    return items;
  }

  /**
   * Answers the function's questions of that name with what `answerer(...args)` returns, or a promise
   * of it; what it throws is the function's error, with its code if it is a SelvedgeError.
   */
  answer(event, answerer) {
    this.#answers.set(event, answerer);
    return this;
  }

  /** Ends the session and the connection. */
  close() {
    this.#end({ code: 1000, text: "normal", retry: false });
  }

  // Sending.

  #say(message, args) {
    const isStream = (arg) => arg?.[Symbol.asyncIterator] !== undefined;
    const streams = args.filter(isStream).map((source) => ({ source, number: ++this.#lastStream }));
    message.args = args.filter((arg) => !isStream(arg)).map(toWire);
    if (streams.length > 0) message.streams = streams.map(({ number }) => number);
    this.#put(message);
    for (const { source, number } of streams) this.#pump(source, number);
  }

  /** Sends the items of a stream, no faster than they leave; gives up when its session is over. */
  async #pump(source, stream) {
    let session = this.session;
    try {
      for await (const item of source) {
        while (!this.#closed && this.#waiting() > STREAM_WAITING) await pause(10);
        session ??= this.session;
        if (this.#closed || session !== this.session) return;
        this.#put({ stream, item: toWire(item) });
      }
      if (!this.#closed && session === this.session) this.#put({ stream, end: true });
    } catch (error) {
      if (!this.#closed && session === this.session) this.#put({ stream, error: errorToWire(error) });
    }
  }

  #waiting() {
    return this.#queuedChars + (this.#transport?.waiting ?? 0);
  }

  #put(message) {
    if (this.#closed) throw new SelvedgeError("closed", "the connection is closed");
    const text = JSON.stringify(message);
    if (this.#waiting() + text.length > this.#options.maxQueue) {
      throw new SelvedgeError("queue-full", `more than ${this.#options.maxQueue} characters wait to be sent`);
    }
    if (this.#open) {
      this.#transport.send(text, message.id);
    } else {
      this.#queue.push({ text, id: message.id });
      this.#queuedChars += text.length;
    }
  }

  #flush() {
    const queue = this.#queue;
    this.#queue = [];
    this.#queuedChars = 0;
    for (const { text, id } of queue) this.#transport.send(text, id);
  }

  // Connecting.

  #connect() {
    if (this.#closed) return;
    const name = this.#options.transports[this.#index];
    const transport = new TRANSPORTS[name](this.#url, this.#options);
    this.#transport = transport;
    const current = () => this.#transport === transport;
    transport.start({
      opened: (session) => current() && this.#opened(name, session),
      message: (message) => current() && this.#receive(message),
      refused: (ids, error) => current() && this.#refused(ids, error),
      closed: (reason, delay) => current() && this.#over(reason, delay),
    });
  }

  /** A session is there: the first, or one in place of another that could not be resumed. */
  #opened(name, session) {
    if (this.#open) this.#sessionEnded(LOST);
    this.#open = true;
    this.#proven = this.#index;
    this.#openedAt = Date.now();
    this.session = session;
    if (this.#usedTransport !== name) {
      this.#usedTransport = name;
      this.#emit("transport", name);
    }
    this.#emit("open", { session, transport: name });
    if (this.#open) this.#flush();
  }

  /** The transport is done for: not opened, lost, or closed by the server. */
  #over(reason, delay = 0) {
    this.#transport = null;
    if (!this.#open) {
      this.#next(reason, delay);
      return;
    }
    if (Date.now() - this.#openedAt > GOOD_AFTER) this.#failures = 0;
    if (!reason.retry) {
      this.#end(reason);
      return;
    }
    this.#sessionEnded(reason);
    this.#connectLater(delay);
  }

  /**
   * Another transport at once; when all have failed, the first one again after a while. A transport
   * that has worked is not given up because the server is away for a moment.
   */
  #next(reason, delay) {
    if (reason.final && !reason.retry) {
      this.#end(reason);
      return;
    }
    const stays = (reason.final || this.#index === this.#proven) && this.#failures < PATIENCE;
    if (!stays && this.#index + 1 < this.#options.transports.length) {
      this.#index++;
      this.#connect();
      return;
    }
    if (!stays) this.#index = 0;
    this.#emit("error", new SelvedgeError("unreachable", `no connection: ${reason.text}`));
    this.#connectLater(delay);
  }

  #connectLater(atLeast) {
    if (this.#closed) return;
    const { minDelay, maxDelay } = this.#options;
    const wait = Math.max(atLeast, Math.min(maxDelay, minDelay * 2 ** this.#failures++));
    this.#retryTimer = setTimeout(() => this.#connect(), wait * (0.5 + Math.random() / 2));
  }

  #sessionEnded(reason) {
    this.#open = false;
    this.session = null;
    const queued = new Set(this.#queue.map((waiting) => waiting.id));
    for (const id of [...this.#requests.keys()]) {
      if (!queued.has(id)) this.#reject(id, new SelvedgeError("disconnected", reason.text));
    }
    this.#emit("close", { code: reason.code, text: reason.text, retry: reason.retry });
  }

  #end(reason) {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    const transport = this.#transport;
    this.#transport = null;
    transport?.close();
    this.#queue = [];
    this.#sessionEnded({ ...reason, retry: false });
  }

  // Receiving.

  #receive(message) {
    if (message.request !== undefined) {
      this.#answer(message.request, message.event, message.args.map(fromWire));
    } else if (message.event !== undefined) {
      const args = message.args.map(fromWire);
      this.#emit(OWN_EVENTS.has(message.event) ? "message:" + message.event : message.event, ...args);
      this.#emit("*", message.event, ...args);
    } else if (message.error) {
      const { code, text, data } = message.error;
      this.#reject(message.reply, new SelvedgeError(code, text, data));
    } else if (message.end) {
      this.#take(message.reply)?.items?.end();
    } else if (message.item !== undefined) {
      this.#requests.get(message.reply)?.items?.push(fromWire(message.item));
    } else {
      const args = message.args.map(fromWire);
      this.#take(message.reply)?.resolve(args.length > 1 ? args : args[0]);
    }
  }

  async #answer(answer, event, args) {
    const { session } = this;
    const answerer = this.#answers.get(event);
    const reply = { answer };
    try {
      if (!answerer) throw new SelvedgeError("no-answer", `nobody answers ${event} here`);
      const value = await answerer(...args);
      reply.args = value === undefined ? [] : [toWire(value)];
    } catch (error) {
      reply.error = errorToWire(error);
    }
    if (this.#open && this.session === session) this.#put(reply);
  }

  #refused(ids, error) {
    for (const id of ids) this.#reject(id, error);
    this.#emit("error", error);
  }

  #reject(id, error) {
    this.#take(id)?.reject(error);
  }

  #take(id) {
    const request = this.#requests.get(id);
    if (request) {
      this.#requests.delete(id);
      clearTimeout(request.timer);
    }
    return request;
  }

  /** A listener that throws does not keep the others from being called. */
  #emit(event, ...args) {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        listener(...args);
      } catch (error) {
        console.error(`selvedge: listener of ${event} failed`, error);
      }
    }
  }
}

/** The items of a stream, for one reader: an async iterable. */
class Items {
  #waiting = [];
  #reader = null;
  #over = false;
  #error;
  #cancel;

  constructor(cancel) {
    this.#cancel = cancel;
  }

  push(item) {
    this.#waiting.push(item);
    this.#serve();
  }

  /** A function that does not stream has answered with one value: the only item. */
  all(value) {
    this.push(value);
    this.end();
  }

  end(error) {
    this.#over = true;
    this.#error = error;
    this.#serve();
  }

  #serve() {
    const reader = this.#reader;
    if (!reader || (this.#waiting.length === 0 && !this.#over)) return;
    this.#reader = null;
    if (this.#waiting.length > 0) reader.resolve({ value: this.#waiting.shift(), done: false });
    else if (this.#error) reader.reject(this.#error);
    else reader.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  next() {
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
      this.#serve();
    });
  }

  async return() {
    if (!this.#over) {
      this.#over = true;
      this.#waiting = [];
      this.#cancel();
    }
    return { value: undefined, done: true };
  }
}

function errorToWire(error) {
  const { code, message, data } = error instanceof SelvedgeError ? error : { code: "failed", message: String(error?.message ?? error) };
  return data === undefined ? { code, text: message } : { code, text: message, data };
}

const pause = (ms) => new Promise((later) => setTimeout(later, ms));

// Values: bytes among the arguments are {"$binary": base64}.

function toWire(value) {
  if (value instanceof ArrayBuffer) value = new Uint8Array(value);
  if (!ArrayBuffer.isView(value)) return value;
  const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  let binary = "";
  for (let i = 0; i < bytes.length; i += 8192) {
    binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  }
  return { $binary: btoa(binary) };
}

function fromWire(value) {
  const binary = value?.$binary;
  if (typeof binary !== "string" || Object.keys(value).length !== 1) return value;
  return Uint8Array.from(atob(binary), (char) => char.charCodeAt(0));
}

// URLs.

function absolute(url) {
  const resolved = new URL(url, globalThis.location?.href);
  resolved.protocol = resolved.protocol.replace(/^ws/, "http");
  return resolved;
}

// Transports. Each is started once with {opened, message, refused, closed}; `closed` is the last.

class WebSocketTransport {
  #url;
  #options;
  #socket = null;

  constructor(url, options) {
    this.#url = new URL(url);
    this.#url.protocol = url.protocol.replace(/^http/, "ws");
    this.#options = options;
  }

  get waiting() {
    return this.#socket?.bufferedAmount ?? 0;
  }

  start(events) {
    let open = false;
    let over = false;
    const closed = (reason) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      this.close();
      events.closed(reason);
    };
    const timer = setTimeout(() => closed(LOST), this.#options.connectTimeout);
    try {
      this.#socket = new WebSocket(this.#url, "selvedge.json.v1");
    } catch (error) {
      // Not there, or blocked. Later, as every other failure.
      queueMicrotask(() => closed({ ...LOST, text: String(error.message ?? error) }));
      return;
    }
    this.#socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (open) {
        events.message(message);
      } else {
        open = true;
        clearTimeout(timer);
        events.opened(message.session);
      }
    };
    this.#socket.onerror = () => {}; // a close event follows
    this.#socket.onclose = ({ code, reason }) => {
      // A server that answers at all, and closes for good, would do so on each transport.
      const final = code !== 1006;
      closed({ code, text: reason || "connection lost", retry: RETRYABLE.has(code), final });
    };
  }

  send(text) {
    this.#socket.send(text);
  }

  close() {
    try {
      this.#socket?.close(1000);
    } catch {
      // closed already
    }
  }
}

/** What event streams and long-polls have in common: a session, a token, and posts. */
class HttpTransport {
  url;
  options;
  events;
  session = null;
  token = null;
  over = false;
  aborter = new AbortController();
  #queue = [];
  #chars = 0;
  #seq = 0;
  #posting = false;

  constructor(url, options) {
    this.url = url;
    this.options = options;
  }

  get waiting() {
    return this.#chars;
  }

  start(events) {
    this.events = events;
    this.run().catch((error) => this.ended({ ...LOST, text: String(error.message ?? error) }));
  }

  /** A session to talk to; posts are numbered anew. */
  begin(session, token) {
    this.session = session;
    this.token = token;
    this.#seq = 0;
    this.#queue = [];
    this.#chars = 0;
    this.events.opened(session);
  }

  ended(reason, delay) {
    if (this.over) return;
    this.over = true;
    this.aborter.abort();
    this.events.closed(reason, delay);
  }

  close() {
    if (this.over) return;
    this.over = true;
    this.aborter.abort();
    if (this.session) {
      fetch(this.url, { method: "DELETE", headers: this.headers(), keepalive: true }).catch(() => {});
    }
  }

  headers(more) {
    return { "x-selvedge-session": this.session, "x-selvedge-token": this.token, ...more };
  }

  /** A fetch that ends with the transport, or with `silence` ms; the caller disarms it. */
  async fetch(url, init, silence) {
    const aborter = new AbortController();
    const abort = () => aborter.abort();
    this.aborter.signal.addEventListener("abort", abort);
    let timer = setTimeout(abort, silence);
    const disarm = () => {
      clearTimeout(timer);
      this.aborter.signal.removeEventListener("abort", abort);
    };
    const rearm = (ms) => {
      clearTimeout(timer);
      timer = setTimeout(abort, ms);
    };
    try {
      const response = await fetch(url, { cache: "no-store", ...init, signal: aborter.signal });
      return { response, disarm, rearm, abort };
    } catch (error) {
      disarm();
      throw error;
    }
  }

  /** The server's reason for an answer that is no success. */
  async reasonOf(response) {
    const body = await response.json().catch(() => ({}));
    if (body.close) return { ...body.close, final: true };
    return { ...LOST, text: body.error?.text ?? `HTTP status ${response.status}` };
  }

  // Posts: one at a time, each with all that waits, repeated under its number until it is answered.

  send(text, id) {
    this.#queue.push({ text, id });
    this.#chars += text.length;
    if (!this.#posting) this.#postAll();
  }

  async #postAll() {
    this.#posting = true;
    while (this.#queue.length > 0 && !this.over) {
      await this.#post(this.session, ++this.#seq, this.#nextBatch());
    }
    this.#posting = false;
  }

  #nextBatch() {
    const batch = [];
    let chars = 0;
    while (this.#queue.length > 0 && (batch.length === 0 || chars + this.#queue[0].text.length < 32_768)) {
      const one = this.#queue.shift();
      chars += one.text.length;
      batch.push(one);
    }
    this.#chars -= chars;
    return batch;
  }

  async #post(session, seq, batch) {
    const init = {
      method: "POST",
      headers: this.headers({ "content-type": "application/json", "x-selvedge-seq": String(seq) }),
      body: "[" + batch.map((one) => one.text).join(",") + "]",
    };
    for (let attempt = 0; !this.over && this.session === session; attempt++) {
      const status = await this.#postOnce(init, batch);
      if (status > 0 && status < 500) return;
      await this.pause(Math.min(5_000, 250 * 2 ** attempt));
    }
  }

  /** The status of the answer; 0 if there was none. */
  async #postOnce(init, batch) {
    try {
      const { response, disarm } = await this.fetch(this.url, init, 60_000);
      try {
        if (response.status === 400 || response.status === 413) {
          const { error } = await response.json();
          const ids = batch.map((one) => one.id).filter((id) => id !== undefined);
          this.events.refused(ids, new SelvedgeError(error.code, error.text));
        } else if (response.status >= 400 && response.status < 500) {
          this.gone(await this.reasonOf(response));
        }
      } finally {
        disarm();
      }
      return response.status;
    } catch {
      return 0;
    }
  }

  /** A post was told that the session is over. */
  gone(reason) {
    this.ended(reason);
  }

  pause(ms) {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.aborter.signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, ms * (0.5 + Math.random() / 2));
      this.aborter.signal.addEventListener("abort", end);
    });
  }

  /** Attempts to come back to a session that the network cut off. */
  static RESUMES = 8;
}

class SseTransport extends HttpTransport {
  #lastEventId = "";
  #heartbeat = 25_000;

  async run() {
    for (let failures = 0; !this.over; ) {
      const got = await this.#stream();
      failures = got ? 0 : failures + 1;
      if (this.over) return;
      if (!this.session || failures > HttpTransport.RESUMES) {
        this.ended(LOST);
        return;
      }
      await this.pause(Math.min(5_000, 100 * 2 ** failures));
    }
  }

  /** One stream, to its end; tells whether anything came. */
  async #stream() {
    const headers = { accept: "text/event-stream" };
    if (this.#lastEventId) headers["last-event-id"] = this.#lastEventId;
    let got = false;
    let call;
    try {
      call = await this.fetch(this.url, { headers }, this.options.connectTimeout);
      const { response, rearm } = call;
      if (response.status !== 200 || !response.headers.get("content-type")?.startsWith("text/event-stream")) {
        const reason = await this.reasonOf(response);
        if (response.status < 500 || !this.session) this.ended(reason);
        return false;
      }
      for await (const event of eventsOf(response.body)) {
        got = true;
        this.#take(event);
        if (this.over) break;
        rearm(this.#heartbeat > 0 ? 2 * this.#heartbeat + 5_000 : 2 ** 31 - 1);
      }
    } catch {
      // cut off: the caller comes back
    } finally {
      call?.disarm();
      call?.abort();
    }
    return got;
  }

  #take({ event, data, id, retry }) {
    if (id !== undefined) this.#lastEventId = id;
    if (data === undefined) return;
    const value = JSON.parse(data);
    if (Array.isArray(value)) {
      this.events.message({ event, args: value });
    } else if (event === "open") {
      this.#heartbeat = value.heartbeat;
      this.begin(value.session, value.token);
    } else if (event === "close") {
      this.ended({ ...value, final: true }, retry);
    } else {
      this.events.message(value);
    }
  }

  /** The stream tells what came before the end, so it is left to find out. */
  gone() {}
}

/** The events of a stream, comments too (without data). */
async function* eventsOf(body) {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += decoder.decode(value, { stream: true });
    let end;
    while ((end = text.indexOf("\n\n")) >= 0) {
      yield parseEvent(text.slice(0, end));
      text = text.slice(end + 2);
    }
  }
}

function parseEvent(block) {
  const event = { event: "message" };
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    if (colon === 0) continue;
    const value = line.slice(colon + 1).replace(/^ /, "");
    const field = line.slice(0, colon);
    event[field] = field === "retry" ? Number(value) : value;
  }
  return event;
}

class LongPollTransport extends HttpTransport {
  #ack = 0;

  async run() {
    const url = new URL(this.url);
    url.searchParams.set("transport", "longpoll");
    const { response, disarm } = await this.fetch(url, { method: "POST" }, this.options.connectTimeout);
    try {
      if (response.status !== 200) {
        this.ended(await this.reasonOf(response));
        return;
      }
      const { session, token } = await response.json();
      this.begin(session, token);
    } finally {
      disarm();
    }
    for (let failures = 0; !this.over; ) {
      failures = (await this.#poll()) ? 0 : failures + 1;
      if (failures > HttpTransport.RESUMES) this.ended(LOST);
      if (failures > 0) await this.pause(Math.min(5_000, 100 * 2 ** failures));
    }
  }

  /** One poll; tells whether it was answered. */
  async #poll() {
    try {
      const headers = this.headers({ "x-selvedge-ack": String(this.#ack) });
      const { response, disarm } = await this.fetch(this.url, { headers }, 90_000);
      try {
        if (response.status === 200) {
          this.#take(await response.json());
          return true;
        }
        const reason = await this.reasonOf(response);
        if (response.status < 500) this.ended(reason);
        return false;
      } finally {
        disarm();
      }
    } catch {
      return false;
    }
  }

  /** A poll whose answer was lost is answered again: what was seen is passed over. */
  #take(messages) {
    for (const message of messages) {
      if (message.seq > this.#ack && !this.over) {
        this.#ack = message.seq;
        this.events.message(message);
      }
    }
  }

  /** The next poll tells what came before the end. */
  gone() {}
}

const TRANSPORTS = { websocket: WebSocketTransport, sse: SseTransport, longpoll: LongPollTransport };

globalThis.Selvedge = Object.freeze({ connect, Connection, SelvedgeError });
