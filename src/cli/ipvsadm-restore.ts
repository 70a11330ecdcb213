#!/usr/bin/env node
/** ipvsadm-restore: replaces the rules by those on standard input. */
import { connectToDaemon, processIo } from '../ipvsadm/process-io.ts';
import { restoreMain } from '../ipvsadm/wrappers.ts';

process.exitCode = await restoreMain(processIo(), connectToDaemon);
