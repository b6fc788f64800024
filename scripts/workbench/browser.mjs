// Finds a Chromium on this machine and starts it without a window.
import { existsSync } from 'node:fs';

const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** @returns the path of a Chromium; throws with what to do when there is none. */
export function findChromium() {
  const found = places.find((path) => path && existsSync(path));
  if (!found) throw new Error('No Chromium found. Install it (Debian: apt-get install chromium) or set CHROMIUM to its path.');
  return found;
}

/** Starts a headless browser; the caller closes it. */
export async function launchBrowser(workbench) {
  const { chromium } = await import(workbench.playwright);
  return chromium.launch({ executablePath: findChromium(), headless: true, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
}
