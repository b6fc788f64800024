import type { Assumption, Claim, PlanItem } from '../../../protocol/plan.ts';
import type { Evidence, EvidenceLevel, ExperimentEvidence, PlaceEvidence } from '../../../protocol/evidence.ts';
import type { DatabaseFacts, Facts, MigrationStep, WorkloadQuery } from '../project/facts.ts';
import type { Proofs } from '../proofs/judge.ts';
import type { Outcome, TenantsDetail } from '../proofs/outcome.ts';
import type { MigrationProof } from '../proofs/report.ts';
import type { Finding, Place } from '../rules/rule.ts';
import type { Origin, Table } from '../schema/catalog.ts';
import { LineIndex } from '../text/lineIndex.ts';

/**
 * What the builders of the plan share: the facts, the findings of this database, and ways to point at places.
 * Assumptions are collected while building; the same key is kept once.
 */
export class PlanContext {
  readonly facts: Facts;
  readonly database: DatabaseFacts;
  readonly findings: readonly Finding[];
  readonly #proofs: Proofs | undefined;
  readonly #indexes = new Map<string, LineIndex>();
  readonly #assumptions = new Map<string, Assumption>();

  constructor(facts: Facts, database: DatabaseFacts, findings: readonly Finding[], proofs?: Proofs) {
    this.facts = facts;
    this.database = database;
    this.findings = findings;
    this.#proofs = proofs;
  }

  get assumptions(): readonly Assumption[] {
    return [...this.#assumptions.values()];
  }

  /** Records that the plan rests on something nobody stated, with the lines of database-expert.yaml that settle it. */
  assume(key: string, text: string, yaml: string): void {
    if (!this.#assumptions.has(key)) this.#assumptions.set(key, { text, key, yaml });
  }

  /** A place as evidence: path and 1-based line. */
  place({ file, range }: Place | Origin): PlaceEvidence {
    let index = this.#indexes.get(file);
    if (!index) {
      index = new LineIndex(this.facts.files.get(file)?.text ?? '');
      this.#indexes.set(file, index);
    }
    return { file, line: index.position(range.start).line + 1 };
  }

  /** What was proved of a migration. */
  proofOf(step: MigrationStep): MigrationProof | undefined {
    return this.#proofs?.ofMigration(this.database, step);
  }

  /** Whether tenants got at rows of each other; undefined where nobody asked. */
  get tenants(): Outcome<TenantsDetail> | undefined {
    return this.#proofs?.ofTenants(this.database);
  }

  /** Findings of one rule. */
  found(rule: string): readonly Finding[] {
    return this.findings.filter((finding) => finding.rule === rule);
  }

  /** Tables whose definition is known, sorted by name; partitions stand behind their parent and are left out. */
  get tables(): readonly Table[] {
    return [...this.database.catalog.tables.values()]
      .filter((table) => table.knowledge === 'known' && !table.partitionOf && !table.temporary)
      .sort((a, b) => (tableName(a) < tableName(b) ? -1 : 1));
  }
}

/** A table's name with its schema where that is not the default one. */
export function tableName(table: Pick<Table, 'schema' | 'name'>): string {
  return table.schema ? `${table.schema}.${table.name}` : table.name;
}

/** How a query is called in the plan: its name, or its place. */
export function queryTitle(query: WorkloadQuery, context: PlanContext): string {
  const place = context.place(query);
  return query.name ?? `the query at ${place.file}:${place.line}`;
}

export function claim(text: string, level: EvidenceLevel, evidence: readonly Evidence[]): Claim {
  return { text, level, evidence };
}

export function item(title: string, detail: string, extra: Partial<Omit<PlanItem, 'title' | 'detail'>> = {}): PlanItem {
  return { title, detail, evidence: [], ...extra };
}

/**
 * Findings as things to do: the first sentence of the help is the title, what was found is the detail. Findings with the same thing to do
 * are one item, rated by the worst.
 */
export function findingItems(context: PlanContext, findings: readonly Finding[], extra: (finding: Finding) => Partial<PlanItem> = () => ({})): PlanItem[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) groups.set(finding.help, [...(groups.get(finding.help) ?? []), finding]);
  return [...groups.values()].map((group) => {
    const [title, rest] = firstSentence(group[0]!.help);
    const detail = `${some(group.map(({ message }) => message), 8, '; ')}.${rest === '' ? '' : ` ${rest}`}`;
    const risk = group.some(({ severity }) => severity === 'error') ? 'high' : group.some(({ severity }) => severity === 'warning') ? 'medium' : 'low';
    const evidence = group.length === 1 ? [group[0]!.at, ...group[0]!.related.slice(0, 4)] : group.map(({ at }) => at);
    return item(title, detail, { risk, evidence: [...experimentsOf(group), ...places(context, evidence)], ...(group.length === 1 && extra(group[0]!)) });
  });
}

/** What experiments showed of findings, each once. */
function experimentsOf(group: readonly Finding[]): ExperimentEvidence[] {
  return [...new Map(group.flatMap(({ evidence = [] }) => evidence.map((one) => [one.observed, one] as const))).values()];
}

/** A text as its first sentence, without the full stop, and the rest. */
export function firstSentence(text: string): [string, string] {
  const end = /\.(?:\s+(?=[A-Z])|$)/.exec(text);
  return end ? [text.slice(0, end.index), text.slice(end.index + end[0].length)] : [text, ''];
}

/** `3 tables`, `1 table`. */
export function count(number: number, singular: string, plural = `${singular}s`): string {
  return `${number} ${number === 1 ? singular : plural}`;
}

/** The first names of a list in words: `a, b and 4 more`. */
export function some(names: readonly string[], most = 4, comma = ', '): string {
  if (names.length <= most) return names.join(comma);
  return `${names.slice(0, most).join(comma)} and ${names.length - most} more`;
}

/** At most `most` places of a list, as evidence. */
export function places(context: PlanContext, origins: readonly (Place | Origin)[], most = 8): PlaceEvidence[] {
  const seen = new Set<string>();
  const result: PlaceEvidence[] = [];
  for (const origin of origins) {
    const place = context.place(origin);
    const key = `${place.file}:${place.line}`;
    if (seen.has(key)) continue;
    seen.add(key);
    result.push(place);
    if (result.length === most) break;
  }
  return result;
}
