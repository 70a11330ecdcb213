/** The daemon's life: configuration, logs, the director, the control socket; and all of it backwards. */
import { setTimeout as sleep } from 'node:timers/promises';
import { refuseIfServed } from '../control/probe.ts';
import type { ControlServer } from '../control/server.ts';
import { defaultSocketPath } from '../control/socket-path.ts';
import { type DirectorConfig, NO_TRACK } from '../director/config.ts';
import { type Director, startDirector } from '../director/director.ts';
import { type Head, leaveNote } from '../director/heartbeat/head-start.ts';
import { createLog, type Log } from '../director/log.ts';
import { NUMERIC } from '../ipvsadm/namer.ts';
import { renderRules } from '../ipvsadm/save.ts';
import type { RuleSet } from '../model/rules.ts';
import { notify, watchdogInterval } from '../native/notify.ts';
import { configurationOf } from './configuration.ts';
import { EXIT, type ExitCode, errorText } from './exit.ts';
import { startedFrom } from './head-start.ts';
import { checkNext, executeNext } from './next-program.ts';
import { TAKE_BACK } from './take-back.ts';
import type { DaemonOptions } from './verbs/daemon.ts';

/**
 * @param head its heartbeat, which may have begun already
 * @throws ConfigError, DirectorError, ControlError when it cannot start
 */
export async function runDaemon(options: DaemonOptions, head: Head): Promise<ExitCode> {
  const socket = options.socket ?? defaultSocketPath();
  const stop = stopSignal();
  const from = startedFrom(options);
  const config = configurationOf(options);
  // Before anything is touched: the plane of a running daemon must not be adopted by a second one.
  await refuseIfServed(socket);
  const log = createLog(config.log);
  const render = (rules: RuleSet) => renderRules(rules, NUMERIC);
  const director = await startDirector(config, log, render, head);
  const server = await served(director, socket, log);
  let end = () => director.stop();
  let next = false;
  // A plane in memory ends with its daemon.
  if (config.datapath.kind === 'xdp') director.upgrade.allow(() => checkNext(options));
  try {
    leaveForNext(from, config, director, log);
    notify('READY=1');
    const watchdog = petWatchdog();
    log.info(`${config.name} is ready: commands come over ${socket}`);
    const signal = await ending(stop, director, log);
    if (signal === TAKE_BACK) end = () => director.abandon();
    next = signal === NEXT;
    if (next) end = () => director.leave();
    notify(next ? reloading() : 'STOPPING=1');
    clearInterval(watchdog);
    await server.close();
    return signal === undefined ? EXIT.failed : EXIT.done;
  } finally {
    await end();
    log.info(next ? 'the program on disk takes over' : 'stopped');
    if (next) executeNext();
  }
}

/** What ends a daemon whose place the next program takes. */
const NEXT = 'upgrade' as const;
/** Time for the answer to whoever asked for it. */
const ANSWERED_MS = 50;

/** sd_notify(3): the manager waits for the READY of the next program. */
function reloading(): string {
  return `RELOADING=1\nMONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`;
}

/** A daemon that nobody can command is none. */
async function served(director: Director, socket: string, log: Log): Promise<ControlServer> {
  try {
    const { serve } = await import('../control/server.ts');
    return await serve(director.api, socket, log.child('control'));
  } catch (error) {
    await director.abandon();
    throw error;
  }
}

/** For the next daemon, should this one be killed. */
function leaveForNext(
  from: ReturnType<typeof startedFrom>,
  { datapath: { kind, pins }, track = NO_TRACK }: DirectorConfig,
  { routers }: Director,
  log: Log,
): void {
  if (!from || kind !== 'xdp' || routers.length === 0) return;
  try {
    leaveNote({ ...from, pins, routers, links: track.links });
  } catch (error) {
    log.warn(`a restart after a crash will take longer: ${(error as Error).message}`);
  }
}

/** Listening from the start on: a signal that comes while the director starts stops it when it is up. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.on('SIGTERM', resolve);
    process.on('SIGINT', resolve);
    process.on(TAKE_BACK, resolve);
  });
}

/** What ends it; undefined when a thread has died. */
async function ending(
  stop: Promise<NodeJS.Signals>,
  director: Director,
  log: Log,
): Promise<NodeJS.Signals | typeof NEXT | undefined> {
  const upgrade = director.upgrade.ready.then(() => sleep(ANSWERED_MS, NEXT as typeof NEXT));
  const died = director.done.then(
    () => 'the director ended by itself',
    (error: unknown) => errorText(error),
  );
  const signal = await Promise.race([stop, upgrade, died.then(() => undefined)]);
  if (signal === undefined) {
    log.error(`stopping: ${await died}`);
    return undefined;
  }
  log.info(`stopping: ${signal}`);
  return signal;
}

/** The manager kills a daemon whose main loop hangs. */
function petWatchdog(): NodeJS.Timeout | undefined {
  const interval = watchdogInterval();
  return interval === undefined ? undefined : setInterval(() => notify('WATCHDOG=1'), interval);
}
