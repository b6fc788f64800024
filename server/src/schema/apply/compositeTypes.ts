import type { AttributeAction, ColumnDefinition, TypeChange } from '../../source/sql/ast.ts';
import type { OtherType } from '../catalog.ts';
import type { Draft } from './draft.ts';
import { quoteIdentifier, renderName } from '../quote.ts';
import { engineType } from '../types.ts';

type Attribute = NonNullable<OtherType['attributes']>[number];

/** An attribute of a composite type as the catalog keeps it. */
export function attributeOf(draft: Draft, { name, type, constraints }: ColumnDefinition): Attribute {
  const collation = type?.collation ?? constraints.find((constraint) => constraint.kind === 'collate')?.collation;
  return { name: name.name, type: type ? engineType(draft.dialect, type) : '', ...(collation !== undefined && { collation }) };
}

/** A composite type with its text written anew from its name and attributes; any other type with its name put into its text. */
export function spelled(draft: Draft, type: OtherType): OtherType {
  const name = renderName(draft.dialect, type.schema, type.name);
  if (!type.attributes) return { ...type, text: type.text.replace(/^(\s*create\s+type\s+)(?:(?:"(?:[^"]|"")*"|[\w$]+)\s*\.\s*)?(?:"(?:[^"]|"")*"|[\w$]+)/i, (_whole, start: string) => start + name) };
  const attributes = type.attributes.map(({ name: attribute, type: spelling, collation }) => `${quoteIdentifier(draft.dialect, attribute)} ${spelling}${collation === undefined ? '' : ` COLLATE ${collation}`}`);
  return { ...type, text: `CREATE TYPE ${name} AS (${attributes.join(', ')})` };
}

/** The type after its attributes were changed; undefined when it is no composite type, or something else was changed. */
export function changedComposite(draft: Draft, type: OtherType, change: TypeChange): OtherType | undefined {
  if (!type.attributes) return undefined;
  if (change.kind === 'renameAttribute') {
    return spelled(draft, { ...type, attributes: type.attributes.map((one) => (one.name === change.from.name ? { ...one, name: change.to.name } : one)) });
  }
  if (change.kind !== 'attributes') return undefined;
  return spelled(draft, { ...type, attributes: change.actions.reduce((attributes, action) => afterAction(draft, attributes, action), type.attributes) });
}

function afterAction(draft: Draft, attributes: readonly Attribute[], action: AttributeAction): readonly Attribute[] {
  if (action.kind === 'add') return [...attributes, attributeOf(draft, action.attribute)];
  if (action.kind === 'drop') return attributes.filter(({ name }) => name !== action.name.name);
  const type = engineType(draft.dialect, action.type);
  return attributes.map((one) => (one.name === action.name.name ? { name: one.name, type, ...(action.collation !== undefined && { collation: action.collation }) } : one));
}
