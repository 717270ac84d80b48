// The GSM 03.38 alphabet, as simulator/gsm.py counts it; here for the counter under a text being written.
const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡" +
  "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");
const EXTENSION = new Set("^{}\\[]~|€\f");

/** How much a text message takes: encoding, units, segments, and the room in the segments begun. */
export function measure(text) {
  const characters = [...text];
  const gsm = characters.every((c) => BASIC.has(c) || EXTENSION.has(c));
  const widths = characters.map((c) => (gsm ? (EXTENSION.has(c) ? 2 : 1) : c.length));
  const [one, each] = gsm ? [160, 153] : [70, 67];
  const units = widths.reduce((sum, width) => sum + width, 0);
  if (units <= one) return { encoding: gsm ? "GSM-7" : "UCS-2", units, segments: 1, room: one };
  let segments = 1;
  let left = each;
  for (const width of widths) {
    if (width > left) { segments += 1; left = each; }
    left -= width;
  }
  return { encoding: gsm ? "GSM-7" : "UCS-2", units, segments, room: segments * each };
}
