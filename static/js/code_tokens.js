/* Code as parts with a meaning, line by line: words of the language, calls, numbers, text, comments. One pass over each
   line without going back, so the longest program costs no more than its length. What is open at the end of a line (a
   comment, a long text) is named by what closes it: "*" + "/", three quotes, a backtick, or )x" of a raw string. */

const words = (text) => new Set(text.split(" "));
const C = "auto break case char const continue default do double else enum extern float for goto if inline int long register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while bool true false NULL";
const SLASHES = { line: "//", long: [["/*", "*/"]], quotes: "\"'" };
const LANGUAGES = {
  py: {
    line: "#",
    long: [['"""', '"""'], ["'''", "'''"]],
    quotes: "\"'",
    words: words("False None True and as assert async await break case class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return try while with yield"),
  },
  c: { ...SLASHES, directives: true, words: words(C) },
  cpp: {
    ...SLASHES,
    directives: true,
    raw: true,
    words: words(`${C} alignas alignof and catch class concept consteval constexpr constinit const_cast co_await co_return co_yield decltype delete dynamic_cast explicit export final friend mutable namespace new noexcept not nullptr operator or override private protected public reinterpret_cast requires static_assert static_cast template this throw try typeid typename using virtual`),
  },
  java: {
    line: "//",
    long: [["/*", "*/"], ['"""', '"""']],
    quotes: "\"'",
    words: words("abstract assert boolean break byte case catch char class const continue default do double else enum extends false final finally float for if implements import instanceof int interface long native new null package private protected public record return sealed short static strictfp super switch synchronized this throw throws transient true try var void volatile while yield"),
  },
  js: {
    line: "//",
    long: [["/*", "*/"], ["`", "`"]],
    quotes: "\"'",
    words: words("async await break case catch class const continue debugger default delete do else export extends false finally for from function get if import in instanceof let new null of return set static super switch this throw true try typeof undefined var void while with yield"),
  },
};
const NONE = { line: "", long: [], quotes: "", words: new Set() };
const NAME = /[\p{L}_$][\p{L}\p{M}\p{N}_$]*/uy;
const NUMBER = /\d(?:[eE][+-]|[\w.'])*/y;
const DIRECTIVE = /^\s*#\s*\w+/;
const ESCAPES = words("\" ' ` \"\"\" '''");
const LONGEST_DELIMITER = 16;
/* More parts than anybody reads in one line: the rest is one plain part. */
const MOST_PARTS = 300;

/* [[meaning, text], …] of a line and what is open after it; meanings are w(ord), f(unction), n(umber), t(ext),
   c(omment) and "". */
export function tokens(text, before, language) {
  const known = LANGUAGES[language] ?? NONE;
  const parts = [];
  let plain = 0;
  let at = 0;
  const take = (meaning, end) => {
    if (parts.length < MOST_PARTS) {
      if (plain < at) parts.push(["", text.slice(plain, at)]);
      parts.push([meaning, text.slice(at, end)]);
      plain = end;
    }
    at = end;
  };
  const until = (end, from) => {
    const found = closing(text, from, end);
    take(end === "*/" ? "c" : "t", found < 0 ? text.length : found);
    return found < 0 ? end : "";
  };
  let open = before ? until(before, 0) : "";
  const directive = !before && known.directives && DIRECTIVE.exec(text);
  if (directive) take("w", directive[0].length);
  while (at < text.length) {
    const sign = text[at];
    const long = known.long.find(([begin]) => text.startsWith(begin, at));
    const raw = known.raw && sign === "R" && rawEnd(text, at);
    if (known.line && text.startsWith(known.line, at)) take("c", text.length);
    else if (long) open = until(long[1], at + long[0].length);
    else if (raw) open = until(raw, at + raw.length + 1);
    else if (known.quotes.includes(sign)) until(sign, at + 1);
    else if (sign >= "0" && sign <= "9") take("n", endOf(NUMBER, text, at));
    else {
      const end = endOf(NAME, text, at);
      if (end === at) at += 1;
      else if (known.words.has(text.slice(at, end))) take("w", end);
      else if (text[end] === "(") take("f", end);
      else at = end;
    }
  }
  if (plain < text.length) parts.push(["", text.slice(plain)]);
  return { parts, after: open };
}

function endOf(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/* Behind what closes it, -1 when it stays open. */
function closing(text, from, end) {
  if (!ESCAPES.has(end)) {
    const found = text.indexOf(end, from);
    return found < 0 ? -1 : found + end.length;
  }
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text.startsWith(end, at)) return at + end.length;
  }
  return -1;
}

/* R"x( is closed by )x". */
function rawEnd(text, at) {
  if (text[at + 1] !== '"') return "";
  const found = text.slice(at + 2, at + 3 + LONGEST_DELIMITER).indexOf("(");
  return found < 0 ? "" : `)${text.slice(at + 2, at + 2 + found)}"`;
}
