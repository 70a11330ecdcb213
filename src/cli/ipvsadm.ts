#!/usr/bin/env node
/** tandem-ipvsadm: the drop-in command. */
import { createRequire } from 'node:module';
import type * as programs from './ipvsadm-programs.ts';

const { start }: typeof programs = createRequire(import.meta.url)('./ipvsadm-programs.cjs');
start('ipvsadm');
