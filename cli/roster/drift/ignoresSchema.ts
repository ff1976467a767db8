import * as z from "zod";

/** The shape of a file of ignores. */
export const ignoresSchema = z.array(
  z.strictObject({
    userArn: z.string().min(1),
    fields: z.array(z.string()).min(1).optional(),
    reason: z.string().min(1),
    expires: z.string(),
  }),
);
