#!/usr/bin/env node
/** ipvsadm-save: prints the rules. */
import { createRequire } from 'node:module';
import type * as programs from './ipvsadm-programs.ts';

const { start }: typeof programs = createRequire(import.meta.url)('./ipvsadm-programs.cjs');
start('ipvsadm-save');
