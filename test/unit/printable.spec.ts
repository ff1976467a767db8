import assert from "node:assert/strict";
import fc from "fast-check";
import {
  printable,
  printableInPlace,
  printableJson,
  printableLines,
} from "../../profile/printable";

/** What must never reach a terminal raw; written apart from the pattern under test. */
function acts(text: string): boolean {
  return [...text].some((character) => {
    const code = character.codePointAt(0)!;
    return (
      code < 0x20 ||
      (code >= 0x7f && code <= 0x9f) ||
      (code >= 0xd800 && code <= 0xdfff) ||
      [0x61c, 0x200e, 0x200f, 0x2028, 0x2029, 0xfeff].includes(code) ||
      (code >= 0x202a && code <= 0x202e) ||
      (code >= 0x2066 && code <= 0x2069)
    );
  });
}

const anyText = fc.string({ unit: "binary", maxLength: 60 });

describe("printable", () => {
  it("shows what would act by its number: escapes, C1, line ends, bidirectional marks, half characters", () => {
    assert.equal(printable("a\u001b[31m\u202Eb\u0007"), "a<U+001B>[31m<U+202E>b<U+0007>");
    assert.equal(printable("\u009b2J\u0085\u007f"), "<U+009B>2J<U+0085><U+007F>");
    assert.equal(printable("a\r\n::error::b\tc"), "a<U+000D><U+000A>::error::b<U+0009>c");
    assert.equal(
      printable("\u061c\u2067\u2069\u2028\ufeff"),
      "<U+061C><U+2067><U+2069><U+2028><U+FEFF>",
    );
    assert.equal(printable("\ud83e!"), "<U+D83E>!");
  });

  it("leaves names in any script alone, joiners and emoji of several characters included", () => {
    for (const name of [
      "Zoë",
      "日本",
      "נועה",
      "نورا",
      "می\u200cخواهم",
      "श्री\u200d",
      "👩\u200d💻",
      "❤\ufe0f",
      "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
      "e\u0301",
    ]) {
      assert.equal(printable(name), name);
      assert.equal(printableInPlace(name), name);
    }
  });

  it("lets nothing through that acts, whatever the text, and is the same when applied twice", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const shown = printable(text);
        assert.ok(!acts(shown));
        assert.equal(printable(shown), shown);
      }),
    );
  });

  it("keeps the line feeds of text that is ours, and the length where a mark stands below", () => {
    assert.equal(printableLines("a\u001b\nb\rc"), "a<U+001B>\nb<U+000D>c");
    assert.equal(printableInPlace("a\tb\u001bc\u202e"), "a b\uFFFDc\uFFFD");
    fc.assert(
      fc.property(anyText, (text) => {
        const shown = printableInPlace(text);
        assert.ok(!acts(shown));
        assert.equal(shown.length, text.length);
      }),
    );
  });

  it("writes JSON that parses to the same, with nothing in it that acts", () => {
    fc.assert(
      fc.property(fc.dictionary(anyText, anyText), (value) => {
        const json = printableJson(value);
        assert.ok(!acts(json.replaceAll("\n", "")));
        assert.deepEqual(Object.entries(JSON.parse(json)), Object.entries(value));
      }),
    );
  });
});
