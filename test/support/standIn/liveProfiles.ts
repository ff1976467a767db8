import type { Operation, Reply } from "../../../client/transport";

/** What a program, or somebody else, may say of a profile. */
export interface Fields {
  readonly displayName?: string;
  readonly emailAddress?: string;
  readonly sshPublicKey?: string;
}

export interface Live extends Fields {
  readonly created: number;
  readonly modified: number;
}

/** A profile is of a region. */
export const keyOf = (region: string, userArn: string): string => `${region} ${userArn}`;

/** What happens, once, to a write of a profile. */
export interface Fault {
  readonly key: string;
  readonly call: "create" | "update" | "delete";
  /**
   * `refused`: not done. `lost`: done, and no answer. `repeated`: done, and the
   * answer is that of a second try.
   */
  readonly how: "refused" | "lost" | "repeated";
}

export interface WriteCall {
  readonly call: "create" | "update" | "delete";
  readonly key: string;
  /** The provider instance; `""` for the default one. */
  readonly by: string;
  readonly values: Fields;
  /** The profile before. */
  readonly before: Live | undefined;
  readonly outcome: "done" | "exists" | "missing" | "refused" | "lost" | "repeated";
}

interface Input extends Fields {
  readonly userArn: string;
  readonly nextToken?: string;
}

const verbs: Partial<Record<Operation, WriteCall["call"]>> = {
  CreateUserProfile: "create",
  UpdateUserProfile: "update",
  DeleteUserProfile: "delete",
};

/** A service with a memory of every write. */
export class LiveProfiles {
  readonly profiles = new Map<string, Live>();
  writes: WriteCall[] = [];
  faults: Fault[] = [];
  /** How many of the faults have happened. */
  struck = 0;
  #now = 0;

  readonly #pageSize: number;

  constructor(pageSize = 100) {
    this.#pageSize = pageSize;
  }

  /** Does what is asked for, at once. Throws an error whose name is the API's. */
  perform(operation: Operation, region: string, input: object, by = ""): Reply {
    const { userArn, nextToken, ...values } = input as Input;
    if (operation === "ListUserProfiles") return this.#list(region, nextToken);
    const key = keyOf(region, userArn);
    const before = this.profiles.get(key);
    const call = verbs[operation];
    if (call === undefined) {
      if (before === undefined) throw fault("UserProfileNotFoundException");
      return reply(userArn, before);
    }
    const index = this.faults.findIndex((f) => f.key === key && f.call === call);
    const [struck] = index === -1 ? [] : this.faults.splice(index, 1);
    if (struck) this.struck++;
    const record = (outcome: WriteCall["outcome"]) =>
      this.writes.push({ call, key, by, values, before, outcome });
    if (struck?.how === "refused") {
      record("refused");
      throw fault("ValidationException");
    }
    const refusal = this.#refusal(call, before);
    if (refusal) {
      record(before ? "exists" : "missing");
      throw fault(refusal);
    }
    if (call === "delete") this.profiles.delete(key);
    else this.set(key, { ...before, ...values });
    record(struck?.how ?? "done");
    if (struck?.how === "lost") throw fault("TimeoutError");
    if (struck?.how === "repeated" && call === "create")
      throw fault("UserProfileAlreadyExistsException");
    const after = this.profiles.get(key);
    return after ? reply(userArn, after) : { userArn };
  }

  /** What others do. */
  set(key: string, fields: Fields): void {
    const at = ++this.#now;
    this.profiles.set(key, {
      sshPublicKey: "",
      ...fields,
      created: this.profiles.get(key)?.created ?? at,
      modified: at,
    });
  }

  #refusal(call: WriteCall["call"], before: Live | undefined): string | undefined {
    if (call === "create") return before && "UserProfileAlreadyExistsException";
    if (call === "update") return before ? undefined : "UserProfileNotFoundException";
    // An absent profile is deleted without an error.
    return undefined;
  }

  #list(region: string, nextToken: string | undefined): Reply {
    const arns = [...this.profiles.keys()]
      .filter((key) => key.startsWith(`${region} `))
      .map((key) => key.slice(region.length + 1))
      .sort();
    const rest = nextToken === undefined ? arns : arns.filter((arn) => arn > nextToken);
    const page = rest.slice(0, this.#pageSize);
    const more = rest.length > page.length;
    return {
      userProfiles: page.map((arn) => {
        const { created, modified, ...fields } = this.profiles.get(keyOf(region, arn))!;
        return { userArn: arn, ...fields };
      }),
      ...(more && { nextToken: page.at(-1) }),
    };
  }
}

function reply(userArn: string, { created, modified, ...fields }: Live): Reply {
  return {
    userArn,
    ...fields,
    createdTimestamp: new Date(created * 1000),
    lastModifiedTimestamp: new Date(modified * 1000),
  };
}

function fault(name: string): Error {
  return Object.assign(new Error(name), { name });
}
