import { createHash } from 'node:crypto';

/** A short stable fingerprint of a text, for memo keys and evidence; not for security. */
export function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

/** A number of 32 bits that texts seldom share (FNV-1a), for keys that are made many times a keystroke. */
export function checksum(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
