// The environments of what is measured: nothing of the user's own Pulumi or AWS set-up takes part.
import { join } from "node:path";
import { cliEnvironment, obtainPulumi } from "../running/pulumiCli.mjs";

type Environment = Record<string, string | undefined>;

export function environmentWithoutOwn(): Environment {
  return Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^(PULUMI|AWS)_/.test(key)),
  );
}

/** With the CLI on its path. */
export async function pulumiEnvironment(): Promise<Environment> {
  return cliEnvironment(await obtainPulumi(), environmentWithoutOwn());
}

/** How clients of the service find it. The files do not exist. */
export function clientEnvironment(folder: string, url: string, region: string): Environment {
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL_CODESTAR: url,
    AWS_ACCESS_KEY_ID: "bench",
    AWS_SECRET_ACCESS_KEY: "bench",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: join(folder, "aws-config"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "aws-credentials"),
  };
}
