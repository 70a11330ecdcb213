#!/usr/bin/env node
/** ipvsadm-restore: replaces the rules by those on standard input. */
import { createRequire } from 'node:module';
import type * as programs from './ipvsadm-programs.ts';

const { start }: typeof programs = createRequire(import.meta.url)('./ipvsadm-programs.cjs');
start('ipvsadm-restore');
