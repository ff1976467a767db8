const credentialScope =
  /\bCredential=[^/,\s]+\/\d{8}\/([a-z0-9-]{1,32})\/[a-z0-9-]+\/aws4_request\b/;

/**
 * The region that a request addresses: the one its SigV4 credential scope names, verified or not,
 * since every AWS client signs for the region it means to reach. Undefined without such a header.
 */
export function signedRegion(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : credentialScope.exec(authorization)?.[1];
}

/** Regions are name spaces to this service, so any name of the usual form will do. */
export const isRegion = (name: string): boolean => /^[a-z0-9-]{1,32}$/.test(name);
