/**
 * ipvsadm and the programs around it. The build makes one CommonJS file of this and all that it needs
 * (ipvsadm-programs.cjs): node loads that in a fraction of the time that a hundred modules take.
 */
import { main } from '../ipvsadm/main.ts';
import { connectToDaemon, processIo } from '../ipvsadm/process-io.ts';
import { restoreMain, saveMain } from '../ipvsadm/wrappers.ts';

const PROGRAMS = {
  ipvsadm: () => main(process.argv.slice(2), processIo(), connectToDaemon),
  'ipvsadm-save': () => saveMain(process.argv.slice(2), processIo(), connectToDaemon),
  'ipvsadm-restore': () => restoreMain(process.argv.slice(2), processIo(), connectToDaemon),
} as const;

export type Program = keyof typeof PROGRAMS;

export function start(program: Program): void {
  void PROGRAMS[program]().then((exitCode) => {
    process.exitCode = exitCode;
  });
}
