// Every path that a Pulumi program takes to its resources: the resource options, the CLI's commands and flags, and the
// ways in which a program can hold a resource; each with the rows that walk it, or why it needs none. The tests of this
// folder are made from the rows, and the end of `npm test` prints all of it.

import type { ComponentResourceOptions, CustomResourceOptions } from "@pulumi/pulumi";

/** In what state the row finds its objects. */
export type State =
  | "fresh"
  | "used"
  | "changed outside"
  | "older than a day"
  | "adopted"
  | "gone"
  | "moved"
  | "other tenant"
  | "other machine";

export interface Row {
  /** The file of this folder that walks it, without `.test.ts`. */
  readonly chapter: string;
  readonly kinds: readonly ("key" | "credential")[];
  /** Where the name comes from. */
  readonly names: readonly ("generated" | "explicit")[];
  readonly states: readonly State[];
  /** What holds, and the test's title. */
  readonly says: string;
}

const both = ["key", "credential"] as const;
const key = ["key"] as const;
const credential = ["credential"] as const;
const generated = ["generated"] as const;
const explicit = ["explicit"] as const;
const anyName = ["generated", "explicit"] as const;
const fresh = ["fresh"] as const;

const row = (chapter: string, kinds: Row["kinds"], names: Row["names"], states: Row["states"], says: string): Row => ({
  chapter,
  kinds,
  names,
  states,
  says,
});

