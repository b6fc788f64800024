// What the product promises of its own speed; each check gives a sentence for what a run missed.
import { duration, megabytes } from './table.mjs';

const keystroke = 16;
/** Until the rest of a workspace follows an edit further back, in milliseconds. */
const others = 250;
const growth = 11;
const memory = 300e6;

/** Proofs: milliseconds of the first and of one after an edit, bytes that an open engine takes and that stay when it is closed. */
const proofs = { cold: 3000, warm: 300, open: 450e6, kept: 20e6 };

const sentence = (missed, text) => (missed ? [text] : []);

export const limits = {
  check: ({ title }, { bytes }) => sentence(bytes > memory, `check, ${title}: ${megabytes(bytes)} of memory, limit ${megabytes(memory)}.`),
  keystroke: (title, p95) => sentence(!(p95 <= keystroke), `keystroke, ${title}: p95 ${duration(p95)}, limit ${duration(keystroke)}.`),
  growth: (what, cell) => sentence(!(Number.parseFloat(cell) <= growth), `${what}, 10 times the input: ${cell} the time, limit ${growth}x.`),
  coldProof: (title, milliseconds) => sentence(!(milliseconds <= proofs.cold), `first proof, ${title}: ${duration(milliseconds)}, limit ${duration(proofs.cold)}.`),
  serverProofs: (title, { first, median, before, open, after }) => [
    ...sentence(!(first <= proofs.cold), `first proof in the server, ${title}: ${duration(first)}, limit ${duration(proofs.cold)}.`),
    ...sentence(!(median <= proofs.warm), `proof after an edit, ${title}: ${duration(median)}, limit ${duration(proofs.warm)}.`),
    ...sentence(!(open - before <= proofs.open), `memory of an open engine, ${title}: ${megabytes(open - before)}, limit ${megabytes(proofs.open)}.`),
    ...sentence(!(after - before <= proofs.kept), `memory kept when the engine is closed, ${title}: ${megabytes(after - before)}, limit ${megabytes(proofs.kept)}.`),
  ],
  workspace: (title, { p95, back, others: rest }) => [
    ...limits.keystroke(`newest of ${title}`, p95),
    ...limits.keystroke(`middle of ${title}`, back?.p95),
    ...sentence(!(rest?.p95 <= others), `${title}, character in the middle until the newest: p95 ${duration(rest?.p95)}, limit ${duration(others)}.`),
  ],
};
