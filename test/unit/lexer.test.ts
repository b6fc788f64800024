import { describe, expect, test } from 'vitest';
import type { Dialect } from '../../server/src/source/dialect.ts';
import { lex } from '../../server/src/source/lexer.ts';
import type { TokenKind } from '../../server/src/source/token.ts';

const marks: Readonly<Record<TokenKind, string>> = {
  word: 'w',
  quotedIdentifier: 'q',
  string: 's',
  number: 'n',
  operator: 'o',
  punctuation: 'p',
  parameter: '$',
  hole: 'h',
};

/** The tokens of a text, each as the first letter of its kind and what was written. */
function tokens(text: string, dialect: Dialect): string {
  return lex(text, dialect)
    .tokens.map((token) => `${marks[token.kind]}:${token.text}`)
    .join('  ');
}

const cases: readonly (readonly [Dialect, string, string])[] = [
  ['postgresql', 'a."B"', 'w:a  p:.  q:"B"'],
  ['postgresql', "E'a\\'b' 'c\\' N'd' b'01' U&'\\0041' U&\"x\"", "s:E'a\\'b'  s:'c\\'  s:N'd'  s:b'01'  s:U&'\\0041'  q:U&\"x\""],
  ['postgresql', "'it''s'", "s:'it''s'"],
  ['postgresql', '$$a;$x$b$$ $body$ $$ $body$ $1 a$b$', 's:$$a;$x$b$$  s:$body$ $$ $body$  $:$1  w:a$b$'],
  ['postgresql', 'a/* 1 /* 2 */ 3 */b -- c\nd', 'w:a  w:b  w:d'],
  ['postgresql', "x::int8 @> '{}' ->> 'a' #- b", "w:x  o:::  w:int8  o:@>  s:'{}'  o:->>  s:'a'  o:#-  w:b"],
  ['postgresql', 'a*-1 b<-c a=-1 d@-e', 'w:a  o:*  o:-  n:1  w:b  o:<  o:-  w:c  w:a  o:=  o:-  n:1  w:d  o:@-  w:e'],
  ['postgresql', '1.5 .5 1e10 1_000 0xFF 1..3 2.', 'n:1.5  n:.5  n:1e10  n:1_000  n:0xFF  n:1  p:.  p:.  n:3  n:2.'],
  ['postgresql', "a ? 'k' AND b = ? AND c ?| d LIMIT ? OFFSET ?", "w:a  o:?  s:'k'  w:AND  w:b  o:=  $:?  w:AND  w:c  o:?|  w:d  w:LIMIT  $:?  w:OFFSET  $:?"],
  ['postgresql', 'id = :id, :name::text, @p, x[1:n]', 'w:id  o:=  $::id  p:,  $::name  o:::  w:text  p:,  $:@p  p:,  w:x  p:[  n:1  o::  w:n  p:]'],
  ['postgresql', 'a=%s, %(name)s, b % s, b%s, c = %size', 'w:a  o:=  $:%s  p:,  $:%(name)s  p:,  w:b  o:%  w:s  p:,  w:b  o:%  w:s  p:,  w:c  o:=  o:%  w:size'],
  ['postgresql', ":SCHEMA.t :'v' :\"w\" a := 1", 'h::SCHEMA  p:.  w:t  h::\'v\'  h::"w"  w:a  o::=  n:1'],
  ['postgresql', '{{ index .Options "Namespace" }}.users', 'h:{{ index .Options "Namespace" }}  p:.  w:users'],
  ['postgresql', '"{{ index .Options "Namespace" }}"."t"', 'q:"{{ index .Options "Namespace" }}"  p:.  q:"t"'],
  ['postgresql', '${schema}_log tbl_{{x}} {{a}}_{{b}}.c', 'h:${schema}_log  h:tbl_{{x}}  h:{{a}}_{{b}}  p:.  w:c'],
  ['postgresql', '{{ if eq .D "x" }}SELECT{{ end }} {% else %} 1', 'w:SELECT  n:1'],
  ['postgresql', 'a=#{id} #{b,jdbcType=INTEGER} a # 1 a<%=b%>_c a <% b %> c', 'w:a  o:=  h:#{id}  h:#{b,jdbcType=INTEGER}  w:a  o:#  n:1  h:a<%=b%>_c  w:a  o:<%  w:b  o:%>  w:c'],
  ['mysql', 'a = #{id} # comment {b}', 'w:a  o:=  h:#{id}'],
  ['postgresql', 'a /* TEMPLATE: schema */ b /* template */', 'w:a  h:/* TEMPLATE: schema */  w:b'],
  ['postgresql', '\\set x 1\nSELECT 1 \\gset\n', 'w:SELECT  n:1'],
  ['mysql', '`a``b` "s\\"t" \'it\\\'s\' x"41"', '`'.replace('`', 'q:`a``b`') + '  s:"s\\"t"  s:\'it\\\'s\'  w:x  s:"41"'],
  ['mysql', 'a # b\n-- c\nd--1', 'w:a  w:d  o:-  o:-  n:1'],
  ['mysql', '@v @@global.x @`q` 2fa a<=>b c->>"$.d"', 'w:@v  w:@@global  p:.  w:x  o:@  q:`q`  w:2fa  w:a  o:<=>  w:b  w:c  o:->>  s:"$.d"'],
  ['mysql', '/*!40101 SET NAMES utf8 */ /* plain */ /*+ hint */ 1', 'w:SET  w:NAMES  w:utf8  n:1'],
  ['mysql', '/*M! a */ b', 'w:b'],
  ['mysql', 'a = $1 AND $b = $1c', 'w:a  o:=  $:$1  w:AND  w:$b  o:=  w:$1c'],
  ['mariadb', '/*M!100100 a */ b', 'w:a  w:b'],
  ['sqlite', '[a b] "c" `d` ?1 :x @y $z', 'q:[a b]  q:"c"  q:`d`  $:?1  $::x  $:@y  $:$z'],
  ['sqlite', "a || b == c ->> '$' x'ff' /* /* */ d", "w:a  o:||  w:b  o:==  w:c  o:->>  s:'$'  s:x'ff'  w:d"],
];

