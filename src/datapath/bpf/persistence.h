// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Persistence (-p): a template leads the clients of a network to one server (ip_vs_sched_persist). It stands in the
 * table of connections under a key that no packet bears: the client's network, port 0, and KEY_TEMPLATE. */
#ifndef TANDEM_PERSISTENCE_H
#define TANDEM_PERSISTENCE_H

#include "connection.h"
#include "schedule.h"

/* A template that connections still belong to is looked at again so late (ip_vs_conn_expire). */
#define TEMPLATE_HOLD (60 * NS_PER_S)

/* A template's states: IP_VS_CTPL_S_NONE, IP_VS_CTPL_S_ASSURED. */
enum template_state { TEMPLATE_NONE, TEMPLATE_ASSURED };

/* The template that a connection of this service belongs to. One port has one, port 0 has one for all of them. */
static __always_inline void template_key(enum family family, const struct service_options *options,
					 const struct flow_key *request, struct flow_key *key)
{
	const __be32 *mask = options->netmask.word;

	__builtin_memset(key, 0, sizeof(*key));
	key->source = request->source & mask[3];
	key->destination = request->destination;
	if (family == FAMILY_IPV6) {
		key->source_high[0] = request->source_high[0] & mask[0];
		key->source_high[1] = request->source_high[1] & mask[1];
		key->source_high[2] = request->source_high[2] & mask[2];
		copy_high(family, key->destination_high, request->destination_high);
	}
	key->destination_port = options->port;
	key->protocol = request->protocol;
	if (options->fwmark) {
		/* Of all protocols and addresses: the mark stands in the address's place. */
		key->protocol = 0;
		key->destination = bpf_htonl(options->fwmark);
		__builtin_memset(key->destination_high, 0, sizeof(key->destination_high));
	}
	key->family = family | KEY_TEMPLATE;
}

/* Whether the server of a template is still one of the service's. One of weight 0 is: its clients come back to it. */
static __always_inline int is_available(__u32 server_id, __u32 service_id)
{
	struct server *server = bpf_map_lookup_elem(&servers, &server_id);

	return server && server->service_id == service_id && !(server->flags & SERVER_DELETED);
}

/* The clients of a template whose server is gone get another one. What the peer was told is told anew by the sweep. */
static __always_inline void move_template(enum family family, const struct flow_key *key, const struct server *server,
					  __u32 id, struct flow *template)
{
	count_load(template->server_id, template->state_flags, -1);
	template->destination = server->address.word[3];
	copy_high(family, template->destination_high, server->address.word);
	template->destination_port = key->destination_port ? server->port : 0;
	template->forwarding = server->forwarding;
	template->server_id = id;
	template->last_seen = idle_clock();
	count_load(id, template->state_flags, 1);
	raise_version(template);
	if (flags_of(template->state_flags) & FLOW_ANNOUNCED)
		change_flags(template, FLOW_UNSENT, FLOW_SYNCED);
}

static __always_inline void fill_template(enum family family, const struct flow_key *key,
					  const struct server *server, __u32 id, struct flow *template)
{
	struct settings *set = current_settings();
	struct lease *held = current_lease();

	__builtin_memset(template, 0, sizeof(*template));
	template->destination = server->address.word[3];
	copy_high(family, template->destination_high, server->address.word);
	/* Of all ports the server has all ports. */
	template->destination_port = key->destination_port ? server->port : 0;
	template->direction = DIRECTION_REQUEST;
	template->forwarding = server->forwarding;
	template->server_id = id;
	template->last_seen = idle_clock();
	template->state_flags = pack_state(key->protocol, TEMPLATE_NONE, FLOW_TEMPLATE);
	template->version = version_clock();
	template->maker = set ? set->maker : 0;
	template->term = held ? held->term : 0;
	outlive(family, key, template);
}

/* The server of a new connection: its template's, or a new one, of which a template is made. `key` and `fresh` are room
 * for that. Returns 0 when no server takes it. */
static __always_inline __u32 schedule_persistent(enum family family, const struct service *service,
						 const struct flow_key *request, struct flow_key *key,
						 struct flow *fresh)
{
	__u32 service_id = service->id, id;
	struct service_options *options = bpf_map_lookup_elem(&service_options, &service_id);
	struct server *server;
	struct flow *template;

	if (!options)
		return 0;
	template_key(family, options, request, key);
	template = find_flow(family, key);
	if (template && is_available(template->server_id, service_id)) {
		template->last_seen = idle_clock();
		template->packets += 1;
		if (flags_of(template->state_flags) & FLOW_SYNCED)
			change_flags(template, 0, FLOW_SYNCED);
		return template->server_id;
	}
	id = schedule(family, service, request);
	server = bpf_map_lookup_elem(&servers, &id);
	if (!id || !server)
		return 0;
	if (template) {
		move_template(family, key, server, id, template);
		return id;
	}
	fill_template(family, key, server, id, fresh);
	/* Another CPU may have made it meanwhile, or there is no room: the connection begins all the same. */
	if (!insert_flow(family, key, fresh))
		count_load(id, fresh->state_flags, 1);
	return id;
}

#endif