export const rows = {
  // replacing
  "replace-generated": row(
    "replacing",
    both,
    generated,
    fresh,
    "up --replace makes a new object and deletes the old one",
  ),
  "replace-explicit": row("replacing", both, explicit, fresh, "up --replace with an explicit name deletes first"),
  "replace-old": row(
    "replacing",
    both,
    generated,
    ["older than a day"],
    "up --replace of an object of the day before yesterday makes a new one",
  ),
  "replace-used": row(
    "replacing",
    key,
    generated,
    ["used"],
    "up --replace of a key that machines have used makes a new one",
  ),
  taint: row("replacing", both, anyName, fresh, "state taint makes a new object and deletes the old one"),
  untaint: row("replacing", key, generated, fresh, "state untaint takes the taint back"),
  trigger: row("replacing", both, anyName, fresh, "replacementTrigger makes a new object and deletes the old one"),
  "replace-with": row("replacing", both, generated, fresh, "replaceWith makes a new object and deletes the old one"),
  "delete-first": row(
    "replacing",
    both,
    generated,
    fresh,
    "deleteBeforeReplace with keepers and a generated name deletes first",
  ),
  "keepers-objects": row(
    "replacing",
    both,
    generated,
    fresh,
    "keepers with object values rotate when the object changes",
  ),
  "replace-twice": row("replacing", both, anyName, fresh, "a second up --replace replaces what the first one made"),
  "replace-elsewhere": row(
    "replacing",
    both,
    generated,
    ["other machine"],
    "up --replace on another machine leaves one object, the one in state",
  ),
  "create-first-explicit": row(
    "replacing",
    both,
    explicit,
    fresh,
    "deleteBeforeReplace: false with an explicit name fails, names aliases before adopt, and destroys nothing",
  ),
  "target-replace": row(
    "replacing",
    both,
    generated,
    fresh,
    "up --target-replace of the CLI replaces that one and touches no other",
  ),
  // adopting
  "adopt-keepers": row(
    "adopting",
    both,
    anyName,
    ["adopted"],
    "adopt left in the program has no effect when keepers replace",
  ),
  "adopt-group": row(
    "adopting",
    key,
    anyName,
    ["adopted"],
    "adopt left in the program has no effect when another group replaces",
  ),
  "adopt-replace": row(
    "adopting",
    both,
    anyName,
    ["adopted"],
    "adopt left in the program has no effect with up --replace",
  ),
  "adopt-headroom": row("adopting", key, explicit, ["adopted", "used"], "headroom holds for a key that is adopted"),
  "adopt-refused": row(
    "adopting",
    both,
    explicit,
    fresh,
    "what cannot be adopted is refused in words before anything is written",
  ),
  // names
  "alias-revert": row(
    "names",
    both,
    generated,
    fresh,
    "a rename with an alias, reverted without one, ends in one object",
  ),
  "alias-explicit": row("names", both, explicit, fresh, "a rename with an alias keeps the object of an explicit name"),
  "keepers-back": row(
    "names",
    both,
    generated,
    fresh,
    "keepers that go back while the old object could not be deleted end in one object",
  ),
  "keepers-retained": row("names", both, generated, fresh, "keepers that go back never bring a retained object back"),
  "old-name-again": row(
    "names",
    both,
    generated,
    fresh,
    "a new resource under a renamed one's old name gets an object of its own",
  ),
  "old-name-target": row(
    "names",
    both,
    generated,
    fresh,
    "a new resource under a renamed one's old name gets an object of its own with --target too",
  ),
  "renamed-explicit": row(
    "names",
    both,
    explicit,
    fresh,
    "a rename of an explicitly named resource without an alias fails, names aliases before adopt, and destroys nothing",
  ),
  "stack-rename": row(
    "names",
    both,
    generated,
    fresh,
    "stack rename and a new stack of the old name do not share objects",
  ),
  "state-move": row(
    "names",
    both,
    generated,
    fresh,
    "state move and an up of the old program in the source end in two objects",
  ),
  "state-rename": row("names", both, anyName, fresh, "state rename keeps the object"),
  "state-remove": row(
    "names",
    both,
    generated,
    fresh,
    "state remove lets the object go: the next up makes another and names the one that it left alone",
  ),
  "stack-import": row(
    "names",
    both,
    generated,
    fresh,
    "stack import of an earlier state converges, and of the present one changes nothing",
  ),
  // refusing
  "gateway-404": row(
    "refusing",
    both,
    generated,
    fresh,
    "a 404 that is not ZPA's own fails refresh and destroy, and state keeps everything",
  ),
  "tenant-swapped": row(
    "refusing",
    both,
    generated,
    ["other tenant"],
    "settings of another tenant are refused in words by refresh, up and destroy, and state keeps everything",
  ),
  "credential-rotated": row(
    "refusing",
    both,
    generated,
    fresh,
    "another API credential of the same tenant changes nothing",
  ),
  "provider-swapped": row(
    "refusing",
    both,
    generated,
    ["other tenant"],
    "a provider of another tenant under a resource is refused in words",
  ),
  "moved-destroy": row("refusing", both, generated, ["moved"], "destroy deletes an object where somebody has moved it"),
  "gone-destroy": row(
    "refusing",
    both,
    generated,
    ["gone"],
    "destroy of what is gone already succeeds, and foreign objects stay",
  ),
  // fields
  "others-fields": row(
    "fields",
    both,
    generated,
    ["changed outside"],
    "an unrelated update keeps what others have set where the program says nothing",
  ),
  "others-fields-refreshed": row(
    "fields",
    both,
    generated,
    ["changed outside"],
    "an unrelated update after a refresh keeps what others have set",
  ),
  "spent-keepers": row(
    "fields",
    key,
    generated,
    ["used"],
    "a key spent beyond the program's maxUsage is rotated by keepers",
  ),
  "headroom-above": row("fields", key, generated, fresh, "headroom above maxUsage is applied at creation"),
  "microtenant-zero": row(
    "fields",
    both,
    generated,
    fresh,
    'microtenantId: "0" where Default holds already is no change',
  ),
  "microtenant-own": row(
    "fields",
    both,
    generated,
    fresh,
    "the settings' own microtenant, written explicitly, is no change",
  ),
  "ignore-password": row(
    "fields",
    credential,
    generated,
    ["changed outside"],
    "ignoreChanges on the password of a credential that others have reset goes up and writes nothing",
  ),
  "ignore-all": row("fields", both, anyName, fresh, 'ignoreChanges: ["*"] changes nothing in a second and a third up'),
  // holding
  component: row("holding", both, generated, fresh, "a component holds several of our resources"),
  "component-sibling": row(
    "holding",
    key,
    generated,
    fresh,
    "a component holds a key and a foreign resource that uses it",
  ),
  "component-moved": row(
    "holding",
    both,
    generated,
    fresh,
    "a resource moves into a component with an alias and stays the object that it is",
  ),
  "get-missing": row("holding", both, explicit, ["gone"], "get of what is not there, or is of the other kind, fails"),
  "import-option": row(
    "holding",
    both,
    explicit,
    fresh,
    "the option import is refused in one sentence that names adopt",
  ),
  "plain-options": row("holding", both, generated, fresh, "options that are Pulumi's own business change nothing"),
  protect: row("holding", both, anyName, fresh, "protect keeps a resource from every replacement and from destroy"),
  retain: row(
    "holding",
    both,
    generated,
    fresh,
    "retainOnDelete leaves the object in ZPA, by a removal and by a destroy",
  ),
  "deleted-with": row("holding", both, generated, fresh, "deletedWith leaves the deletion to the other resource"),
  "exported-whole": row("holding", both, generated, fresh, "a resource that is exported whole shows no bookkeeping"),
  // commands
  plan: row(
    "commands",
    both,
    generated,
    fresh,
    "preview --save-plan and up --plan agree where a replacing argument is unknown at preview",
  ),
  "up-target": row("commands", both, generated, fresh, "up --target and up --exclude touch nothing else"),
  "up-refresh": row("commands", both, generated, ["gone"], "up --refresh makes what is gone anew in one run"),
  "refresh-program": row(
    "commands",
    both,
    generated,
    ["changed outside"],
    "refresh --run-program and refresh --target see what others have set",
  ),
  continue: row("commands", both, anyName, fresh, "--continue-on-error does the rest, and the next up what failed"),
  "destroy-target": row(
    "commands",
    both,
    generated,
    fresh,
    "destroy --target, --exclude-protected and --run-program each delete what they name",
  ),
  "diff-display": row("commands", both, anyName, fresh, "up --diff of the CLI shows no bookkeeping"),
  "state-protect": row("commands", both, generated, fresh, "state protect keeps from a destroy until state unprotect"),
} as const satisfies Record<string, Row>;

