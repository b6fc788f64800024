const secretName = /pass(?:word|wd|phrase)?|secret|token|api_?key|private_?key|credential|identified|masterauth/i;

/** Text before a secret that gives it away wherever it stands, and the secret; kept apart as two groups. */
const giveaways: readonly RegExp[] = [
  /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/'"]*:)([^\s@/'"]+)(?=@)/gi,
  /(\b(?:requirepass|masterauth)\s+)(\S+)/gi,
  // Inside a string, as libpq and ODBC write connections: `host=h password=...`.
  /(\b(?:password|passwd|pwd|sslpassword)=)(?![$?:@(])([^\s;'"&]+)/gi,
];

const string = /'(?:[^']|'')*'/g;

/** Whether a name says that it holds a secret: `api_key`, `smtp_password`. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/**
 * SQL or configuration as it may be shown: passwords in addresses and directives, strings on a line that speaks of a secret, and strings in
 * inserted rows become asterisks. The text keeps its length, so that columns stay where they are.
 */
export function maskSecrets(text: string): string {
  const masked = giveaways.reduce((result, pattern) => result.replace(pattern, (_, before: string, secret: string) => before + '*'.repeat(secret.length)), text);
  return masked.replace(string, (literal, offset: number) => {
    const start = masked.lastIndexOf('\n', offset) + 1;
    const end = masked.indexOf('\n', offset);
    const line = masked.slice(start, end < 0 ? undefined : end).replace(string, "''");
    return isSecretName(line) || /\binsert\s+into\b|\bvalues\s*\(|^\s*\(\s*['\d]/i.test(line) ? `'${literal.slice(1, -1).replace(/[^\n]/g, '*')}'` : literal;
  });
}
