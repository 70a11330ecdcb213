/** What a kernel says to -A or -E with a scheduler or an engine that it does not have: it looks for the service first. */
import type { DirectorApi } from '../director/api.ts';
import { type ServiceId, sameService } from '../model/rules.ts';
import { KERNEL_TEXT } from './kernel-text.ts';

export async function noSchedulerText(
  op: 'add-service' | 'edit-service',
  id: ServiceId,
  api: DirectorApi,
): Promise<string> {
  const there = (await api.list()).rules.services.some((service) => sameService(service.id, id));
  if (there && op === 'add-service') return KERNEL_TEXT.serviceExists;
  return there || op === 'add-service' ? KERNEL_TEXT.noScheduler : KERNEL_TEXT.noService;
}
