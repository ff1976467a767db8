/**
 * SIGHUP ends a process that does not listen for it, and a service manager may send it as soon as
 * the process is there: from `holdHangUps` on it is remembered until there is somebody to tell.
 */
let held = false;
let told = () => {
  held = true;
};

export function holdHangUps(): void {
  process.on("SIGHUP", () => told());
}

/** Tells of each SIGHUP from now on, and at once of one that came before. */
export function onHangUp(listener: () => void): void {
  told = listener;
  if (held) listener();
}
