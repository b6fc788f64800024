import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';

const require = createRequire(import.meta.url);

/** Modules through which a process reaches files, the network, and other processes. */
const outward = ['fs', 'fs/promises', 'child_process', 'net', 'tls', 'dgram', 'dns', 'dns/promises', 'http', 'https', 'http2', 'worker_threads', 'cluster', 'vm', 'inspector'];

/** The same among the globals. */
const outwardGlobals = ['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest', 'Worker'];

/**
 * Takes this process its files, its network and its power to make code, for good. What runs in WebAssembly reaches the machine only through the
 * functions that JavaScript lends it, and those are looked up when they are called: an engine that is sealed finds nothing behind its
 * system calls, whatever SQL it is given. Libraries that SQL could write and load would bring JavaScript as text (Emscripten evaluates it), so
 * text is no longer made code, and no libraries are compiled but the engine's own.
 * To be called when the engine has read its own files.
 * @param libraries the bytes of the libraries that the engine may link
 */
export function seal(libraries: readonly Uint8Array[]): void {
  const modules = outward.map((name) => require(`node:${name}`) as Record<string, unknown>);
  for (const module of modules) {
    for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(module))) {
      // What is behind a getter is not loaded for this: Node's WebSocket would compile a parser of its own later, and fail. Constants are fixed.
      if (typeof property.value === 'function' || ('get' in property && property.configurable)) replace(module, key, refuse);
    }
  }
  // Taken away and not replaced: to replace WebSocket, Node would load it.
  for (const name of outwardGlobals) Reflect.deleteProperty(globalThis, name);
  setFlagsFromString('--disallow-code-generation-from-strings');
  refuseLibraries(new Set(libraries.map(digest)));
}

function refuse(): never {
  throw Object.assign(new Error('An engine has no access to files, network or processes.'), { code: 'EACCES' });
}

function replace(holder: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, writable: false, configurable: false, enumerable: true });
}

/** Modules with a section `dylink.0` are libraries, which are linked into the running engine and see all that it sees. */
function refuseLibraries(known: ReadonlySet<string>): void {
  const { Module } = WebAssembly;
  const guarded = class extends Module {
    constructor(bytes: Uint8Array) {
      super(bytes);
      const library = ['dylink.0', 'dylink'].some((section) => Module.customSections(this, section).length > 0);
      if (library && !known.has(digest(bytes))) refuse();
    }
  };
  const holder = WebAssembly as unknown as Record<string, unknown>;
  replace(holder, 'Module', guarded);
  for (const key of ['compile', 'instantiate', 'compileStreaming', 'instantiateStreaming']) replace(holder, key, refuse);
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}
