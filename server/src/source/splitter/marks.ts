/** Whether a line comment is a mark of a migration runner that begins another section or another statement. */
export function isSectionMark(comment: string): boolean {
  return /^--(?:> statement-breakpoint\b|bun:split\b|[ \t]*(?:\+goose|\+migrate)[ \t]+(?:Up|Down|StatementBegin|StatementEnd)\b|[ \t]*migrate:(?:up|down)\b)/i.test(
    comment,
  );
}
