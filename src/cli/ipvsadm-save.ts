#!/usr/bin/env node
/** ipvsadm-save: prints the rules. */
import { connectToDaemon, processIo } from '../ipvsadm/process-io.ts';
import { saveMain } from '../ipvsadm/wrappers.ts';

process.exitCode = await saveMain(process.argv.slice(2), processIo(), connectToDaemon);