export type RowId = keyof typeof rows;

/** How an option, a command or a way is dealt with: by rows, by a test elsewhere, or by the reason why it needs none. */
export type Path = { rows: readonly RowId[] } | { test: string } | { why: string };

const by = (...ids: RowId[]): Path => ({ rows: ids });
const test = (file: string): Path => ({ test: file });
const because = (why: string): Path => ({ why });

const display = because("it decides what is shown, and how, not what is done");
const engineOnly = because("the engine or the program runner deals with it; no provider is called");
const cloudOnly = because("it needs Pulumi Cloud");

/** Of the types, so that an option which a new SDK brings has to be listed before this compiles. */
export const options = {
  additionalSecretOutputs: by("plain-options"),
  aliases: by("alias-revert", "alias-explicit", "component-moved"),
  customTimeouts: by("plain-options"),
  deleteBeforeReplace: by("delete-first", "create-first-explicit", "replace-explicit"),
  deletedWith: by("deleted-with"),
  dependsOn: by("plain-options"),
  envVarMappings: test("tests/engine/tenants.test.ts"),
  hideDiffs: by("plain-options"),
  hooks: by("plain-options"),
  id: test("tests/engine/takingOver.test.ts"),
  ignoreChanges: by("ignore-password", "ignore-all"),
  import: by("import-option"),
  parent: by("component", "component-moved"),
  pluginDownloadURL: because("the dynamic provider comes with the program's own SDK and is never downloaded"),
  protect: by("protect"),
  provider: by("provider-swapped", "plain-options"),
  providers: by("component"),
  replaceOnChanges: because("Pulumi's dynamic providers drop it; the README shows the way through keepers"),
  replaceWith: by("replace-with"),
  replacementTrigger: by("trigger"),
  retainOnDelete: by("retain", "keepers-retained"),
  stateMigrations: because("experimental, and it rewrites state before the engine reads it"),
  transformations: by("plain-options"),
  transforms: by("plain-options"),
  urn: because("it reads a resource of the same stack back from state; no provider is called"),
  version: by("plain-options"),
} satisfies Record<keyof (CustomResourceOptions & ComponentResourceOptions), Path>;

