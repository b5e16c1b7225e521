// What can go wrong, and the tests that let it. A row names its tests by file and title, and the sentences of
// docs/resources.md on recovery that stand on them: each of its sentences stands in at least one row.

export interface FaultClass {
  readonly what: string;
  /** File under `tests/`, then words of a title in it, as its source has them. */
  readonly tests: readonly (readonly [file: string, title: string])[];
  /** The first words of sentences in docs/resources.md. */
  readonly documented?: readonly string[];
}

const everyStep = ["faults/everyStep.test.ts", "loses, doubles and shows nothing where it meets"] as const;

export const faultClasses: readonly FaultClass[] = [
  // the network and the server
  {
    what: "resets, silence, 429, 5xx, 401, 403, 404, redirects, portals, cut and odd JSON, 10 MB: once in each step",
    tests: [
      everyStep,
      ["faults/lostAnswers.test.ts", "once where"],
      ["sdk/foreignAnswers.test.ts", "end in a protocol error:"],
    ],
  },
  {
    what: "many faults in a row",
    tests: [
      ["sdk/retries.test.ts", "are given up after four"],
      ["faults/lostAnswers.test.ts", "gives up after two requests that were lost"],
    ],
  },
  {
    what: "429 in every form of Retry-After",
    tests: [
      ["sdk/retryAfter.test.ts", "of absurd length is a wait without end"],
      ["sdk/waiting.test.ts", "wait as ZPA says"],
    ],
  },
  {
    what: "no answer, and bodies that stall",
    tests: [["sdk/waiting.test.ts", "end at the deadline, wherever they are"]],
  },
  {
    what: "401 in the middle of many calls",
    tests: [["sdk/tokens.test.ts", "signs in once for 50 requests that start together"]],
  },
  {
    what: "proxies, certificates and hosts that do not speak TLS",
    tests: [
      ["sdk/connections.test.ts", "say what a proxy refuses"],
      ["sdk/connections.test.ts", "refuse a certificate that is not trusted at once"],
    ],
  },
  {
    what: "fields that are missing, new or of another type",
    tests: [["sdk/oddObjects.test.ts", "hides none of the rest of a list"]],
  },
  {
    what: "pages that shift, repeat or never end",
    tests: [
      ["sdk/lists.test.ts", "end in an error when full pages repeat"],
      ["property/snapshot.test.ts", "while pages shift"],
    ],
  },
  {
    what: "any bytes, JSON of any shape, any status and headers",
    tests: [
      ["property/anyAnswer.test.ts", "ends each operation of the client"],
      ["property/anyAnswer.test.ts", "ends each step of the provider"],
      ["sdk/foreignAnswers.test.ts", "for any bytes whatever"],
    ],
  },
  // crashes
  {
    what: "SIGKILL of the provider process, of the CLI and of both, in each step, before and after ZPA has acted",
    tests: [
      ["faults/killed.test.ts", "the provider process is killed"],
      ["faults/killedRows.ts", "creates a key once, and has its text"],
    ],
    documented: ["Run `pulumi cancel`", "The package finds the objects", "Pulumi warns of pending operations"],
  },
  {
    what: "SIGKILL of the CLI alone: its provider stops; connections to the engine that are cut while it lives",
    tests: [
      ["faults/engineKilled.test.ts", "during a destroy of more than the rate limit lets through"],
      ["protocol/engineGone.test.ts", "neither retries a POST nor looks for its object"],
      ["protocol/engineGone.test.ts", "goes on over a connection that is cut"],
    ],
    documented: ["If the engine is killed, its provider stops"],
  },
  {
    what: "one and two SIGINTs, in each step",
    tests: [["faults/interrupted.test.ts", "the CLI is interrupted twice"]],
  },
  {
    what: "a left-over that is taken over",
    tests: [["protocol/ownership.test.ts", "is taken over when it is what a killed run has left"]],
    documented: ["It says so for each object."],
  },
  {
    what: "an object of the name that may be another's",
    tests: [
      ["protocol/ownership.test.ts", "is left alone when it ${what}"],
      ["protocol/ownership.test.ts", "is left alone when a machine has enrolled with it"],
      ["protocol/ownership.test.ts", "is left alone when an engine has recorded it"],
    ],
    documented: [
      "It takes over an object only if",
      "It was created less than 24 hours ago",
      "It equals the arguments",
      "No run that ended in order",
      "Such runs leave a note",
      "Any other object is left alone",
    ],
  },
  {
    what: "replacements, renames and moves that look like a left-over",
    tests: [
      ["paths/replacing.test.ts", "what the engine replaces of its own accord"],
      ["protocol/halfDone.test.ts", "is deleted first, after a replacement that was killed had created first"],
    ],
    documented: ["So `pulumi up --replace`"],
  },
  {
    what: "a machine without notes",
    tests: [
      ["protocol/ownership.test.ts", "on a machine whose notes are its own"],
      ["paths/replacing.test.ts", "replace-elsewhere"],
      ["protocol/holders.test.ts", "is held by two resources: an up names both"],
      ["protocol/holders.test.ts", "is held by two resources: a run that keeps the other one"],
    ],
    documented: [
      "There is one limit.",
      "Without such a note",
      "The run takes the object over and says so.",
      "If the run was to replace this object",
      "If two resources of one Provider hold one object",
      "A run with `--target`",
    ],
  },
  {
    what: "a text that is lost with the answer",
    tests: [
      ["faults/lostAnswers.test.ts", "makes it anew when no machine has used it"],
      ["protocol/ownership.test.ts", "is never deleted for its text where another machine has posted it"],
      ["protocol/halfDone.test.ts", "leaves a key alone whose text an engine may have recorded"],
    ],
    documented: [
      "The text of a key with `exportable: false`",
      "On the machine that created the key",
      "On any other machine",
    ],
  },
  {
    what: "state that cannot be written: a full disk, a read-only backend",
    tests: [
      ["faults/unrecorded.test.ts", "create anew what the run could not record"],
      ["faults/unrecorded.test.ts", "update and delete once more"],
    ],
    documented: ["A run that cannot write its state"],
  },
  {
    what: "what is half done",
    tests: [
      ["faults/halfDone.test.ts", "is kept in state"],
      ["protocol/halfDone.test.ts", "is finished when an error hook"],
    ],
  },
  { what: "names that are taken", tests: [["faults/names.test.ts", "refuses a name that a foreign object has"]] },
  // concurrency
  {
    what: "two stacks on one tenant",
    tests: [["engine/twoStacks.test.ts", "keep the rate together, share no object"]],
  },
  {
    what: "two machines",
    tests: [
      ["protocol/together.test.ts", "runs on two machines exceed the rate together"],
      ["protocol/together.test.ts", "a create of one name on two machines"],
    ],
  },
  {
    what: "processes of one machine",
    tests: [["property/rateLimit.test.ts", "beside other processes of its machine"]],
  },
  {
    what: "creates that arrive with the configuration",
    tests: [["protocol/together.test.ts", "creates that arrive with the configuration"]],
  },
  {
    what: "a deletion by others while a list is read",
    tests: [["protocol/together.test.ts", "a deletion by others while a list is read"]],
  },
  // all of it, at random
  {
    what: "random histories of programs, kills, faults and others",
    tests: [["histories/histories.test.ts", "lose nothing and leak nothing"]],
    documented: ["Repeat the command before you change the program", "Delete it in the Admin Portal; its name begins"],
  },
];
