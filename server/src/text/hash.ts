import { createHash } from 'node:crypto';

/** A short stable fingerprint of a text, for memo keys and evidence; not for security. */
export function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
