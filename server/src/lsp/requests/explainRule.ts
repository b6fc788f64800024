import type { ExplainRuleAnswer, ExplainRuleParams } from '../../../../protocol/requests.ts';
import { ruleById } from '../../rules/index.ts';
import type { ServerContext } from '../context.ts';
import { ruleDocument } from '../docs.ts';

/** databaseExpert/explainRule: where the page of a rule lies. */
export function explainRule(context: ServerContext, { rule }: ExplainRuleParams): ExplainRuleAnswer {
  const known = ruleById(rule);
  const uri = known && ruleDocument(rule, context.options.documentation);
  return uri === undefined ? null : { uri, title: known!.summary };
}
