import type { RenderPlanAnswer, RenderPlanParams } from '../../../../protocol/requests.ts';
import { renderMarkdown } from '../../plan/markdown.ts';
import { renderYaml } from '../../plan/yaml.ts';
import type { ServerContext } from '../context.ts';
import { plan } from './plan.ts';

/** databaseExpert/renderPlan: the plan as a document to keep. */
export async function renderPlan(context: ServerContext, params: RenderPlanParams): Promise<RenderPlanAnswer> {
  const { plan: made } = await plan(context, params);
  return made && { text: params.format === 'markdown' ? renderMarkdown(made) : renderYaml(made) };
}
