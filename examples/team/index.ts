import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CodeStarUserProfile } from "pulumi-codestar";
import { parse } from "yaml";

interface Person {
  displayName: string;
  emailAddress: string;
  sshPublicKey?: string;
}

interface Team {
  account: string;
  people: Record<string, Person>;
}

const team: Team = parse(readFileSync(join(__dirname, "team.yaml"), "utf8"));

const profiles = Object.entries(team.people).map(
  ([userName, person]) =>
    new CodeStarUserProfile(userName, {
      userArn: `arn:aws:iam::${team.account}:user/${userName}`,
      ...person,
    }),
);

export const userArns = profiles.map((profile) => profile.userArn);
