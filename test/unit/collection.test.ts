import { describe, expect, it } from 'vitest';
import { Collection } from '../../server/src/schema/collection.ts';
import { noteRead, recordReads } from '../../server/src/schema/reads.ts';
import { random } from '../support/random.ts';

interface Thing {
  readonly tags: readonly string[];
  readonly size: number;
}

const rules = { tag: { tags: (tag: string) => tag } };

const keys = Array.from({ length: 60 }, (_, i) => `${i % 7}key${i}`);

function thing(next: () => number): Thing {
  return { tags: ['a', 'b', 'c'].filter(() => next() < 0.4), size: next() };
}

/** The keys with a tag, in the order of the map: what the index has to say. */
function tagged(map: ReadonlyMap<string, Thing>, tag: string): string[] {
  return [...map].filter(([, { tags }]) => tags.includes(tag)).map(([key]) => key);
}

/** What {@link Collection.move} does, told of a Map. */
function moved(map: ReadonlyMap<string, Thing>, from: string, to: string, value: Thing): Map<string, Thing> {
  if (!map.has(from)) return new Map([...map].filter(([key]) => key !== to)).set(to, value);
  return new Map([...map].flatMap(([key, old]) => (key === from ? [[to, value] as const] : key === to ? [] : [[key, old] as const])));
}

function step(next: () => number, state: { collection: Collection<Thing, 'tag'>; map: Map<string, Thing> }) {
  const pick = () => keys[Math.floor(next() * keys.length)]!;
  const { collection, map } = state;
  const [key, other, value, dice] = [pick(), pick(), thing(next), next()];
  if (dice < 0.5) return { collection: collection.set(key, value), map: new Map(map).set(key, value) };
  if (dice < 0.6) return { collection: collection.move(key, other, value), map: moved(map, key, other, value) };
  const rest = new Map(map);
  rest.delete(key);
  return { collection: collection.delete(key), map: rest };
}

describe('a collection', () => {
  it('is what a Map would be after any operations, in the same order, and leaves what was before as it was', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const next = random(seed);
      const states = [{ collection: Collection.empty<Thing, 'tag'>('things', rules), map: new Map<string, Thing>() }];
      for (let i = 0; i < 400; i++) states.push(step(next, states.at(-1)!));
      for (const { collection, map } of states) {
        expect([...collection]).toEqual([...map]);
        expect(collection.size).toBe(map.size);
        for (const tag of ['a', 'b', 'c']) expect(collection.keysBy('tag', tag)).toEqual(tagged(map, tag));
      }
      for (const key of keys) expect([states.at(-1)!.collection.get(key), states.at(-1)!.collection.has(key)]).toEqual([states.at(-1)!.map.get(key), states.at(-1)!.map.has(key)]);
    }
  });

  it('tells the keys that differ between any two states', () => {
    const next = random(7);
    const states = [{ collection: Collection.empty<Thing, 'tag'>('things', rules), map: new Map<string, Thing>() }];
    for (let i = 0; i < 300; i++) states.push(step(next, states.at(-1)!));
    for (let i = 0; i < 300; i++) {
      const [a, b] = [states[Math.floor(next() * states.length)]!, states[Math.floor(next() * states.length)]!];
      const differing = keys.filter((key) => a.map.get(key) !== b.map.get(key));
      expect(Collection.changedKeys(a.collection, b.collection).toSorted()).toEqual(differing.toSorted());
      const reads = Collection.changedReads(a.collection, b.collection);
      expect(reads.includes('things:*')).toBe(differing.length > 0);
      for (const tag of ['a', 'b', 'c']) {
        const same = tagged(a.map, tag).toSorted().join() === tagged(b.map, tag).toSorted().join();
        if (!same) expect(reads).toContain(`things.tag:${tag}`);
      }
    }
  });

  it('tells keys apart whose hashes are the same', () => {
    // Words that FNV-1a gives one value each pair.
    const pairs = ['costarring', 'liquid', 'declinate', 'macallums', 'altarage', 'zinke'];
    const all = Collection.empty<number>('words').setAll(pairs.map((word, i) => [word, i]));
    expect([...all.values()]).toEqual([0, 1, 2, 3, 4, 5]);
    const fewer = all.delete('costarring').delete('macallums').set('zinke', 9);
    expect(pairs.map((word) => fewer.get(word))).toEqual([undefined, 1, 2, undefined, 4, 9]);
    expect(fewer.delete('declinate').get('macallums')).toBeUndefined();
    expect(Collection.changedKeys(all, fewer)).toEqual(['costarring', 'macallums', 'zinke']);
  });

  it('holds thousands of keys', () => {
    const many = Array.from({ length: 5000 }, (_, i): [string, number] => [`table_${i}`, i]);
    const collection = Collection.empty<number>('numbers').setAll(many);
    expect([...collection]).toEqual(many);
    expect(collection.get('table_4999')).toBe(4999);
    expect(collection.get('table_5000')).toBeUndefined();
    expect(Collection.changedKeys(collection, collection.set('table_17', 0).delete('table_3').set('new', 1)).toSorted()).toEqual(['new', 'table_17', 'table_3']);
  });

  it('is the same one when nothing changes', () => {
    const value = {};
    const collection = Collection.empty<object>('objects').set('a', value);
    expect(collection.set('a', value)).toBe(collection);
    expect(collection.delete('b')).toBe(collection);
    expect(collection.setAll([['a', value]])).toBe(collection);
    expect(Collection.changedReads(collection, collection)).toEqual([]);
  });
});

describe('recorded reads', () => {
  const collection = Collection.empty<Thing, 'tag'>('things', rules).set('x', { tags: ['a'], size: 1 });

  it('name the entry, the whole or the index that was read, each once', () => {
    const read = (run: () => unknown) => recordReads(run).reads;
    expect(read(() => [collection.get('x'), collection.has('x'), collection.get('y')])).toEqual(['things:x', 'things:y']);
    expect(read(() => collection.size)).toEqual(['things:*']);
    expect(read(() => [...collection])).toEqual(['things:*']);
    expect(read(() => [...collection.keys(), ...collection.values()])).toEqual(['things:*']);
    expect(read(() => collection.forEach(() => {}))).toEqual(['things:*']);
    expect(read(() => collection.keysBy('tag', 'a'))).toEqual(['things.tag:a']);
    expect(read(() => collection.set('x', { tags: [], size: 2 }).delete('x'))).toEqual([]);
    expect(read(() => noteRead('workload:orders'))).toEqual(['workload:orders']);
  });

  it('of an inner recorder are its own, and the outer one has them too', () => {
    const outer = recordReads(() => {
      collection.get('before');
      const inner = recordReads(() => collection.get('x'));
      collection.get('after');
      return inner;
    });
    expect(outer.value.reads).toEqual(['things:x']);
    expect(outer.reads).toEqual(['things:before', 'things:x', 'things:after']);
  });

  it('end with the recorder, also when what it runs fails', () => {
    expect(() => recordReads(() => { throw new Error('no'); })).toThrow('no');
    const { reads } = recordReads(() => undefined);
    collection.get('x');
    expect(reads).toEqual([]);
  });
});
