import { isObject } from '../json_value';
import type { Timeouts } from '../server/protocol.generated';
import type { Address, RunOptions } from './run';

/** The limits of a run that can be set, in the order in which they matter to it. */
export const LIMITS = ['connect', 'idle', 'total'] as const;
export type Limit = (typeof LIMITS)[number];

/** The options that are in `value`, whatever it is; what is none is left out. */
export function readOptions(value: unknown): RunOptions {
  if (!isObject(value)) return {};
  const { cloud, address, userId, persistentMemory } = value;
  const timeouts = readTimeouts(value['timeouts']);
  return {
    ...(cloud === true ? { cloud } : isAddress(address) ? { address: addressOf(address) } : {}),
    ...(typeof userId === 'string' && userId !== '' ? { userId } : {}),
    ...(typeof persistentMemory === 'boolean' ? { persistentMemory } : {}),
    ...(timeouts === undefined ? {} : { timeouts }),
  };
}

/**
 * The options of a run that is asked for outside of the page, whose options are `before`: the cloud was chosen for one
 * run, whatever else was chosen there stays.
 */
export function withOptionsOf(entrypoint: RunOptions, before: RunOptions): RunOptions {
  const { cloud: _cloud, address, ...kept } = before;
  const goesOn = entrypoint.cloud === true || address === undefined ? {} : { address };
  return { ...kept, ...goesOn, ...optionsOf(entrypoint) };
}

/** The options as the page has them, where the run goes as it was chosen before: that is not for the page to say. */
export function withPageOptions({ cloud, address }: RunOptions, told: RunOptions): RunOptions {
  return { ...(cloud === true ? { cloud } : address === undefined ? {} : { address }), ...told };
}

/** The options of a request, without the rest of it. */
export function optionsOf({ cloud, address, userId, persistentMemory, timeouts }: RunOptions): RunOptions {
  return {
    ...(cloud === undefined ? {} : { cloud }),
    ...(address === undefined ? {} : { address }),
    ...(userId === undefined ? {} : { userId }),
    ...(persistentMemory === undefined ? {} : { persistentMemory }),
    ...(timeouts === undefined ? {} : { timeouts }),
  };
}

/** A host and a port as a person types them: `localhost:8450`, `[::1]:8450`; a scheme before it is let go. */
export function parseAddress(text: string): Address | undefined {
  const match = /^(?:https?:\/\/)?(\[[0-9a-f:.]+\]|[^\s:/?#@[\]]+):(\d{1,5})\/?$/i.exec(text.trim());
  if (match === null) return undefined;
  const host = (match[1] ?? '').replace(/^\[|\]$/g, '');
  const port = Number(match[2]);
  return port >= 1 && port <= 65_535 ? { host, port } : undefined;
}

/** The opposite of `parseAddress`. */
export function addressText({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whether nothing that is sent there leaves the machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/**
 * A limit as a person types it, in seconds: nothing is the setting's (undefined), 0 is none (null).
 * False: it is no such number.
 */
export function parseLimit(text: string): number | null | undefined | false {
  if (text.trim() === '') return undefined;
  const seconds = Number(text.trim().replace(',', '.'));
  if (!Number.isFinite(seconds) || seconds < 0) return false;
  return seconds === 0 ? null : seconds;
}

/** The opposite of `parseLimit`. */
export function limitText(limit: number | null | undefined): string {
  if (limit === undefined) return '';
  return limit === null ? '0' : String(limit);
}

function readTimeouts(value: unknown): Timeouts | undefined {
  if (!isObject(value)) return undefined;
  const known = LIMITS.filter((name) => isLimit(value[name])).map((name) => [name, value[name]]);
  return known.length === 0 ? undefined : Object.fromEntries(known);
}

function isLimit(value: unknown): boolean {
  return value === null || (typeof value === 'number' && Number.isFinite(value) && value > 0);
}

function isAddress(value: unknown): value is Address {
  if (!isObject(value)) return false;
  const { host, port } = value;
  return (
    typeof host === 'string' &&
    Number.isSafeInteger(port) &&
    parseAddress(addressText({ host, port: Number(port) })) !== undefined
  );
}

function addressOf({ host, port }: Address): Address {
  return { host, port };
}
