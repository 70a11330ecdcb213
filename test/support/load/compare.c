// SPDX-License-Identifier: Apache-2.0
/*
 * Holds the connection tables of two planes against each other until they are equal: every tuple and its state.
 *
 *   compare FLOWS FLOWS SOURCE DIRECTION STATE TIMEOUT-MS
 *
 * The first two are pinned maps; then offsets in their values: what the addresses and ports become stands between
 * SOURCE and DIRECTION, a byte that is 0 in the entries that count. Prints a line of JSON for each comparison; times
 * are milliseconds of CLOCK_MONOTONIC.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define CHUNK 32768
#define PAUSE_US 5000

struct table {
	int fd;
	uint32_t key_size;
	uint32_t value_size;
	uint32_t room;
	uint8_t *keys;
	uint8_t *values;
};

struct digest {
	uint64_t connections;
	uint64_t sum;
};

static struct {
	uint32_t source;
	uint32_t direction;
	uint32_t state;
} offset;

static double now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec * 1e3 + at.tv_nsec / 1e6;
}

static long bpf(int command, union bpf_attr *attributes)
{
	return syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static void make_room(struct table *table, uint32_t room)
{
	table->room = room;
	table->keys = realloc(table->keys, (size_t)room * table->key_size);
	table->values = realloc(table->values, (size_t)room * table->value_size);
	if (!table->keys || !table->values)
		die("realloc");
}

static struct table open_table(const char *path)
{
	struct table table = {};
	struct bpf_map_info info = {};
	union bpf_attr get = { .pathname = (uintptr_t)path }, about = {};

	table.fd = bpf(BPF_OBJ_GET, &get);
	if (table.fd < 0)
		die(path);
	about.info.bpf_fd = table.fd;
	about.info.info = (uintptr_t)&info;
	about.info.info_len = sizeof(info);
	if (bpf(BPF_OBJ_GET_INFO_BY_FD, &about))
		die("map info");
	table.key_size = info.key_size;
	table.value_size = info.value_size;
	make_room(&table, CHUNK);
	return table;
}

/* SplitMix64's finalizer. */
static uint64_t mixed(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

static uint64_t hash_of(uint64_t hash, const uint8_t *bytes, uint32_t size)
{
	uint32_t word;

	for (uint32_t at = 0; at + sizeof(word) <= size; at += sizeof(word)) {
		memcpy(&word, bytes + at, sizeof(word));
		hash = mixed(hash ^ word);
	}
	return hash;
}

/* The sum does not depend on the order. */
static struct digest digest_of(struct table *table)
{
	struct digest digest = {};
	uint8_t cursor[64], next[64];
	int first = 1, last = 0;

	while (!last) {
		union bpf_attr batch = {};

		batch.batch.map_fd = table->fd;
		batch.batch.in_batch = first ? 0 : (uintptr_t)cursor;
		batch.batch.out_batch = (uintptr_t)next;
		batch.batch.keys = (uintptr_t)table->keys;
		batch.batch.values = (uintptr_t)table->values;
		batch.batch.count = table->room;
		if (bpf(BPF_MAP_LOOKUP_BATCH, &batch)) {
			if (errno == ENOSPC) {
				make_room(table, table->room * 2);
				continue;
			}
			if (errno != ENOENT)
				die("BPF_MAP_LOOKUP_BATCH");
			last = 1;
		}
		for (uint32_t i = 0; i < batch.batch.count; i++) {
			const uint8_t *value = table->values + (size_t)i * table->value_size;
			uint64_t hash = value[offset.state];

			if (value[offset.direction])
				continue;
			hash = hash_of(hash, table->keys + (size_t)i * table->key_size, table->key_size);
			hash = hash_of(hash, value + offset.source, offset.direction - offset.source);
			digest.connections += 1;
			digest.sum += hash;
		}
		memcpy(cursor, next, sizeof(cursor));
		first = 0;
	}
	return digest;
}

int main(int count, char **arguments)
{
	struct table one, other;
	double end;

	if (count != 7) {
		fprintf(stderr, "6 arguments wanted\n");
		return 2;
	}
	setlinebuf(stdout);
	one = open_table(arguments[1]);
	other = open_table(arguments[2]);
	offset.source = atoi(arguments[3]);
	offset.direction = atoi(arguments[4]);
	offset.state = atoi(arguments[5]);
	end = now() + atof(arguments[6]);
	for (;;) {
		double begin = now();
		struct digest here = digest_of(&one), there = digest_of(&other);
		int equal = here.sum == there.sum && here.connections == there.connections;

		printf("{\"equal\":%s,\"begin\":%.3f,\"end\":%.3f,\"connections\":[%llu,%llu]}\n", equal ? "true" : "false",
		       begin, now(), (unsigned long long)here.connections, (unsigned long long)there.connections);
		if (equal || now() > end)
			return !equal;
		usleep(PAUSE_US);
	}
}
