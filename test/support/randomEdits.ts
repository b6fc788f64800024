/** A small generator of numbers in [0, 1), so that a failure can be repeated. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const characters = '\'"`$$()[]{};:?@\\#-/*!.,%+=<\n\r\t \ufeff💡é\0';
const words = ['--', '/*', '*/', '/*!40101', '$$', '$a$', "E'", 'U&"', '{{', '}}', '${', '{%', 'BEGIN', 'END', 'CASE', 'IF', 'CREATE ', 'TRIGGER ', 'FUNCTION ', 'ATOMIC', 'RULE '];
const lines = ['\nSELECT ', '\nINSERT INTO t ', '\nDELIMITER //\n', '\nDELIMITER ;\n', '\nGO\n', 'COPY t FROM STDIN;\n', '\n\\.\n', '\\g', '-- +goose StatementBegin\n', '-- +goose StatementEnd\n', 'VALUES ', 'AS ', '1e', '0x', ';\nCREATE TABLE t (a int);\n', '\nCREATE FUNCTION f() AS $$', '\nALTER TABLE t '];

/** Pieces of text that splitting could trip over. */
export const fragments: readonly string[] = [...characters.split(''), ...words, ...lines];

/** `count` fragments in a row. */
export function randomText(random: () => number, count: number): string {
  return Array.from({ length: count }, () => fragments[Math.floor(random() * fragments.length)]).join('');
}

/** One edit of the text: something typed, deleted, replaced, pasted from elsewhere in it, or half of it cut away. */
export function randomEdit(text: string, random: () => number): string {
  const below = (limit: number) => Math.floor(random() * limit);
  const at = below(text.length + 1);
  const choice = random();
  if (choice < 0.3) return text.slice(0, at) + fragments[below(fragments.length)]! + text.slice(at);
  if (choice < 0.5) return text.slice(0, at) + text.slice(at + 1 + below(3));
  if (choice < 0.65) return text.slice(0, at) + text.slice(at + below(200));
  if (choice < 0.8) return text.slice(0, at) + randomText(random, below(6)) + text.slice(at + below(40));
  if (choice < 0.98 || text.length < 200) {
    const from = below(text.length + 1);
    return text.slice(0, at) + text.slice(from, from + below(300)) + text.slice(at);
  }
  return random() < 0.5 ? text.slice(0, text.length >> 1) : text.slice(text.length >> 1);
}
