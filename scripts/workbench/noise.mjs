/** What the workbench says on its console without a desktop, a network and native modules; none of it concerns the extension. */
const noise = /Creating a socket|connection token|reconnection-grace|AgentHost|AccountPolicyGate|open-vsx\.org|Service Worker|workbench contribution|authentication provider|additional builtin extensions|vsda|spdlog|native-watchdog|ERR_|Failed to load resource|Extension gallery|Ignoring the error while validating/;

/** Whether a line of the console may be left out of a report. */
export function isNoise(line) {
  return noise.test(line);
}
