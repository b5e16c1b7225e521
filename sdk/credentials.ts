// ZPA's "privileged credential controller": https://help.zscaler.com/zpa/configuring-privileged-credentials-using-api
// Passwords, private keys and passphrases go in and never come out again.

import { z } from "zod";
import { type ListOptions, type Page, type Scope, ZpaList } from "./lists";
import type { Transport } from "./transport";
import { maybe, parseAnswer, wireId, wireText, wireTime } from "./wire";

/** RDP, SSH, VNC · SSH · VNC. */
export const credentialTypes = ["USERNAME_PASSWORD", "SSH_KEY", "PASSWORD"] as const;
export type CredentialType = (typeof credentialTypes)[number];

export const credentialSchema = z.looseObject({
  id: wireId,
  name: wireText,
  description: maybe(wireText),
  credentialType: z.enum(credentialTypes),
  userName: maybe(wireText),
  /** Not always echoed: absent is not the same as empty. */
  userDomain: maybe(wireText),
  /** Moves with every write that carries a secret. */
  lastCredentialResetTime: maybe(wireTime),
  microtenantId: maybe(wireId),
  microtenantName: maybe(wireText),
  creationTime: maybe(wireTime),
  modifiedTime: maybe(wireTime),
  modifiedBy: maybe(wireId),
});
export type Credential = z.output<typeof credentialSchema>;

/** All that may be written. */
export interface CredentialBody {
  name: string;
  credentialType: CredentialType;
  description?: string | undefined;
  userName?: string | undefined;
  userDomain?: string | undefined;
  /** Secret. */
  password?: string | undefined;
  /** Secret, PEM. */
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

export class Credentials {
  private readonly lists: ZpaList<Credential>;

  constructor(private readonly transport: Transport) {
    this.lists = new ZpaList(
      transport,
      { version: "v1", path: collection, singular, plural: `${singular}s` },
      credentialSchema,
    );
  }

  /** One POST. */
  async create(body: CredentialBody, scope: Scope = {}): Promise<Credential> {
    const operation = `creating ${singular} "${body.name}"`;
    const answer = await this.transport.send(
      {
        method: "POST",
        version: "v1",
        path: collection,
        query: { microtenantId: scope.microtenantId },
        body: wireBody(body),
        replay: "never",
        operation,
      },
      scope.signal,
    );
    return parseAnswer(credentialSchema, answer.body, operation, true);
  }

  /** One GET. @throws NotFoundError */
  async get(id: string, scope: Scope = {}): Promise<Credential> {
    const operation = `reading ${singular} ${id}`;
    const answer = await this.transport.send(
      {
        method: "GET",
        version: "v1",
        path: [...collection, id],
        query: { microtenantId: scope.microtenantId },
        replay: "safe",
        operation,
      },
      scope.signal,
    );
    return parseAnswer(credentialSchema, answer.body, operation);
  }

  /**
   * One PUT. What is left out of the body may be lost, so the secret goes with it each time.
   *
   * @returns the server's time of the write, in seconds since 1970 where it tells it: the credential's
   * `lastCredentialResetTime` is about that when the body held a secret.
   */
  async update(id: string, body: CredentialBody, scope: Scope = {}): Promise<number | undefined> {
    const answer = await this.transport.send(
      {
        method: "PUT",
        version: "v1",
        path: [...collection, id],
        query: { microtenantId: scope.microtenantId },
        body: wireBody(body),
        replay: "safe",
        operation: `updating ${singular} "${body.name}" (${id})`,
      },
      scope.signal,
    );
    return answer.serverTime;
  }

  /** One DELETE. @throws NotFoundError when it is gone already. */
  async delete(id: string, scope: Scope = {}): Promise<void> {
    await this.transport.send(
      {
        method: "DELETE",
        version: "v1",
        path: [...collection, id],
        query: { microtenantId: scope.microtenantId },
        replay: "safe",
        operation: `deleting ${singular} ${id}`,
      },
      scope.signal,
    );
  }

  /** One POST: to another microtenant, `0` being Default. The id stays. */
  async move(id: string, from: string, to: string, signal?: AbortSignal): Promise<void> {
    await this.transport.send(
      {
        method: "POST",
        version: "v1",
        path: [...collection, id, "move"],
        query: { microtenantId: from, targetMicrotenantId: to },
        replay: "never",
        operation: `moving ${singular} ${id} from microtenant ${from} to ${to}`,
      },
      signal,
    );
  }

  /** All credentials, page by page. */
  list(options?: ListOptions): AsyncGenerator<Credential, void, undefined> {
    return this.lists.all(options);
  }

  /** One page of the list; the first is 1. One GET. */
  page(number: number, options?: ListOptions): Promise<Page<Credential>> {
    return this.lists.page(number, options);
  }

  /** The credentials of exactly this name. */
  named(name: string, scope?: Scope): Promise<Credential[]> {
    return this.lists.named(name, scope);
  }

  /** The credential of exactly this name. @throws NotFoundError; ValidationError when several have it. */
  find(name: string, scope?: Scope): Promise<Credential> {
    return this.lists.find(name, scope);
  }
}
