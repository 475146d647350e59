/* Rupees as people type them, and as the institute writes them; all sums are whole paise. */

const DIGIT = /\p{Nd}/u;

function plain(sign) {
  if (sign < "\u0080" || !DIGIT.test(sign)) return sign;
  let value = 0;
  while (value < 9 && DIGIT.test(String.fromCodePoint(sign.codePointAt(0) - value - 1))) value += 1;
  return String(value);
}

/* Of what was typed; NaN for what is no amount, 0 for nothing. */
export function paise(typed) {
  const text = [...typed].map(plain).join("").replace(/[₹,\s]/g, "");
  if (!text) return 0;
  const parts = /^(\d{1,13})(?:\.(\d{1,2}))?$/.exec(text);
  return parts ? Number(parts[1]) * 100 + Number((parts[2] ?? "").padEnd(2, "0")) : NaN;
}

/* 1,18,000.00 */
export function amount(sum) {
  const whole = String(Math.floor(sum / 100));
  const head = whole.slice(0, -3).replace(/\B(?=(\d{2})+$)/g, ",");
  return `${head ? `${head},` : ""}${whole.slice(-3)}.${String(sum % 100).padStart(2, "0")}`;
}

export const rupees = (sum) => `₹${amount(sum)}`;
