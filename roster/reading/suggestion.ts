import { nearest } from "../../profile/nearest";

/** What others call the people of a list. */
const otherWords: Record<string, string> = {
  users: "people",
  members: "people",
  profiles: "people",
  login: "userName",
  id: "userArn",
};

/** The end of a sentence about an unknown word: what was likely meant, or all there is. */
export function suggestion(written: string, known: readonly string[]): string {
  const other = Object.hasOwn(otherWords, written) ? otherWords[written] : undefined;
  const meant = other && known.includes(other) ? other : nearest(written, known);
  return meant ? `; did you mean ${meant}?` : `; known are ${known.join(", ")}`;
}
