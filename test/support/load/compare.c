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

/* A number for each connection and its state, in ascending order. */
struct reading {
	uint64_t *hashes;
	size_t count;
	size_t room;
	double end;
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

static void add(struct reading *reading, uint64_t hash)
{
	if (reading->count == reading->room) {
		reading->room = reading->room ? 2 * reading->room : CHUNK;
		reading->hashes = realloc(reading->hashes, reading->room * sizeof(hash));
		if (!reading->hashes)
			die("realloc");
	}
	reading->hashes[reading->count++] = hash;
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void read_table(struct table *table, struct reading *reading)
{
	uint8_t cursor[64], next[64];
	int first = 1, last = 0;

	reading->count = 0;
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
			add(reading, hash_of(hash, value + offset.source, offset.direction - offset.source));
		}
		memcpy(cursor, next, sizeof(cursor));
		first = 0;
	}
	reading->end = now();
	qsort(reading->hashes, reading->count, sizeof(*reading->hashes), ascending);
}

static int holds(const struct reading *reading, size_t *at, uint64_t hash)
{
	while (*at < reading->count && reading->hashes[*at] < hash)
		*at += 1;
	return *at < reading->count && reading->hashes[*at] == hash;
}

/* Connections end by themselves while tables are read. So one is read before and after the other: what is in both of its
 * readings must be in the other table, and what is in that must be in one of them. */
static int agree(const struct reading *before, const struct reading *there, const struct reading *after)
{
	size_t in_there = 0, in_after = 0, in_before = 0, in_last = 0;

	for (size_t i = 0; i < before->count; i++) {
		uint64_t hash = before->hashes[i];

		if (!holds(there, &in_there, hash) && holds(after, &in_after, hash))
			return 0;
	}
	for (size_t i = 0; i < there->count; i++) {
		uint64_t hash = there->hashes[i];

		if (!holds(before, &in_before, hash) && !holds(after, &in_last, hash))
			return 0;
	}
	return 1;
}

int main(int count, char **arguments)
{
	struct reading before = {}, there = {}, after = {}, spare;
	struct table one, other;
	double begin, limit;

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
	begin = now();
	limit = begin + atof(arguments[6]);
	read_table(&one, &before);
	for (;;) {
		double next;
		int equal;

		read_table(&other, &there);
		next = now();
		read_table(&one, &after);
		equal = agree(&before, &there, &after);
		printf("{\"equal\":%s,\"begin\":%.3f,\"end\":%.3f,\"connections\":[%zu,%zu]}\n", equal ? "true" : "false",
		       begin, there.end, before.count, there.count);
		if (equal || now() > limit)
			return !equal;
		begin = next;
		spare = before;
		before = after;
		after = spare;
		usleep(PAUSE_US);
	}
}
