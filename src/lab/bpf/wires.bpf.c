// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What bad wires do to frames: loss, duplicates, delay. Stands on the way out of every port of the lab's switch, so
 * it knows both ends of a frame's way: the port that it came in by, and the one that it leaves by.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

/* A frame with this mark has had its treatment. Links between namespaces take every mark away. */
#define TREATED 0x7a11

/* Ports by interface index; 0 stands for any. */
struct way {
	__u32 from;
	__u32 to;
};

/* Shares count in parts of 2^32. Times are microseconds. */
struct trouble {
	__u64 seed;
	__u64 loss;
	__u64 duplicate;
	__u64 hold;
	__u32 hold_least;
	__u32 hold_span;
	/* The interface behind which held frames wait. */
	__u32 waiting_room;
	__u32 unused;
};

struct tally {
	__u64 seen;
	__u64 lost;
	__u64 duplicated;
	__u64 held;
};

/* Behind a held frame: where it goes, and after how long. */
struct ticket {
	__u32 to;
	__u32 delay;
};

/* Pairs of ports of a lab: ten times what the largest has. */
#define WAYS 1024

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, WAYS);
	__type(key, struct way);
	__type(value, struct trouble);
} troubles SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, WAYS);
	__type(key, struct way);
	__type(value, struct tally);
} tallies SEC(".maps");

/* SplitMix64: neighbouring numbers give independent bits, so a frame's number is all the state there is. */
static __always_inline __u64 mix(__u64 x)
{
	x += 0x9e3779b97f4a7c15;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

/* The most exact rule that there is. */
static __always_inline struct trouble *find_trouble(struct way *way)
{
	struct way exact = *way;
	struct trouble *found = bpf_map_lookup_elem(&troubles, way);

	if (found)
		return found;
	way->to = 0;
	found = bpf_map_lookup_elem(&troubles, way);
	if (found)
		return found;
	way->from = 0;
	way->to = exact.to;
	return bpf_map_lookup_elem(&troubles, way);
}

SEC("tc")
int lab_wires(struct __sk_buff *skb)
{
	struct way way = { .from = skb->ingress_ifindex, .to = skb->ifindex };
	struct trouble *trouble;
	struct ticket ticket;
	struct tally *tally;
	__u64 chance;
	__u32 size = skb->len;

	if (skb->mark == TREATED)
		return TC_ACT_OK;
	trouble = find_trouble(&way);
	if (!trouble)
		return TC_ACT_OK;
	tally = bpf_map_lookup_elem(&tallies, &way);
	if (!tally)
		return TC_ACT_OK;
	chance = mix(trouble->seed + __sync_fetch_and_add(&tally->seen, 1));
	if ((__u32)chance < trouble->loss) {
		__sync_fetch_and_add(&tally->lost, 1);
		return TC_ACT_SHOT;
	}
	skb->mark = TREATED;
	chance = mix(chance);
	if ((__u32)chance < trouble->duplicate && bpf_clone_redirect(skb, skb->ifindex, 0) == 0)
		__sync_fetch_and_add(&tally->duplicated, 1);
	chance = mix(chance);
	/* One that stands for several segments could not be sent again in one piece. */
	if ((__u32)chance >= trouble->hold || skb->gso_segs > 1)
		return TC_ACT_OK;
	ticket.to = skb->ifindex;
	ticket.delay = trouble->hold_least + (__u32)((chance >> 32) * trouble->hold_span >> 32);
	if (bpf_skb_change_tail(skb, size + sizeof(ticket), 0))
		return TC_ACT_SHOT;
	if (bpf_skb_store_bytes(skb, size, &ticket, sizeof(ticket), 0))
		return TC_ACT_SHOT;
	__sync_fetch_and_add(&tally->held, 1);
	return bpf_redirect(trouble->waiting_room, 0);
}

char _license[] SEC("license") = "Dual BSD/GPL";