/** The CLI's commands; `flags` has those of its operations. */
export const commands: Readonly<Record<string, Path>> = {
  up: by("replace-generated", "diff-display"),
  preview: by("plan"),
  refresh: by("gateway-404", "refresh-program"),
  destroy: by("gateway-404", "destroy-target"),
  import: test("tests/engine/takingOver.test.ts"),
  cancel: test("tests/faults/crashes.test.ts"),
  watch: because("it is an up after each change of a file"),
  "state taint": by("taint"),
  "state untaint": by("untaint"),
  "state move": by("state-move"),
  "state rename": by("state-rename"),
  "state remove": by("state-remove"),
  "state protect": by("state-protect"),
  "state unprotect": by("state-protect"),
  "state get": display,
  "state repair": engineOnly,
  "state upgrade": engineOnly,
  "stack rename": by("stack-rename"),
  "stack new": by("stack-rename"),
  "stack export": by("stack-import"),
  "stack import": by("stack-import"),
  "stack output": by("exported-whole"),
  "stack remove": because("it refuses a stack that still has resources"),
  "stack change-secrets-provider": engineOnly,
  "stack migrate": because("state goes to another backend as it is, as stack export and stack import have it"),
  "stack get": display,
  "stack graph": display,
  "stack history": display,
  "stack list": display,
  "stack select": engineOnly,
  "stack unselect": engineOnly,
  "stack tag": cloudOnly,
  "stack drift": cloudOnly,
  "stack schedule": cloudOnly,
  "stack webhook": cloudOnly,
  do: because("it takes its resources from a package's schema, and a dynamic provider has none"),
  schema: because("a dynamic provider has no schema"),
  package: because("a dynamic provider has no schema"),
  config: test("tests/engine/folders.test.ts"),
  console: cloudOnly,
  deployment: cloudOnly,
  env: cloudOnly,
  insights: cloudOnly,
  neo: cloudOnly,
  org: cloudOnly,
  project: cloudOnly,
  api: cloudOnly,
  about: display,
  logs: engineOnly,
  convert: engineOnly,
  install: engineOnly,
  login: engineOnly,
  logout: engineOnly,
  new: engineOnly,
  plugin: engineOnly,
  policy: because("a policy sees the arguments that check has passed; tests/protocol covers check"),
  template: engineOnly,
  version: display,
  whoami: display,
  "gen-completion": engineOnly,
};

