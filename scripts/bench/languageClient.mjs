import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { memoryLimit, serve } from './processes.mjs';

/** A measurement that was given up: `reason` is "time" or "memory". */
export class GivenUp extends Error {
  constructor(reason) {
    super(`given up: ${reason}`);
    this.reason = reason;
  }
}

/** A client of one language server. It pulls diagnostics when the server offers that, else it waits until they are pushed. */
export class LanguageClient {
  #server;
  #chunks = [];
  #received = 0;
  #needed = 0;
  #nextId = 1;
  #version = 1;
  #pending = new Map();
  #waiting = new Map();
  #texts = new Map();
  /** What the server called its last answer about a file, which an editor sends along with the next question. */
  #answers = new Map();
  #capabilities = {};

  #push;

  /** @param options `cwd`, `env`, and `push`: whether the server is to push diagnostics even if it could be asked for them. */
  constructor(command, { push, ...options }) {
    this.#push = push;
    this.#server = serve(command, options);
    this.#server.child.stdout.on('data', (chunk) => this.#take(chunk));
    this.#server.child.stdin.on('error', () => undefined);
  }

  /** Bytes of memory, at their peak. */
  get memory() {
    return this.#server.peak();
  }

  /** Bytes of memory now, of the server and all that it started. */
  get resident() {
    return this.#server.resident();
  }

  uriOf(path) {
    return pathToFileURL(path).href;
  }

  /** Asks what the benchmark's other methods do not; gives the milliseconds until the answer, and the answer. Throws what the server says went wrong. */
  async ask(method, params, timeout) {
    const begin = performance.now();
    const { at, message } = await this.#answer(method, params, timeout);
    if (message.error) throw new Error(`${method}: ${message.error.message}`);
    return { milliseconds: at - begin, result: message.result };
  }

  async initialize(folder, settings) {
    this.settings = settings;
    const uri = pathToFileURL(folder).href;
    const { capabilities } = await this.#request('initialize', {
      processId: process.pid,
      rootUri: uri,
      workspaceFolders: [{ uri, name: 'bench' }],
      capabilities: {
        workspace: { configuration: true, workspaceFolders: true, diagnostics: { refreshSupport: true } },
        textDocument: { synchronization: {}, publishDiagnostics: { relatedInformation: true, versionSupport: true }, ...(!this.#push && { diagnostic: { relatedInformation: true } }) },
      },
    }, 20_000);
    this.#capabilities = capabilities;
    this.#send({ method: 'initialized', params: {} });
  }

  /** Opens a file; gives the milliseconds until its diagnostics were here, and how many they are. */
  open(path, text, timeout) {
    const uri = pathToFileURL(path).href;
    this.#texts.set(uri, text);
    return this.#untilDiagnostics(uri, timeout, () => this.#send({ method: 'textDocument/didOpen', params: { textDocument: { uri, languageId: 'sql', version: this.#version, text } } }));
  }

  /**
   * Replaces `length` characters at `offset` by `put`.
   * @returns milliseconds until the diagnostics of `shown` (the edited file unless given) were here, and how many they are.
   */
  edit(path, { offset, length, put }, timeout, shown = path) {
    const uri = pathToFileURL(path).href;
    const text = this.#texts.get(uri);
    const changed = text.slice(0, offset) + put + text.slice(offset + length);
    const sync = this.#capabilities.textDocumentSync;
    const whole = (typeof sync === 'object' ? sync.change : sync) !== 2;
    const change = whole ? { text: changed } : { range: { start: positionAt(text, offset), end: positionAt(text, offset + length) }, text: put };
    this.#texts.set(uri, changed);
    const message = { method: 'textDocument/didChange', params: { textDocument: { uri, version: ++this.#version }, contentChanges: [change] } };
    return this.#untilDiagnostics(pathToFileURL(shown).href, timeout, () => this.#send(message));
  }

  stop() {
    this.#server.stop();
  }

  async #untilDiagnostics(uri, timeout, act) {
    const begin = performance.now();
    if (this.#push || !this.#capabilities.diagnosticProvider) {
      const pushed = this.#within(timeout, (resolve) => this.#waiting.set(uri, resolve));
      act();
      const { at, params } = await pushed;
      return { milliseconds: at - begin, findings: params.diagnostics.length };
    }
    act();
    for (;;) {
      const known = this.#answers.get(uri);
      const { at, message } = await this.#answer('textDocument/diagnostic', { textDocument: { uri }, previousResultId: known?.id }, timeout - (performance.now() - begin));
      if (message.result) {
        const { kind, items, resultId: id } = message.result;
        const findings = kind === 'unchanged' ? known.findings : items?.length;
        this.#answers.set(uri, { id, findings });
        return { milliseconds: at - begin, findings };
      }
      if (message.error?.data?.retriggerRequest === false) throw new Error(message.error.message);
    }
  }

  async #request(method, params, timeout) {
    const { message } = await this.#answer(method, params, timeout);
    if (message.error) throw new Error(`${method}: ${message.error.message}`);
    return message.result;
  }

  #answer(method, params, timeout) {
    const id = this.#nextId++;
    const answer = this.#within(timeout, (resolve) => this.#pending.set(id, resolve));
    this.#send({ id, method, params });
    return answer;
  }

  /** Waits for an answer, as long as time and memory allow. */
  #within(timeout, listen) {
    return new Promise((resolve, reject) => {
      const finish = (settle, value) => {
        clearTimeout(limit);
        clearInterval(guard);
        settle(value);
      };
      const limit = setTimeout(() => finish(reject, new GivenUp('time')), Math.max(0, timeout));
      const guard = setInterval(() => this.memory > memoryLimit && finish(reject, new GivenUp('memory')), 500);
      listen((value) => finish(resolve, value));
    });
  }

  #send(message) {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    this.#server.child.stdin.write(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]));
  }

  /** Gathers bytes; they are joined only when a whole message can be in them. */
  #take(chunk) {
    this.#chunks.push(chunk);
    this.#received += chunk.length;
    while (this.#received > 0 && this.#received >= this.#needed) {
      const bytes = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
      this.#chunks = [bytes];
      const head = bytes.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/Content-Length: *(\d+)/i.exec(bytes.toString('latin1', 0, head))[1]);
      this.#needed = head + 4 + length;
      if (bytes.length < this.#needed) return;
      const at = performance.now();
      this.#chunks = [bytes.subarray(this.#needed)];
      this.#received -= this.#needed;
      this.#hear(JSON.parse(bytes.toString('utf8', head + 4, this.#needed)), at);
      this.#needed = 0;
    }
  }

  #hear(message, at) {
    if (message.method !== undefined && message.id !== undefined) {
      const result = message.method === 'workspace/configuration' ? message.params.items.map(() => this.settings ?? null) : null;
      this.#send({ id: message.id, result });
    } else if (message.method === 'textDocument/publishDiagnostics') {
      const { uri, version } = message.params;
      if (typeof version === 'number' && version < this.#version) return;
      const waiting = this.#waiting.get(uri);
      this.#waiting.delete(uri);
      waiting?.({ at, params: message.params });
    } else if (message.id !== undefined) {
      const pending = this.#pending.get(message.id);
      this.#pending.delete(message.id);
      pending?.({ at, message });
    }
  }
}

function positionAt(text, offset) {
  let line = 0;
  let start = 0;
  for (let next = text.indexOf('\n'); next >= 0 && next < offset; next = text.indexOf('\n', start)) {
    line++;
    start = next + 1;
  }
  return { line, character: offset - start };
}
