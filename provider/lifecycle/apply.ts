import type { Connection } from "../../client/connection";
import { isFault } from "../../client/errors";
import { CodeStarError } from "../../profile/codeStarError";
import { type Field, type LiveProfile, neededFields, pick } from "../../profile/fields";
import { type Person, type ProfileWrite, reconcile } from "../../profile/reconcile";

/** Whom a write is about, as far as it is known before the profile is read. */
export type Owner = Omit<Person, "live" | "hidden"> & { readonly userArn: string };

/**
 * Makes one write and resolves to the profile after it. When another client wrote first, or
 * our own first answer was lost, a create finds the profile there and an update finds it gone:
 * the other call is made once.
 * @throws Error when the profile exists already and may not be taken over, or
 * lacks what a create needs.
 */
export async function apply(
  service: Connection,
  owner: Owner,
  { call, values }: ProfileWrite,
): Promise<LiveProfile> {
  const { userArn, declared, recorded, mayTakeOver } = owner;
  if (call === "update") {
    // It appeared after check, which has refused nobody.
    if (recorded === undefined && !mayTakeOver) {
      throw new CodeStarError(existsAlready(Object.keys(values) as Field[]));
    }
    try {
      return await service.update(userArn, values);
    } catch (error) {
      if (!isFault(error, "UserProfileNotFoundException")) throw error;
      // What might be updated might be taken over as well.
      return apply(
        service,
        { ...owner, mayTakeOver: true },
        { call: "create", values: pick(declared) },
      );
    }
  }
  const missing = missingForCreate(owner);
  if (missing) throw new CodeStarError(missing);
  try {
    return await service.create(userArn, values);
  } catch (error) {
    if (!isFault(error, "UserProfileAlreadyExistsException")) throw error;
    const live = await service.describe(userArn);
    if (live === undefined) throw error;
    const { conflict, write } = reconcile({ ...owner, live });
    if (conflict) throw new CodeStarError(existsAlready(conflict));
    if (write) return service.update(userArn, write.values);
    service.directory.record(live);
    return live;
  }
}

/** Why a profile is not taken over. */
export function existsAlready(differing: readonly Field[]): string {
  return (
    `a profile exists already and differs in ${differing.join(", ")}; ` +
    "set `adopt: true` to take it over and update it, or declare what is there"
  );
}

/** The API asks for a name and an address when it creates a profile, and only then. */
export function missingForCreate({
  userArn,
  declared,
}: Pick<Owner, "userArn" | "declared">): string | undefined {
  const missing = neededFields.filter((field) => declared[field] === undefined);
  if (missing.length === 0) return undefined;
  return (
    `${missing.join(" and ")} must be declared, since CodeStar user profile ${userArn} ` +
    "does not exist and is to be created"
  );
}