describe('tokens', () => {
  test.each(cases)('%s: %s', (dialect, text, expected) => {
    expect(tokens(text, dialect)).toBe(expected);
  });

  test('carry UTF-16 offsets, upper-case words and decoded values', () => {
    const text = '\ufeffselect "É""x", E\'\\u00e9\\n\' , \'💡\'\r\n, tail';
    const { tokens: read } = lex(text, 'postgresql');
    expect(read.every((token) => text.slice(token.start, token.end) === token.text)).toBe(true);
    expect(read.map((token) => token.value)).toEqual(['select', 'É"x', ',', 'é\n', ',', '💡', ',', 'tail']);
    expect(read[0]!.upper).toBe('SELECT');
    expect(read[1]!.upper).toBe('');
  });

  const values: readonly (readonly [Dialect, string, string])[] = [
    ['postgresql', "'a\\n''b'", "a\\n'b"],
    ['postgresql', "E'\\x41\\101\\\\'", 'AA\\'],
    ['postgresql', "U&'\\0041\\+000042'", 'AB'],
    ['postgresql', "$t$it's$t$", "it's"],
    ['mysql', "'a\\'b\\0\\Z'", "a'b\0\x1a"],
    ['mysql', '"a""b"', 'a"b'],
    ['sqlite', "'a\\n'", 'a\\n'],
    ['sqlite', '[a]', 'a'],
    ['sqlite', "'open", 'open'],
  ];
  test.each(values)('the value of %s %s', (dialect, text, expected) => {
    expect(lex(text, dialect).tokens[0]!.value).toBe(expected);
  });

  test('keeps comments apart', () => {
    const { comments } = lex('a -- one\r\n/* two */ b # three', 'mysql');
    expect(comments).toEqual([
      { start: 2, end: 8, text: '-- one', block: false },
      { start: 10, end: 19, text: '/* two */', block: true },
      { start: 22, end: 29, text: '# three', block: false },
    ]);
  });
});
