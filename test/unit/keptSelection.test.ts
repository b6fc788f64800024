import { expect, test } from 'vitest';
import { keptSelection } from '../../server/src/rules/keptSelection.ts';
import { random } from '../support/random.ts';

test('a selection that is kept is the one that is made anew, whatever changed in the list', () => {
  const next = random(11);
  const below = (limit: number) => Math.floor(next() * limit);
  const select = ({ value }: { readonly value: number }) => (value % 3 === 0 ? value : undefined);
  const kept = keptSelection(select);
  const pool = Array.from({ length: 40 }, (_, value) => ({ value }));
  let list: { readonly value: number }[] = [];
  for (let round = 0; round < 2000; round++) {
    const at = below(list.length + 1);
    list = [...list.slice(0, at), ...Array.from({ length: below(4) }, () => pool[below(pool.length)]!), ...list.slice(at + below(5))];
    const anew = list.flatMap((entry, index) => (select(entry) === undefined ? [] : [{ index, item: select(entry)! }]));
    expect(kept(list)).toEqual(anew);
  }
});
