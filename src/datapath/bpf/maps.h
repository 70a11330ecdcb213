// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#ifndef TANDEM_MAPS_H
#define TANDEM_MAPS_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "types.h"

/* All pinned: they outlive the daemon, and the next one adopts them. */
#define PINNED __uint(pinning, LIBBPF_PIN_BY_NAME)

#define MAX_SERVICES 16384
/* Their arrays are there at once: 20 MB, and 6 MB more for the counters of each CPU. */
#define MAX_SERVERS 131072
/* 8 MB: 16 slots a server leave room for the tables of wrr (16384 slots at most), sh, dh (256) and mh (4093). */
#define MAX_SLOTS 2097152
/* IPVS keeps 16384 for each service for a day, and lets those go that were idle for six minutes when there are more. */
#define MAX_LOCALITIES 65536
#define MAX_LOCALS 65536
/* Asked one after the other for each new connection: 128 cost about as much as ten look-ups. */
#define MAX_MARKS 128
#define MAX_PORT_SPACES 262144
/* 58 Ki records of 64 + 8 bytes (IPv4): more than half a second at 100,000 new connections a second. */
#define RING_BYTES (4 << 20)
/* One datagram holds fewer; the sync worker passes on what it received in one turn. */
#define INBOX_RECORDS 1024
/* A slice of a sweep: a kernel that does not preempt is kept for about a millisecond. */
#define SWEEP_KEYS 4096
/* Entry 0 stands for this director. */
#define MAX_SOURCES 16

/* The connections of each family. Two entries a connection; userland sets how many. Not preallocated: idle memory goes
 * back. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 2);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(key_size, IPV4_KEY_SIZE);
	__uint(value_size, IPV4_FLOW_SIZE);
	PINNED;
} flows4 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 2);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct flow_key);
	__type(value, struct flow);
	PINNED;
} flows6 SEC(".maps");

/* The oldest give way: what is older than these is not in flight any more. Userland sets the sizes. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1);
	__uint(key_size, IPV4_KEY_SIZE);
	__uint(value_size, sizeof(struct tombstone));
	PINNED;
} tombstones4 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1);
	__type(key, struct flow_key);
	__type(value, struct tombstone);
	PINNED;
} tombstones6 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_SOURCES);
	__type(key, __u32);
	__type(value, struct source);
	PINNED;
} sources SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_SERVICES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct service_key);
	__type(value, struct service);
	PINNED;
} services SEC(".maps");

/* Two lists, of which packets are matched against one while userland writes the other. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2 * MAX_MARKS);
	__type(key, __u32);
	__type(value, struct mark_rule);
	PINNED;
} mark_rules SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_SERVICES);
	__type(key, __u32);
	__type(value, __u32);
	PINNED;
} service_cursor SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_SERVERS);
	__type(key, __u32);
	__type(value, struct server);
	PINNED;
} servers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_SERVERS);
	__type(key, __u32);
	__type(value, struct server_load);
	PINNED;
} server_load SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_SERVICES);
	__type(key, __u32);
	__type(value, struct service_options);
	PINNED;
} service_options SEC(".maps");

/* Whether a server has as many connections as its thresholds allow. A map of its own: userland takes it back when a
 * threshold is raised, and must not touch the counters then. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_SERVERS);
	__type(key, __u32);
	__type(value, __u32);
	PINNED;
} overloads SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_LOCALITIES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct locality_key);
	__type(value, struct locality);
	PINNED;
} localities SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	/* Behind the servers, an entry a service: what its deleted servers had counted (rule-tables.ts). */
	__uint(max_entries, MAX_SERVERS + MAX_SERVICES);
	__type(key, __u32);
	__type(value, struct traffic);
	PINNED;
} server_traffic SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_SERVERS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct server_index_key);
	__type(value, __u32);
	PINNED;
} server_index SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_SLOTS);
	__type(key, __u32);
	__type(value, __u32);
	PINNED;
} slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_LOCALS);
	__type(key, __u32);
	__type(value, struct ip_address);
	PINNED;
} locals SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_PORT_SPACES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct local_use_key);
	__type(value, struct local_use);
	PINNED;
} local_use SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_PORT_SPACES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct port_space);
	__type(value, __u32);
	PINNED;
} port_cursor SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_SERVICES + MAX_LOCALS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct ip_address);
	__type(value, struct address);
	PINNED;
} addresses SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, struct interface);
	PINNED;
} interfaces SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct lease);
	PINNED;
} lease SEC(".maps");

/* ns, CLOCK_BOOTTIME: new connections are synced until then; 0: there is no peer to sync to. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
	PINNED;
} sync_lease SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct settings);
	PINNED;
} settings SEC(".maps");

/* Digest of the layouts that wrote these maps: a daemon with others must not adopt them. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
	PINNED;
} layout_digest SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RING_BYTES);
	PINNED;
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, INBOX_RECORDS);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct conn_record);
	PINNED;
} inbox SEC(".maps");

/* Whom a slice of a sweep looks at; of IPv4 the key ends where it does in flows4. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SWEEP_KEYS);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct flow_key);
	PINNED;
} sweep_keys SEC(".maps");

/* Connections that a slice has closed. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SWEEP_KEYS);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct closing);
	PINNED;
} closings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, DROP_REASONS);
	__type(key, __u32); /* enum drop_reason */
	__type(value, __u64);
	PINNED;
} drops SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, PLANE_EVENTS);
	__type(key, __u32); /* enum plane_event */
	__type(value, __u64);
	PINNED;
} plane_events SEC(".maps");

static __always_inline int drop(enum drop_reason reason)
{
	__u32 key = reason;
	__u64 *count = bpf_map_lookup_elem(&drops, &key);

	if (count)
		*count += 1;
	return XDP_DROP;
}

static __always_inline void count_event(enum plane_event event)
{
	__u32 key = event;
	__u64 *count = bpf_map_lookup_elem(&plane_events, &key);

	if (count)
		*count += 1;
}

#endif
