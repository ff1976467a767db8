import type { LiveProfile } from "../profile/fields";
import type { ProfilePage } from "./directory";
import { UnexpectedAnswer } from "./errors";

/** Ten million profiles at 100 a page; an account of AWS has at most 5,000 IAM users. */
export const mostPages = 100_000;

/** A service may answer pages without anybody on its way to the next profile, but not for ever. */
export const mostPagesWithoutNews = 1_000;

/**
 * Every profile of a list, once each: one created or deleted meanwhile can shift the pages.
 * @param onPage is told after each page how many profiles have been read.
 * @throws UnexpectedAnswer when the list goes round in circles, or comes to no
 * end within the limits above.
 */
export async function readEveryPage(
  page: (nextToken: string | undefined) => Promise<ProfilePage>,
  onPage?: (profiles: number) => void,
): Promise<LiveProfile[]> {
  const all = new Map<string, LiveProfile>();
  const tokens = new Set<string>();
  let withoutNews = 0;
  let nextToken: string | undefined;
  for (;;) {
    const known = all.size;
    const read = await page(nextToken);
    for (const profile of read.profiles) all.set(profile.userArn, profile);
    onPage?.(all.size);
    nextToken = read.nextToken;
    if (nextToken === undefined) return [...all.values()];
    if (tokens.has(nextToken)) throw new UnexpectedAnswer("the same token twice");
    tokens.add(nextToken);
    withoutNews = all.size > known ? 0 : withoutNews + 1;
    if (withoutNews >= mostPagesWithoutNews || tokens.size >= mostPages) {
      throw new UnexpectedAnswer("a list without an end");
    }
  }
}
