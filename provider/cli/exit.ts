// How the commands end.

/** The exit codes, for scripts. */
export const exitCodes = {
  /** Done; with `keys --below` no key is below, nothing is left as it was; for `doctor` nothing has to be mended. */
  done: 0,
  found: 1,
  usage: 2,
  failed: 3,
} as const;

/** What help and documentation say of them. */
export const exitCodesText = `Exit codes:
  ${exitCodes.done}  done, and nothing found
  ${exitCodes.found}  found: keys below the limit (keys --below), machines without a connection (connectors
     --disconnected-for) or left as they were (--disable, --delete), something to mend (doctor)
  ${exitCodes.usage}  the command line is not valid
  ${exitCodes.failed}  not done: settings are missing, ZPA or Pulumi refuses, a file is there already, no
     key has the name (keys), an object cannot be read (--below, --disconnected-for)`;
