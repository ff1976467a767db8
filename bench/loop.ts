// Scripts that do the same work without Pulumi.
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../running/children.mjs";
import { repository } from "../running/repository.mjs";
import { clientEnvironment, environmentWithoutOwn } from "./environment";
import { temporaryFolder } from "./temporary";
import type { Operation, Place, Subject } from "./variants";

const environment = (folder: string, url: string, region: string) => ({
  ...environmentWithoutOwn(),
  ...clientEnvironment(folder, url, region),
  // Releases of the AWS CLI since August 2024 lack the API's model.
  AWS_DATA_PATH: join(repository, "models"),
  AWS_PAGER: "",
});

/** `script` is a file of `loops/`. */
export async function createLoop(
  script: "sdk.mjs" | "awsCli.sh",
  { people, url, region }: Place,
): Promise<Subject> {
  const { folder, remove } = temporaryFolder();
  const shell = script.endsWith(".sh");
  const lines = people.map(({ userArn, displayName, emailAddress, sshPublicKey }) =>
    [userArn, displayName, emailAddress, `${sshPublicKey}\n`].join("\t"),
  );
  const file = join(folder, "people");
  fs.writeFileSync(file, shell ? lines.join("") : JSON.stringify(people));
  return {
    command: (operation: Operation) => ({
      command: shell ? "sh" : process.execPath,
      args: [join(__dirname, "loops", script), operation, file],
      cwd: folder,
      env: environment(folder, url, region),
    }),
    stateBytes: () => undefined,
    clear: async () => {},
    saveState: () => {},
    restoreState: () => {},
    remove,
  };
}

/** Why the AWS CLI cannot take part, undefined when it can. */
export async function awsCliObstacle(url: string): Promise<string | undefined> {
  if (process.platform === "win32") return "the loop is a POSIX shell script";
  const args = ["codestar", "list-user-profiles", "--endpoint-url", url];
  const env = environment(tmpdir(), url, "us-east-1");
  try {
    const { code, stderr } = await run("aws", args, { env, limit: 60_000 });
    return code === 0 ? undefined : `aws exits with ${code}: ${stderr.trim().split("\n")[0]}`;
  } catch {
    return "there is no aws on the PATH";
  }
}
