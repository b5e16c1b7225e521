// ZPA's "privileged credential controller": https://help.zscaler.com/zpa/configuring-privileged-credentials-using-api
// Passwords, private keys and passphrases are write-only.

import { z } from "zod";
import {
  fetchAs,
  type ListOptions,
  type Page,
  type Scope,
  send,
  type UnreadableObject,
  type WholeList,
} from "./collection";
import { quoted } from "../text";
import type { Reader } from "./reader";
import type { Same } from "../same";
import type { Sender } from "../request/apiRequest";
import { maybe, plainText, readerOf, wireId, wireText, wireTime } from "./wireTypes";
import { ZpaList } from "./zpaList";

/** The types of a credential: USERNAME_PASSWORD for RDP, SSH and VNC; SSH_KEY for SSH; PASSWORD for VNC. */
export const credentialTypes = ["USERNAME_PASSWORD", "SSH_KEY", "PASSWORD"] as const;
/** One of {@link credentialTypes}. */
export type CredentialType = (typeof credentialTypes)[number];

/** A credential as ZPA returns it, including fields that are not listed here. Times are seconds since 1970. */
export interface Credential {
  /** ZPA's id. */
  id: string;
  /** Name, unique among the objects of its kind in a microtenant. */
  name: string;
  /** Free text. */
  description: string | undefined;
  /** One of {@link credentialTypes}; at run time also a type that this client does not know yet. */
  credentialType: CredentialType;
  /** User to sign in as. */
  userName: string | undefined;
  /** ZPA does not always return it: undefined does not mean empty. */
  userDomain: string | undefined;
  /** Time of the last write that contained a secret. */
  lastCredentialResetTime: string | undefined;
  /** Id of its microtenant; undefined for Default. */
  microtenantId: string | undefined;
  /** Name of its microtenant. */
  microtenantName: string | undefined;
  /** When it was created, in seconds since 1970. */
  creationTime: string | undefined;
  /** When it was last changed, in seconds since 1970; undefined if never. */
  modifiedTime: string | undefined;
  /** Id of the administrator or API client that last changed it. */
  modifiedBy: string | undefined;
  [field: string]: unknown;
}

const schema = z.looseObject({
  id: wireId,
  name: wireText,
  description: maybe(wireText),
  credentialType: plainText.transform((type) => type as CredentialType),
  userName: maybe(wireText),
  userDomain: maybe(wireText),
  lastCredentialResetTime: maybe(wireTime),
  microtenantId: maybe(wireId),
  microtenantName: maybe(wireText),
  creationTime: maybe(wireTime),
  modifiedTime: maybe(wireTime),
  modifiedBy: maybe(wireId),
});
const reader: Reader<Same<Credential, z.output<typeof schema>>> = readerOf(schema);

/** The fields that can be written. */
export interface CredentialBody {
  /** Unique within a microtenant. */
  name: string;
  /** Cannot be changed after creation. */
  credentialType: CredentialType;
  /** Free text. */
  description?: string | undefined;
  /** Required for USERNAME_PASSWORD and SSH_KEY. */
  userName?: string | undefined;
  /** For USERNAME_PASSWORD. */
  userDomain?: string | undefined;
  /** Secret. Required for USERNAME_PASSWORD and PASSWORD. */
  password?: string | undefined;
  /** Secret, PEM. Required for SSH_KEY. */
  privateKey?: string | undefined;
  /** Secret. Passphrase of the private key. */
  passphrase?: string | undefined;
}

function wireBody(body: CredentialBody) {
  const { name, credentialType, description, userName, userDomain, password, privateKey, passphrase } = body;
  return { name, credentialType, description, userName, userDomain, password, privateKey, passphrase };
}

const singular = "privileged credential";
const collection = ["credential"] as const;

/** Privileged credentials, which privileged remote access signs in with. */
export class Credentials {
  private readonly lists: ZpaList<Credential>;

  constructor(private readonly sender: Sender) {
    const endpoint = { version: "v1", path: collection, singular, plural: `${singular}s` } as const;
    this.lists = new ZpaList(sender, endpoint, reader);
  }

