#!/usr/bin/env node
/** tandem-ipvsadm: the drop-in command. */
import { main } from '../ipvsadm/main.ts';
import { connectToDaemon, processIo } from '../ipvsadm/process-io.ts';

process.exitCode = await main(process.argv.slice(2), processIo(), connectToDaemon);
