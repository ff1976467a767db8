import type { Connection } from "../../client/connection";
import { apply } from "./apply";
import { profileName } from "./profile";
import type { People, Write } from "./rosterPlan";
import type { Session } from "./session";

/**
 * How many writes are under way at once; a service that asks for fewer gets
 * fewer, see client/retry.ts.
 */
const writesAtOnce = 16;

/** Whose profile was not written, and why. */
export interface FailedWrite {
  readonly write: Write;
  readonly reason: string;
}

export interface RosterUpdate {
  readonly region: string;
  readonly recorded: People;
  readonly declared: People;
  /** Whether profiles that exist and differ are taken over. */
  readonly adopt: boolean;
}

const verbs = { create: "creating", update: "updating", delete: "deleting" };

/** Makes the writes of a roster, some at once. One that fails stops no other. */
export async function makeWrites(
  session: Session,
  writes: readonly Write[],
  update: RosterUpdate,
): Promise<FailedWrite[]> {
  const service = await session.connection(update.region);
  const failures: FailedWrite[] = [];
  const queue = writes.values();
  const worker = async () => {
    for (const write of queue) {
      try {
        await makeWrite(session, service, write, update);
      } catch (error) {
        const doing = `${verbs[write.call]} ${profileName(write.userArn)}`;
        failures.push({ write, reason: session.failure(doing, error).message });
      }
    }
  };
  await Promise.all(Array.from({ length: writesAtOnce }, worker));
  return failures;
}

async function makeWrite(
  { declarations }: Session,
  service: Connection,
  write: Write,
  { region, recorded, declared, adopt }: RosterUpdate,
): Promise<unknown> {
  const { userArn } = write;
  if (write.call === "delete") {
    // The person may have moved to another resource since the delete was planned.
    return declarations.deleteUndeclared(region, userArn, service.delete);
  }
  const owner = {
    userArn,
    recorded: recorded[userArn],
    declared: declared[userArn]!,
    mayTakeOver: adopt || declarations.isOwn(region, userArn),
  };
  return apply(service, owner, write);
}
