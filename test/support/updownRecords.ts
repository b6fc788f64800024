import type { PairResult, UpDownRecord } from './updown.ts';

/** Verdicts of the records that do not hold, and why; `names` are those of migrations. */
interface Mistake {
  readonly record: string;
  readonly names: RegExp;
  readonly reason: string;
}

const otherName = 'the name of its down file differs; the runner pairs files by their numbers';
const temporary = 'temporary tables count as schema in the record; they go with their session';
const locked = 'the record ran the statements outside the transaction that the runner opens, where LOCK TABLE is refused, and then went without the migration';
const lackingFunction = 'the record went without the whole of V0002, of which one statement asks for a function that the program registers itself';
const enforced = 'the record had foreign keys enforced, which SQLite by itself does not do, and then went without the migration 20220210000001000000_nid';
const spelling = 'the columns of a primary key that a foreign key does not name, and blanks, count as differences in the record';

export const mistakes: readonly Mistake[] = [
  { record: 'concourse', names: /^1554469235_add_new_inputs_to_jobs/, reason: otherName },
  { record: 'gitness-pg', names: /^0026_alter_repo_drop_job_id/, reason: otherName },
  { record: 'svix', names: /^20221129215059_correct_collation/, reason: 'the record does not look at collations, which the migration changes' },
  { record: 'graph-node', names: /^2024-01-05-170000_ds_corruption_fix_up/, reason: temporary },
  { record: 'graph-node', names: /^(?:2025-05-13-173523_split_subgraph_deployment|2025-12-18-104956-0000_create_entity_version_stats_view|2026-05-27-171745_postponed_indexes_created)/, reason: locked },
  { record: 'hatchet', names: /^20260509015727_v1_0_106/, reason: locked },
  { record: 'hatchet', names: /^20260514175834_v1_0_109/, reason: temporary },
  { record: 'authelia-sqlite', names: /^V00(?:03|07|10|12|16|19|24)\./, reason: lackingFunction },
  { record: 'gitness-sqlite', names: /^(?:0020_alter_pullreq_source_repo_id_constraint|0070_drop_index_upstream_proxy_configs)/, reason: spelling },
  {
    record: 'hydra-sqlite',
    names: /^(?:20220210000001000000|20220328111500000000|20220916000010000000|20230512112801000001|20230606112801000001|20230908104443000000|20240104181300000001|20241012144910000001|20250520000001000000|20250523000001000000|20251119112639000000|20251202130532000000|20251202130532000001|20260325111700000000|20260420120000000000|20260420120000000001)_/,
    reason: enforced,
  },
];

/** Why a recorded verdict does not hold; undefined when nothing is known against it. */
export function mistakeIn({ id }: UpDownRecord, { name }: PairResult): string | undefined {
  return mistakes.find(({ record, names }) => record === id && names.test(name))?.reason;
}
