// Pages of a btree as they lie in its file: bufpage.h, itemid.h, itup.h and nbtree.h of PostgreSQL 18.

const PAGE = 8192;
const PAGE_HEADER = 24;
/** Where the part of a page begins that belongs to the kind of index. */
const SPECIAL = PAGE - 16;
const LEAF = 1;
const ROOT = 2;

/** Of BTMetaPageData, behind the header of the first page: btm_root and btm_fastroot, btm_level and btm_fastlevel. */
const rootOffsets = [PAGE_HEADER + 8, PAGE_HEADER + 16];
const levelOffsets = [PAGE_HEADER + 12, PAGE_HEADER + 20];

/**
 * An empty btree of some height: its first page, and one page for each level down to an empty leaf. The planner charges for the height and
 * looks for the lowest and highest key, so that both have to be readable; it finds no key, and keeps to its statistics.
 * @param meta the first page as it is
 */
export function emptyTree(meta: Uint8Array, levels: number): Uint8Array {
  const pages = new Uint8Array((levels + 2) * PAGE);
  pages.set(new Uint8Array(meta.buffer, meta.byteOffset, PAGE));
  const first = new DataView(pages.buffer, 0, PAGE);
  for (const offset of rootOffsets) first.setUint32(offset, 1, true);
  for (const offset of levelOffsets) first.setUint32(offset, levels, true);
  for (let level = levels; level >= 0; level--) {
    const block = levels - level + 1;
    writePage(new DataView(pages.buffer, block * PAGE, PAGE), block, level, level === levels);
  }
  return pages;
}

function writePage(view: DataView, block: number, level: number, root: boolean): void {
  const inner = level > 0;
  view.setUint16(12, PAGE_HEADER + (inner ? 4 : 0), true);
  view.setUint16(14, SPECIAL - (inner ? 8 : 0), true);
  view.setUint16(16, SPECIAL, true);
  view.setUint16(18, PAGE | 4, true);
  view.setUint32(SPECIAL + 8, level, true);
  view.setUint16(SPECIAL + 12, (inner ? 0 : LEAF) | (root ? ROOT : 0), true);
  if (inner) writeDownlink(view, block + 1);
}

/** The one entry of an inner page: it leads to the page below whatever the key is, as the leftmost entry of every inner page does. */
function writeDownlink(view: DataView, below: number): void {
  const offset = SPECIAL - 8;
  const length = 8;
  const normal = 1;
  const keyLess = 0x2000;
  view.setUint32(PAGE_HEADER, offset | (normal << 15) | (length << 17), true);
  view.setUint16(offset + 2, below, true);
  view.setUint16(offset + 6, keyLess | length, true);
}