  /**
   * Creates a credential. One POST, which is never repeated once it may have been applied.
   *
   * @throws AlreadyExistsError if the name is taken; AmbiguousOutcomeError, or another error with `mayHaveHappened`, if
   * the credential may exist nevertheless
   *
   * @example
   * const { id } = await zpa.credentials.create({
   *   name: "jump host",
   *   credentialType: "USERNAME_PASSWORD",
   *   userName: "admin",
   *   password,
   * });
   */
  create(body: CredentialBody, scope: Scope = {}): Promise<Credential> {
    return fetchAs(reader, this.sender, scope, {
      method: "POST",
      path: collection,
      body: wireBody(body),
      replay: "never",
      operation: `creating ${singular} ${quoted(body.name)}`,
    });
  }

  /**
   * Reads a credential, without its secrets. One GET.
   *
   * @throws NotFoundError if it does not exist
   */
  get(id: string, scope: Scope = {}): Promise<Credential> {
    return fetchAs(reader, this.sender, scope, {
      method: "GET",
      path: [...collection, { id }],
      replay: "safe",
      operation: `reading ${singular} ${id}`,
    });
  }

  /**
   * Replaces a credential. One PUT. Fields that the body omits may be lost, so always pass the secret.
   *
   * @returns the server time of the write in seconds since 1970; undefined if the response has no `Date` header. If the
   * body contains a secret, `lastCredentialResetTime` is about the same.
   * @throws NotFoundError if it does not exist
   */
  async update(id: string, body: CredentialBody, scope: Scope = {}): Promise<number | undefined> {
    const { serverTime } = await send(this.sender, scope, {
      method: "PUT",
      path: [...collection, { id }],
      body: wireBody(body),
      replay: "safe",
      operation: `updating ${singular} ${quoted(body.name)} (${id})`,
    });
    return serverTime;
  }

  /**
   * Deletes a credential. One DELETE.
   *
   * @returns true if ZPA has confirmed it; false if it no longer finds the object after the response to an earlier attempt
   * was lost: that attempt has deleted it, or others have moved it to another microtenant
   * @throws NotFoundError if it does not exist
   */
  async delete(id: string, scope: Scope = {}): Promise<boolean> {
    const { isPresumed } = await send(this.sender, scope, {
      method: "DELETE",
      path: [...collection, { id }],
      replay: "safe",
      operation: `deleting ${singular} ${id}`,
    });
    return isPresumed !== true;
  }

  /**
   * Moves a credential to another microtenant; it keeps its id. One POST, which is never repeated once it may have been
   * applied.
   *
   * @param from - id of the current microtenant, `0` for Default
   * @param to - id of the target microtenant, `0` for Default
   * @throws NotFoundError if it does not exist; AmbiguousOutcomeError if it may have been moved nevertheless
   */
  async move(id: string, from: string, to: string, signal?: AbortSignal): Promise<void> {
    await send(
      this.sender,
      { microtenantId: from, signal },
      {
        method: "POST",
        path: [...collection, { id }, "move"],
        query: { targetMicrotenantId: to },
        replay: "never",
        operation: `moving ${singular} ${id} from microtenant ${from} to ${to}`,
      },
    );
  }

  /**
   * All credentials, page by page: one GET per 500. Skips credentials that cannot be read.
   *
   * @throws ProtocolError if the pages never end; ValidationError for options that are not valid
   *
   * @example
   * for await (const login of zpa.credentials.list({ sortBy: "name" })) console.log(login.id, login.name);
   */
  list(options?: ListOptions): AsyncGenerator<Credential, void, undefined> {
    return this.lists.all(options);
  }

  /**
   * All credentials, with those that cannot be read, which {@link list} skips. One GET per 500.
   *
   * @throws as {@link list} does
   */
  listWhole(scope?: Scope): Promise<WholeList<Credential>> {
    return this.lists.whole(scope);
  }

  /** One page of the list; the first page is 1. One GET. @throws ValidationError for options that are not valid */
  page(number: number, options?: ListOptions): Promise<Page<Credential>> {
    return this.lists.page(number, options);
  }

  /**
   * All credentials with exactly this name (case-sensitive), including those that cannot be read. One GET if
   * {@link isSearchable} is true for the name, else the whole list.
   */
  named(name: string, scope?: Scope): Promise<(Credential | UnreadableObject)[]> {
    return this.lists.named(name, scope);
  }

  /**
   * The one credential with exactly this name (case-sensitive). Costs as many requests as {@link named}.
   *
   * @throws NotFoundError if there is none; ValidationError with the ids if there are several; ProtocolError if it
   * cannot be read
   *
   * @example
   * const login = await zpa.credentials.find("jump host", { microtenantId: "all" });
   */
  find(name: string, scope?: Scope): Promise<Credential> {
    return this.lists.find(name, scope);
  }
}
