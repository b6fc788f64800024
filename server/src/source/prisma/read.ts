import type { PrismaAttribute, PrismaBlock, PrismaConfigBlock, PrismaDocument, PrismaEnum, PrismaField, PrismaModel } from './ast.ts';
import { mapName, stringArgument } from './attributes.ts';
import type { PrismaToken } from './lexer.ts';
import { isBlockKeyword, PrismaCursor, readAttribute, readTypeName, readValue } from './values.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads a Prisma schema file. Never throws; half-typed text costs at most the block it stands in, because
 * `keyword name {` begins a new block wherever it is met.
 */
export function readPrisma(text: string): PrismaDocument {
  const { blocks, problems } = readBlocks(text, 0, () => false);
  return { blocks, problems, prismaNext: isPrismaNext(text) };
}

/** Whether the text asks for Prisma's next engine: `// use prisma-next` stands on its first line. */
export function isPrismaNext(text: string): boolean {
  return /^\s*\/\/ *use +prisma-next *(?!\S)/.test(text);
}

/** Reads blocks from an offset on, which is behind a closed block or the start of the text, until `isEnough` of where a closed block ends. */
export function readBlocks(text: string, start: number, isEnough: (end: number) => boolean): Pick<PrismaDocument, 'blocks' | 'problems'> {
  const cursor = new PrismaCursor(text, Math.max(0, start - 1));
  if (start > 0) cursor.take();
  const blocks: PrismaBlock[] = [];
  for (let documentation = skipBlank(cursor); cursor.peek().kind !== 'end'; documentation = skipBlank(cursor)) {
    if (cursor.atBlockStart() || atOpenlessBlock(cursor)) {
      const block = readBlock(cursor, documentation);
      blocks.push(block);
      if (isClosed(block) && isEnough(block.range.end)) break;
      continue;
    }
    cursor.problem('A block such as "model User {" is expected here.');
    do cursor.take();
    while (cursor.peek().kind !== 'newline' && cursor.peek().kind !== 'end' && !cursor.atBlockStart());
  }
  return { blocks, problems: cursor.problems };
}

const closed = new WeakSet<PrismaBlock>();

/** Whether a block ends with its brace, so that nothing behind it is a part of it. */
export function isClosed(block: PrismaBlock): boolean {
  return closed.has(block);
}

/** `model User` at the start of a line whose brace is not typed yet. Indented, `type String` is a field of a lost block. */
function atOpenlessBlock(cursor: PrismaCursor): boolean {
  if (!cursor.isWord() || !isBlockKeyword(cursor.peek().text) || !cursor.isWord(1)) return false;
  const before = cursor.previous();
  return before === undefined || (before.kind === 'newline' && before.end === cursor.peek().start);
}

function readBlock(cursor: PrismaCursor, documentation: string | undefined): PrismaBlock {
  const keyword = cursor.take();
  const name = cursor.take();
  if (cursor.isMark('{')) cursor.take();
  else cursor.problem('The opening brace of this block is missing.', name);
  const head = { name: name.text, nameRange: { start: name.start, end: name.end } };
  switch (keyword.text) {
    case 'datasource':
    case 'generator':
      return readConfigBlock(cursor, { kind: keyword.text, ...head }, keyword.start);
    case 'enum':
      return readEnum(cursor, { kind: 'enum', ...head }, keyword.start);
    default:
      return readModel(cursor, { kind: keyword.text as PrismaModel['kind'], ...head, documentation }, keyword.start);
  }
}

function readModel(
  cursor: PrismaCursor,
  head: Pick<PrismaModel, 'kind' | 'name' | 'nameRange' | 'documentation'>,
  start: number,
): PrismaModel {
  const fields: PrismaField[] = [];
  const attributes: PrismaAttribute[] = [];
  const close = readMembers(cursor, (token, documentation) => {
    if (token.text === '@@') attributes.push(readAttribute(cursor));
    else if (token.kind === 'word') fields.push(readField(cursor, documentation));
    else return false;
    return true;
  });
  return noted({ ...head, fields, attributes, range: cursor.since(start), closeBrace: close && { start: close.start, end: close.end } }, close);
}

