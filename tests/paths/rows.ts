// The rows of the table: one each for a path, a kind, a name and a state that can differ from the others. The tests of this
// folder are made from them.

/** In what state the row finds its objects. */
type State =
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
  readonly kinds: readonly ("key" | "credential" | "group")[];
  /** Where the name comes from. */
  readonly names: readonly ("generated" | "explicit")[];
  readonly states: readonly State[];
  /** What holds, and the test's title. */
  readonly says: string;
}

const all = ["key", "credential", "group"] as const;
const both = ["key", "credential"] as const;
const key = ["key"] as const;
const credential = ["credential"] as const;
const generated = ["generated"] as const;
const explicit = ["explicit"] as const;
const anyName = ["generated", "explicit"] as const;
const fresh = ["fresh"] as const;

type Cells = readonly [kinds: Row["kinds"], names: Row["names"], states: Row["states"], says: string];

/** The rows of one file of tests. */
function chapter<Id extends string>(name: string, cells: Record<Id, Cells>): Record<Id, Row> {
  const entries = Object.entries<Cells>(cells);
  return Object.fromEntries(
    entries.map(([id, [kinds, names, states, says]]) => [id, { chapter: name, kinds, names, states, says }]),
  ) as Record<Id, Row>;
}

export const rows = {
  ...chapter("replacing", {
    "replace-generated": [all, generated, fresh, "up --replace makes a new object and deletes the old one"],
    "replace-explicit": [
      all,
      explicit,
      fresh,
      "up --replace with an explicit name deletes first, a group where deleteBeforeReplace says so",
    ],
    "replace-old": [
      all,
      generated,
      ["older than a day"],
      "up --replace of an object of the day before yesterday makes a new one",
    ],
    "replace-used": [key, generated, ["used"], "up --replace of a key that machines have used makes a new one"],
    taint: [all, anyName, fresh, "state taint makes a new object and deletes the old one"],
    untaint: [key, generated, fresh, "state untaint takes the taint back"],
    trigger: [all, anyName, fresh, "replacementTrigger makes a new object and deletes the old one"],
    "replace-with": [all, generated, fresh, "replaceWith makes a new object and deletes the old one"],
    "delete-first": [all, generated, fresh, "deleteBeforeReplace with keepers and a generated name deletes first"],
    "keepers-objects": [all, generated, fresh, "keepers with object values rotate when the object changes"],
    "replace-twice": [all, anyName, fresh, "a second up --replace replaces what the first one made"],
    "replace-elsewhere": [
      all,
      generated,
      ["other machine"],
      "up --replace on another machine leaves one object, the one in state",
    ],
    "create-first-explicit": [
      all,
      explicit,
      fresh,
      "up --replace of a group with an explicit name, and of others with deleteBeforeReplace: false, fails, names aliases before adopt, and destroys nothing",
    ],
    "retained-replace": [
      all,
      explicit,
      fresh,
      "up --replace with retainOnDelete and an explicit name says that the name has to change, and then makes a new object",
    ],
    "retained-adopt": [
      all,
      explicit,
      fresh,
      "up --replace with retainOnDelete and an explicit name is taken back by adopting the old object",
    ],
    "target-replace": [all, generated, fresh, "up --target-replace of the CLI replaces that one and touches no other"],
  }),
  ...chapter("adopting", {
    "adopt-keepers": [all, anyName, ["adopted"], "adopt left in the program has no effect when keepers replace"],
    "adopt-group": [key, anyName, ["adopted"], "adopt left in the program has no effect when another group replaces"],
    "adopt-replace": [all, anyName, ["adopted"], "adopt left in the program has no effect with up --replace"],
    "adopt-headroom": [key, explicit, ["adopted", "used"], "headroom holds for a key that is adopted"],
    "adopt-refused": [all, explicit, fresh, "what cannot be adopted is refused in words before anything is written"],
  }),
  ...chapter("names", {
    "alias-revert": [all, generated, fresh, "a rename with an alias, reverted without one, ends in one object"],
    "alias-explicit": [all, explicit, fresh, "a rename with an alias keeps the object of an explicit name"],
    "keepers-back": [
      all,
      generated,
      fresh,
      "keepers that go back while the old object could not be deleted end in one object",
    ],
    "keepers-retained": [all, generated, fresh, "keepers that go back never bring a retained object back"],
    "old-name-again": [
      all,
      generated,
      fresh,
      "a new resource under a renamed one's old name gets an object of its own",
    ],
    "old-name-target": [
      all,
      generated,
      fresh,
      "a new resource under a renamed one's old name gets an object of its own with --target too",
    ],
    "renamed-explicit": [
      all,
      explicit,
      fresh,
      "a rename of an explicitly named resource without an alias fails, names aliases before adopt, and destroys nothing",
    ],
    "stack-rename": [all, generated, fresh, "stack rename and a new stack of the old name do not share objects"],
    "state-move": [all, generated, fresh, "state move and an up of the old program in the source end in two objects"],
    "state-rename": [all, anyName, fresh, "state rename keeps the object"],
    "state-remove": [
      all,
      generated,
      fresh,
      "state remove lets the object go: the next up makes another and names the one that it left alone",
    ],
    "stack-import": [
      all,
      generated,
      fresh,
      "stack import of an earlier state converges, and of the present one changes nothing",
    ],
  }),
  ...chapter("refusing", {
    "gateway-404": [
      all,
      generated,
      fresh,
      "a 404 that is not ZPA's own fails refresh and destroy, and state keeps everything",
    ],
    "tenant-swapped": [
      all,
      generated,
      ["other tenant"],
      "settings of another tenant are refused in words by refresh, up and destroy, and state keeps everything",
    ],
    "credential-rotated": [all, generated, fresh, "another API credential of the same tenant changes nothing"],
    "provider-swapped": [
      all,
      generated,
      ["other tenant"],
      "a provider of another tenant under a resource is refused in words",
    ],
    "moved-destroy": [both, generated, ["moved"], "destroy deletes an object where somebody has moved it"],
    "gone-destroy": [all, generated, ["gone"], "destroy of what is gone already succeeds, and foreign objects stay"],
  }),
  ...chapter("fields", {
    "others-fields": [
      all,
      generated,
      ["changed outside"],
      "an unrelated update keeps what others have set where the program says nothing",
    ],
    "others-fields-refreshed": [
      all,
      generated,
      ["changed outside"],
      "an unrelated update after a refresh keeps what others have set",
    ],
    "spent-keepers": [key, generated, ["used"], "a key spent beyond the program's maxUsage is rotated by keepers"],
    "headroom-above": [key, generated, fresh, "headroom above maxUsage is applied at creation"],
    "microtenant-zero": [all, generated, fresh, 'microtenantId: "0" where Default holds already is no change'],
    "microtenant-own": [all, generated, fresh, "the settings' own microtenant, written explicitly, is no change"],
    "ignore-password": [
      credential,
      generated,
      ["changed outside"],
      "ignoreChanges on the password of a credential that others have reset goes up and writes nothing",
    ],
    "ignore-all": [all, anyName, fresh, 'ignoreChanges: ["*"] changes nothing in a second and a third up'],
  }),
  ...chapter("holding", {
    component: [all, generated, fresh, "a component holds several of our resources"],
    "component-sibling": [key, generated, fresh, "a component holds a key and a foreign resource that uses it"],
    "component-moved": [
      all,
      generated,
      fresh,
      "a resource moves into a component with an alias and stays the object that it is",
    ],
    "get-missing": [both, explicit, ["gone"], "get of what is not there, or is of the other kind, fails"],
    "import-option": [all, explicit, fresh, "the option import is refused in one sentence that names adopt"],
    "plain-options": [all, generated, fresh, "options that are Pulumi's own business change nothing"],
    protect: [all, anyName, fresh, "protect keeps a resource from every replacement and from destroy"],
    retain: [all, generated, fresh, "retainOnDelete leaves the object in ZPA, by a removal and by a destroy"],
    "deleted-with": [all, generated, fresh, "deletedWith leaves the deletion to the other resource"],
    "exported-whole": [all, generated, fresh, "a resource that is exported whole shows no bookkeeping"],
  }),
  ...chapter("commands", {
    plan: [
      all,
      generated,
      fresh,
      "preview --save-plan and up --plan agree where a replacing argument is unknown at preview",
    ],
    "up-target": [all, generated, fresh, "up --target and up --exclude touch nothing else"],
    "up-refresh": [all, generated, ["gone"], "up --refresh makes what is gone anew in one run"],
    "refresh-program": [
      all,
      generated,
      ["changed outside"],
      "refresh --run-program and refresh --target see what others have set",
    ],
    continue: [all, anyName, fresh, "--continue-on-error does the rest, and the next up what failed"],
    "destroy-target": [
      all,
      generated,
      fresh,
      "destroy --target, --exclude-protected and --run-program each delete what they name",
    ],
    "diff-display": [all, anyName, fresh, "up --diff of the CLI shows no bookkeeping"],
    "state-protect": [all, generated, fresh, "state protect keeps from a destroy until state unprotect"],
  }),
};

export type RowId = keyof typeof rows;
