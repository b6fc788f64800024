import { ruleLevels } from '../project/configSchema.ts';
import type { Rule } from './rule.ts';

/** A JSON Schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;


/** The schema of the key `rules` in database-expert.yaml: each rule is given a level, or a level with its options. */
export function rulesSchema(rules: readonly Rule[]): JsonSchema {
  return {
    type: 'object',
    description: 'What each rule does: a level, or a level with options.',
    additionalProperties: false,
    properties: Object.fromEntries(rules.map((rule) => [rule.id, ruleSchema(rule)])),
  };
}

function ruleSchema({ summary, severity, options = {} }: Rule): JsonSchema {
  const level = { enum: [...ruleLevels], description: `Usually ${severity}.` };
  const given = Object.entries(options).map(([name, { default: value, description }]) => [name, { ...typeOf(value), default: value, description }]);
  return {
    description: summary,
    anyOf: [level, { type: 'object', additionalProperties: false, properties: { level, ...Object.fromEntries(given) } }],
  };
}

function typeOf(value: unknown): JsonSchema {
  if (Array.isArray(value)) return { type: 'array', items: value.length > 0 ? typeOf(value[0]) : {} };
  return value === null || value === undefined ? {} : { type: typeof value };
}