function readField(cursor: PrismaCursor, documentation: string | undefined): PrismaField {
  const name = cursor.take();
  const field: Mutable<PrismaField> = {
    name: name.text,
    nameRange: { start: name.start, end: name.end },
    type: '',
    typeRange: { start: name.end, end: name.end },
    optional: false,
    list: false,
    attributes: [],
    range: name,
  };
  if (cursor.isWord()) {
    const type = readTypeName(cursor);
    field.type = type.name;
    field.typeRange = type.range;
  } else {
    cursor.problem('The type of this field is missing.', name);
  }
  if (cursor.isMark('[')) {
    cursor.take();
    field.list = true;
    if (cursor.isMark(']')) cursor.take();
    else cursor.problem('] is expected here.');
  }
  if (cursor.isMark('?')) {
    cursor.take();
    field.optional = true;
  }
  const attributes: PrismaAttribute[] = [];
  while (cursor.isMark('@')) attributes.push(readAttribute(cursor));
  field.attributes = attributes;
  field.range = cursor.since(name.start);
  const trailing = cursor.peek().kind === 'documentation' ? documentationText(cursor.peek()) : undefined;
  const whole = [documentation, trailing].filter((part) => part !== undefined).join('\n');
  if (whole !== '') field.documentation = whole;
  return field;
}

function readEnum(cursor: PrismaCursor, head: Pick<PrismaEnum, 'kind' | 'name' | 'nameRange'>, start: number): PrismaEnum {
  const values: PrismaEnum['values'][number][] = [];
  const attributes: PrismaAttribute[] = [];
  const close = readMembers(cursor, (token) => {
    if (token.text === '@@') {
      attributes.push(readAttribute(cursor));
      return true;
    }
    if (token.kind !== 'word' && token.kind !== 'number') return false;
    cursor.take();
    const own: PrismaAttribute[] = [];
    while (cursor.isMark('@')) own.push(readAttribute(cursor));
    values.push({ name: token.text, map: mapName({ attributes: own }), range: cursor.since(token.start) });
    return true;
  });
  const owner = { attributes };
  return noted({ ...head, values, map: mapName(owner), schema: stringArgument(owner, 'schema', 'map', 0), range: cursor.since(start) }, close);
}

function readConfigBlock(
  cursor: PrismaCursor,
  head: Pick<PrismaConfigBlock, 'kind' | 'name' | 'nameRange'>,
  start: number,
): PrismaConfigBlock {
  const properties: PrismaConfigBlock['properties'][number][] = [];
  const close = readMembers(cursor, (token) => {
    if (token.kind !== 'word') return false;
    cursor.take();
    if (cursor.isMark('=')) {
      cursor.take();
      const value = readValue(cursor);
      properties.push({ name: token.text, value, range: cursor.since(token.start) });
    } else {
      cursor.problem('= is expected after this name.', token);
    }
    return true;
  });
  return noted({ ...head, properties, range: cursor.since(start) }, close);
}

/** Notes that a block has its closing brace. */
function noted<B extends PrismaBlock>(block: B, close: PrismaToken | undefined): B {
  if (close) closed.add(block);
  return block;
}

/**
 * Reads the members of a block up to its closing brace, which is answered, or up to the next block.
 * `readMember` takes one member and answers false, having taken nothing, when none begins with the token.
 */
function readMembers(
  cursor: PrismaCursor,
  readMember: (token: PrismaToken, documentation: string | undefined) => boolean,
): PrismaToken | undefined {
  for (;;) {
    const documentation = skipBlank(cursor);
    if (cursor.peek().kind === 'end' || cursor.atBlockStart()) {
      cursor.problem('The closing brace of the block above is missing.');
      return undefined;
    }
    if (cursor.isMark('}')) return cursor.take();
    const understood = readMember(cursor.peek(), documentation);
    if (!understood || !(cursor.atLineEnd() || cursor.isMark('@@'))) {
      cursor.problem('This is not understood here.');
      skipLine(cursor);
    }
  }
}

/** Takes at least one token, then the rest of the line, up to a block attribute or a new block. */
function skipLine(cursor: PrismaCursor): void {
  do cursor.take();
  while (!cursor.atLineEnd() && !cursor.isMark('@@') && !cursor.atBlockStart());
}

/** Skips line ends and comments; answers the documentation that stands directly above what follows. */
function skipBlank(cursor: PrismaCursor): string | undefined {
  let lines: string[] = [];
  for (;;) {
    const token = cursor.peek();
    if (token.kind === 'documentation') {
      // A documentation comment behind a member on the same line belongs to that member.
      const before = cursor.previous();
      if (before === undefined || before.kind === 'newline') lines.push(documentationText(token));
    } else if (token.kind === 'newline') {
      if (cursor.peek(1).kind === 'newline') lines = [];
    } else if (token.kind !== 'comment') {
      return lines.length > 0 ? lines.join('\n') : undefined;
    }
    cursor.take();
  }
}

function documentationText(token: PrismaToken): string {
  return token.text.slice(3).trim();
}
