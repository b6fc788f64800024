// What a user does in the workbench, as functions of the page. Each waits for what it causes.

/** How long anything may take on a busy machine, in milliseconds. */
export const wait = 60_000;

/** Polls until `probe` gives something true; fails with `what`. */
export async function until(what, probe) {
  const end = Date.now() + wait;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Opens the workbench on a folder, with its files listed. */
export async function openWorkbench(page, address, folder) {
  await page.goto(`${address}/?folder=${encodeURIComponent(folder)}`);
  await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: wait });
}

/** Waits until a list has stopped changing: an entry must not move away while it is clicked. */
async function settled(page, list) {
  let before;
  await until('a list at rest', async () => {
    const now = await list.innerText();
    const same = now === before;
    before = now;
    if (!same) await page.waitForTimeout(300);
    return same;
  });
}

async function pick(page, keys, text) {
  await page.keyboard.press('Escape');
  for (const key of keys) await page.keyboard.press(key);
  const input = page.locator('.quick-input-widget:visible input').first();
  await input.waitFor({ timeout: wait });
  await input.pressSequentially(text);
  const list = page.locator('.quick-input-list');
  const row = list.locator('.monaco-list-row', { hasText: text }).first();
  await row.waitFor({ timeout: wait });
  await settled(page, list);
  await row.click();
}

/** Opens a file by its name; asked again when the workbench opened a neighbour of the list. */
export async function openFile(page, name) {
  const tab = page.locator('.tab.active', { hasText: name });
  await until(`${name} in an editor`, async () => {
    await pick(page, ['Control+p'], name);
    return tab.waitFor({ timeout: 8000 }).then(() => true, () => false);
  });
}

/** Runs a command of the palette by its whole title. */
export async function runCommand(page, title) {
  await pick(page, ['Control+Shift+P'], title);
}

/** Switches the colour theme and waits until the workbench and the plan wear it. */
export async function useTheme(page, name, kind) {
  await pick(page, ['Control+k', 'Control+t'], name);
  const plan = await planFrame(page);
  await plan.locator(`body.${kind}`).waitFor({ timeout: wait });
}

/** The frame that shows the plan; web views are nested frames without a stable address. */
export function planFrame(page, text = /position card/i) {
  return until('the plan view', async () => {
    for (const frame of page.frames()) {
      if ((await frame.getByText(text).count().catch(() => 0)) > 0) return frame;
    }
    return undefined;
  });
}

/** Drags the edge of the side bar until it is about as wide as asked, in pixels. */
export async function widenSideBar(page, width) {
  const box = await page.locator('.part.sidebar').boundingBox();
  await page.mouse.move(box.x + box.width, box.y + 300);
  await page.waitForTimeout(400);
  await page.mouse.down();
  await page.mouse.move(box.x + width, box.y + 300, { steps: 6 });
  await page.mouse.up();
  await page.mouse.move(1300, 780);
}

/** A word in the editor, to point at or click. */
export function word(page, line, text) {
  return page.locator('.view-line', { hasText: line }).first().getByText(text).first();
}

/** Rests the mouse on a word until the hover holds `text`. */
export async function hover(page, line, target, text) {
  await word(page, line, target).hover();
  await page.locator('.monaco-hover:visible', { hasText: text }).first().waitFor({ timeout: wait });
}

/** Opens the quick-fix menu on a word; gives the entry that matches. */
export async function quickFix(page, line, target, entry) {
  await page.keyboard.press('Escape');
  await word(page, line, target).click();
  const row = page.locator('.action-widget .monaco-list-row', { hasText: entry }).first();
  // The menu of a finding that is just being renewed lacks its fixes: it is opened again.
  await until('the quick fix', async () => {
    await page.keyboard.press('Control+.');
    const shown = await row.waitFor({ timeout: 4000 }).then(() => true, () => false);
    if (!shown) await page.keyboard.press('Escape');
    return shown;
  });
  return row;
}

/** Waits for a squiggle in the file in front. */
export async function squiggle(page) {
  await page.locator('.squiggly-error, .squiggly-warning, .squiggly-info, .squiggly-hint').first().waitFor({ timeout: wait });
}
