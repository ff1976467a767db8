import * as pulumi from "@pulumi/pulumi";
import { projectFolder } from "../../client/projectFolder";
import { checkArguments } from "../../profile/check";
import { pick } from "../../profile/fields";
import { userNameOf } from "../../profile/userArn";
import { loadForProgram, refusalOf } from "../../roster/forProgram";
import type { Roster } from "../../roster/load";
import { dynamicTypes } from "../lifecycle/tokens";
import { claimRoster } from "./claims";
import { deployment } from "./deployment";
import { CodeStarUserProfile } from "./profileResource";
import { previewMark, refuseFailures } from "./programInputs";
import { tellRoster } from "./programKnowledge";
import { lackedSettings } from "./providerSettings";
import {
  finishedLast,
  hiddenMark,
  refuseLacked,
  refuseOptions,
  withoutWildcard,
} from "./resourceOptions";
import { runError } from "./runError";

/**
 * The whole of what state keeps of the provider; as in profileResource.ts,
 * none of this may ever change.
 */
const providerText = 'exports.handler = () => require("pulumi-codestar/roster-provider")';
const resourceType = dynamicTypes.Roster;

/** Where a roster is, and what holds for all of it. */
export interface RosterArgs {
  /** Roster files and folders, relative to the project's folder. */
  files: string | string[];
  /**
   * The AWS region that holds the profiles; the roster's own `region`, then `aws:region`, then the
   * AWS SDK's own chain when left out. Another region is another roster: it is replaced.
   */
  region?: string | undefined;
  /** Take over profiles that exist already and differ, instead of failing. */
  adopt?: boolean | undefined;
}

/** Whom a `CodeStarRoster` declares, and how it treats everybody else. */
export interface CodeStarRosterArgs extends RosterArgs {
  /**
   * What to do about live profiles in the roster's accounts that nobody declares: nothing, name new
   * ones at preview (the default), or delete them.
   */
  unmanaged?: "ignore" | "report" | "remove" | undefined;
  /**
   * How many profiles one update may remove; a tenth of those managed, at least 3, when left out.
   */
  maxRemovals?: number | undefined;
  /**
   * Show live and declared values at preview, which are personal data; names of people and
   * fields only when left out.
   */
  showValues?: boolean | undefined;
}

/**
 * All the profiles of a roster as one resource, for hundreds or thousands of people.
 * `pulumi preview --diff` shows who is added, changed, drifted, missing, removed or unmanaged, by
 * name; the plain preview has the counts. What is declared is encrypted in the state.
 *
 * @example
 * new CodeStarRoster("people", { files: "rosters", maxRemovals: 5 });
 */
export class CodeStarRoster extends pulumi.CustomResource {
  declare readonly region: pulumi.Output<string>;
  /** By ARN what is declared; secret. */
  declare readonly people: pulumi.Output<
    Record<string, { displayName: string; emailAddress: string; sshPublicKey?: string }>
  >;

  /**
   * @throws pulumi.RunError when an argument is wrong or misnamed; when something is wrong with the
   * roster, all of it with file, line and column; when the stack's `codestar:` settings are wrong;
   * and when a profile is declared twice in the stack.
   */
  constructor(name: string, args: CodeStarRosterArgs, opts?: pulumi.CustomResourceOptions) {
    const of = `CodeStarRoster "${name}"`;
    refuseFailures(of, checkArguments("CodeStarRoster", args));
    const { files, region, ...settings } = args;
    const roster = readRoster({ files, region });
    const where = region ?? roster.region;
    const people = roster.people.map((person) => [person.userArn, pick(person)] as const);
    const inputs = {
      ...settings,
      region: where,
      people: pulumi.secret(Object.fromEntries(people)),
      required: roster.required.length > 0 ? [...roster.required] : undefined,
      __provider: providerText,
    };
    const finish = (given: typeof inputs, options: pulumi.CustomResourceOptions) => {
      refuseOptions(of, options);
      refusePathsIntoPeople(of, options);
      const final = withoutWildcard(options, Object.keys(inputs).filter(isPublic));
      const claimant = { name, type: resourceType, opts: final };
      refuseLacked(of, lackedSettings(claimant, where, deployment()));
      const arns = people.map(([userArn]) => userArn);
      claimRoster(claimant, where, arns);
      const marks = {
        __program: tellRoster(claimant, where, arns),
        ...hiddenMark(final),
        ...previewMark(),
      };
      return { props: { ...given, ...marks }, opts: final };
    };
    super(resourceType, name, inputs, finishedLast(opts, finish));
  }
}

function isPublic(name: string): boolean {
  return !name.startsWith("_");
}

/** The engine would put what one person had before into the roster, for the provider to write. */
function refusePathsIntoPeople(of: string, { ignoreChanges = [] }: pulumi.CustomResourceOptions) {
  const path = ignoreChanges.find((name) => /^people[.[]/.test(name));
  if (path === undefined) return;
  throw runError(
    `${of}: ignoreChanges names one person, and a roster ignores all or nobody; write "people", or give the ` +
      "person a CodeStarUserProfile of their own",
  );
}

/**
 * A `CodeStarUserProfile` for each person of a roster, by ARN. They are named after the users, or
 * after their ARNs where a name occurs twice.
 * @throws pulumi.RunError as `CodeStarRoster`.
 *
 * @example
 * const profiles = rosterProfiles("rosters", { protect: true });
 * export const ada = profiles.get("arn:aws:iam::123456789012:user/ada")?.createdTimestamp;
 */
export function rosterProfiles(
  args: string | RosterArgs,
  opts?: pulumi.CustomResourceOptions,
): Map<string, CodeStarUserProfile> {
  const given: RosterArgs = typeof args === "string" ? { files: args } : args;
  refuseFailures("rosterProfiles", checkArguments("rosterProfiles", given));
  const { region, adopt } = given;
  const { people, region: own } = readRoster(given);
  const names = people.map(({ userArn }) => userNameOf(userArn));
  const seen = new Set<string>();
  const twice = new Set(names.filter((name) => seen.size === seen.add(name).size));
  return new Map(
    people.map((person) => {
      const { userArn } = person;
      const name = userNameOf(userArn);
      const profile = new CodeStarUserProfile(
        twice.has(name) ? userArn : name,
        { userArn, ...pick(person), region: region ?? own, ...(adopt && { adopt }) },
        opts,
      );
      return [userArn, profile];
    }),
  );
}

function readRoster({ files, region }: RosterArgs): Roster {
  const { settings } = deployment();
  const loaded = loadForProgram(files, {
    allowWeakKeys: settings.allowWeakKeys,
    folder: projectFolder(process.cwd(), pulumi.getProject()),
    ownRegion: region !== undefined,
  });
  const refusal = refusalOf(loaded);
  if (refusal) throw runError(refusal);
  return loaded.roster;
}
