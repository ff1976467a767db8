/*
 * libsql cuts a text at its first U+0000 when it reads one, and the model lets a display name
 * hold any character but the ends of lines. So a name is written without U+0000: U+001A
 * (substitute) followed by `0` stands for it, and U+001A followed by `1` for U+001A itself. Every
 * other name is kept as it is.
 */

export function toNulSafe(text: string): string {
  return text.replaceAll("\u001a", "\u001a1").replaceAll("\0", "\u001a0");
}

export function fromNulSafe(text: string): string {
  if (!text.includes("\u001a")) return text;
  return text.replaceAll("\u001a0", "\0").replaceAll("\u001a1", "\u001a");
}
