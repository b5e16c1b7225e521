// ZPA's "privileged credential controller": https://help.zscaler.com/zpa/configuring-privileged-credentials-using-api
// Passwords, private keys and passphrases go in and never come out again.

import { z } from "zod";
import { fetchAs, type ListOptions, type Page, type Scope, send, type UnreadableObject } from "./collection";
import { quoted } from "../text";
import type { Reader } from "./reader";
import type { Same } from "../same";
import type { Sender } from "../request/apiRequest";
import { maybe, plainText, readerOf, wireId, wireText, wireTime } from "./wireTypes";
import { ZpaList } from "./zpaList";

/** What a credential is made of, by use: RDP, SSH and VNC · SSH · VNC. */
export const credentialTypes = ["USERNAME_PASSWORD", "SSH_KEY", "PASSWORD"] as const;
/** One of {@link credentialTypes}. */
export type CredentialType = (typeof credentialTypes)[number];

/** A credential, as ZPA has it; fields that are not named here come along. Times are seconds since 1970. */
export interface Credential {
  id: string;
  name: string;
  description: string | undefined;
  /** One of {@link credentialTypes}, or one that is new to this client: that must not hide the object. */
  credentialType: CredentialType;
  userName: string | undefined;
  /** Not always echoed: absent is not the same as empty. */
  userDomain: string | undefined;
  /** Moves with every write that carries a secret. */
  lastCredentialResetTime: string | undefined;
  microtenantId: string | undefined;
  microtenantName: string | undefined;
  creationTime: string | undefined;
  modifiedTime: string | undefined;
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

/** All that may be written. */
export interface CredentialBody {
  /** Unique within a microtenant. */
  name: string;
  /** Cannot be changed. */
  credentialType: CredentialType;
  description?: string | undefined;
  /** Of USERNAME_PASSWORD and SSH_KEY, which need it. */
  userName?: string | undefined;
  /** Of USERNAME_PASSWORD. */
  userDomain?: string | undefined;
  /** Secret. Of USERNAME_PASSWORD and PASSWORD, which need it. */
  password?: string | undefined;
  /** Secret, PEM. Of SSH_KEY, which needs it. */
  privateKey?: string | undefined;
  /** Secret; protects the private key. */
  passphrase?: string | undefined;
}

function wireBody(body: CredentialBody) {
  const { name, credentialType, description, userName, userDomain, password, privateKey, passphrase } = body;
  return { name, credentialType, description, userName, userDomain, password, privateKey, passphrase };
}

const singular = "privileged credential";
const collection = ["credential"] as const;

/** Privileged credentials. */
export class Credentials {
  private readonly lists: ZpaList<Credential>;

  constructor(private readonly sender: Sender) {
    const endpoint = { version: "v1", path: collection, singular, plural: `${singular}s` } as const;
    this.lists = new ZpaList(sender, endpoint, reader);
  }

  /**
   * One POST.
   *
   * @throws AlreadyExistsError when the name is taken; AmbiguousOutcomeError, or another error whose `mayHaveHappened` is
   * true, when the credential may be there nevertheless
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

  /** One GET. @throws NotFoundError */
  get(id: string, scope: Scope = {}): Promise<Credential> {
    return fetchAs(reader, this.sender, scope, {
      method: "GET",
      path: [...collection, id],
      replay: "safe",
      operation: `reading ${singular} ${id}`,
    });
  }

  /**
   * One PUT. What is left out of the body may be lost, so the secret goes with it each time.
   *
   * @returns the server's time of the write, in seconds since 1970 where it tells it: the credential's
   * `lastCredentialResetTime` is about that when the body held a secret.
   * @throws NotFoundError
   */
  async update(id: string, body: CredentialBody, scope: Scope = {}): Promise<number | undefined> {
    const { serverTime } = await send(this.sender, scope, {
      method: "PUT",
      path: [...collection, id],
      body: wireBody(body),
      replay: "safe",
      operation: `updating ${singular} ${quoted(body.name)} (${id})`,
    });
    return serverTime;
  }

  /** One DELETE. @throws NotFoundError when it is gone already */
  async delete(id: string, scope: Scope = {}): Promise<void> {
    await send(this.sender, scope, {
      method: "DELETE",
      path: [...collection, id],
      replay: "safe",
      operation: `deleting ${singular} ${id}`,
    });
  }

  /**
   * One POST: to another microtenant, `0` being Default. The id stays.
   *
   * @throws NotFoundError; AmbiguousOutcomeError when it may have been moved nevertheless
   */
  async move(id: string, from: string, to: string, signal?: AbortSignal): Promise<void> {
    await send(
      this.sender,
      { microtenantId: from, signal },
      {
        method: "POST",
        path: [...collection, id, "move"],
        query: { targetMicrotenantId: to },
        replay: "never",
        operation: `moving ${singular} ${id} from microtenant ${from} to ${to}`,
      },
    );
  }

  /** All credentials that can be read, page by page: one GET for each 500. */
  list(options?: ListOptions): AsyncGenerator<Credential, void, undefined> {
    return this.lists.all(options);
  }

  /** One page of the list; the first is 1. One GET. */
  page(number: number, options?: ListOptions): Promise<Page<Credential>> {
    return this.lists.page(number, options);
  }

  /**
   * The credentials of exactly this name, case included, and those whose name alone can be read: one GET where the search
   * takes the name, else the whole list.
   */
  named(name: string, scope?: Scope): Promise<(Credential | UnreadableObject)[]> {
    return this.lists.named(name, scope);
  }

  /** The credential of exactly this name, case included. @throws NotFoundError; ValidationError when several have it. */
  find(name: string, scope?: Scope): Promise<Credential> {
    return this.lists.find(name, scope);
  }
}