/** The flags of up, preview, refresh, destroy and import, which share most of them. */
export const flags: Readonly<Record<string, Path>> = {
  "--replace": by(
    "replace-generated",
    "replace-explicit",
    "replace-old",
    "replace-used",
    "replace-twice",
    "replace-elsewhere",
  ),
  "--target-replace": by("target-replace"),
  "--target": by("up-target", "old-name-target", "refresh-program", "destroy-target"),
  "--target-dependents": because("it adds to what --target names"),
  "--exclude": by("up-target"),
  "--exclude-dependents": because("it adds to what --exclude names"),
  "--exclude-protected": by("destroy-target"),
  "--ignore-protect": because("the engine lifts the protection; what follows is any other deletion"),
  "--refresh": by("up-refresh"),
  "--run-program": by("refresh-program", "destroy-target"),
  "--continue-on-error": by("continue"),
  "--save-plan": by("plan"),
  "--strict": because("it saves a plan and takes it, as --save-plan and --plan do"),
  "--import-file": because(
    "it writes a list of what an up would create; pulumi-zpa-dynamic import makes the whole file",
  ),
  "--clear-pending-creates": test("tests/faults/crashes.test.ts"),
  "--import-pending-creates": because("it reads the object that it names, as a refresh does"),
  "--skip-pending-creates": engineOnly,
  "--file": test("tests/engine/takingOver.test.ts"),
  "--generate-code": test("tests/engine/takingOver.test.ts"),
  "--generate-resources": engineOnly,
  "--from": engineOnly,
  "--out": display,
  "--properties": because("it names the arguments of generated code"),
  "--parent": because("import puts the URN into state; no provider is called for it"),
  "--provider": because("import puts the reference into state; no provider is called for it"),
  "--protect": by("state-protect"),
  "--preview-only": because(
    "it is a preview, and no preview writes (each up of a test may not, either, once nothing changes)",
  ),
  "--remove": because("it removes the stack after a destroy"),
  "--parallel": test("tests/property/rateLimit.test.ts"),
  "--expect-no-changes": test("tests/engine/folders.test.ts"),
  "--policy-pack": because("a policy sees the arguments that check has passed"),
  "--policy-pack-config": because("a policy sees the arguments that check has passed"),
  "--secrets-provider": engineOnly,
  "--config": test("tests/engine/tenants.test.ts"),
  "--config-file": engineOnly,
  "--config-path": engineOnly,
  "--override-env": cloudOnly,
  "--attach-debugger": engineOnly,
  "--skip-preview": because("each up of a test skips it"),
  "--skip-config-validation": engineOnly,
  "--skip-plugin-pre-install": engineOnly,
  "--diff": by("diff-display"),
  "--debug": because("the README lists it among the channels of Pulumi that show secrets"),
  "--json": because("the README lists it among the channels of Pulumi that show secrets"),
  ...Object.fromEntries(
    [
      "--help",
      "--message",
      "--neo",
      "--show-config",
      "--show-full-output",
      "--show-policy-remediations",
      "--show-reads",
      "--show-replacement-steps",
      "--show-sames",
      "--show-secrets",
      "--stack",
      "--suppress-outputs",
      "--suppress-permalink",
      "--suppress-progress",
      "--urns",
      "--yes",
    ].map((flag) => [flag, display]),
  ),
};

/** The ways in which a program can hold a resource. */
export const ways: Readonly<Record<string, Path>> = {
  "at the top": by("replace-generated"),
  "with an explicit name": by("replace-explicit", "renamed-explicit"),
  "with keepers": by("keepers-objects", "keepers-back", "spent-keepers"),
  "with headroom": by("headroom-above", "adopt-headroom"),
  "with a microtenant": by("microtenant-zero", "microtenant-own", "moved-destroy"),
  "under a name that another had": by("old-name-again", "old-name-target"),
  "changed by others": by("others-fields", "others-fields-refreshed"),
  "deleted by others": by("gone-destroy", "up-refresh"),
  "with settings that change": by("tenant-swapped", "credential-rotated"),
  "in a component": by("component", "component-sibling"),
  "in a component, moved there": by("component-moved"),
  "under an explicit provider": by("plain-options", "provider-swapped"),
  "under several providers": test("tests/engine/tenants.test.ts"),
  "with get": by("get-missing"),
  "with get, of what is there": test("tests/engine/takingOver.test.ts"),
  "with adopt": by("adopt-keepers", "adopt-group", "adopt-replace", "adopt-headroom", "adopt-refused"),
  "imported by file": test("tests/engine/takingOver.test.ts"),
  "exported whole": by("exported-whole"),
  "read by another stack": test("tests/engine/scaling.test.ts"),
  "from state of 0.1.0": test("tests/protocol/upgrade.test.ts"),
  "in a user's unit test": test("tests/examples/graph.test.ts"),
};
