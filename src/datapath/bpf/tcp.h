// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* TCP as a director sees it: IPVS's state table, and which RST and FIN may change a state. */
#ifndef TANDEM_TCP_H
#define TANDEM_TCP_H

#include "connection.h"

enum tcp_event { TCP_E_SYN, TCP_E_FIN, TCP_E_ACK, TCP_E_RST, TCP_EVENTS };

/* State after an event, by direction and state now: tcp_states of net/netfilter/ipvs/ip_vs_proto_tcp.c.
 * Columns: NONE ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN SYNACK */
#define ES TCP_S_ESTABLISHED
#define SS TCP_S_SYN_SENT
#define SR TCP_S_SYN_RECV
#define FW TCP_S_FIN_WAIT
#define TW TCP_S_TIME_WAIT
#define CL TCP_S_CLOSE
#define CW TCP_S_CLOSE_WAIT
#define LA TCP_S_LAST_ACK
#define LI TCP_S_LISTEN
static const __u8 tcp_next_state[2][TCP_EVENTS][TCP_STATES] = {
	[DIRECTION_REQUEST] = {
		[TCP_E_SYN] = { SR, ES, ES, SR, SR, SR, SR, SR, SR, SR, SR },
		[TCP_E_FIN] = { CL, CW, SS, TW, TW, TW, CL, CW, LA, LI, TW },
		[TCP_E_ACK] = { ES, ES, SS, ES, FW, TW, CL, CW, CL, LI, ES },
		[TCP_E_RST] = { CL, CL, CL, SR, CL, CL, CL, CL, LA, LI, SR },
	},
	[DIRECTION_REPLY] = {
		[TCP_E_SYN] = { SS, ES, SS, SR, SS, SS, SS, SS, SS, LI, SR },
		[TCP_E_FIN] = { TW, FW, SS, TW, FW, TW, CL, TW, LA, LI, TW },
		[TCP_E_ACK] = { ES, ES, SS, ES, FW, TW, CL, CW, LA, ES, ES },
		[TCP_E_RST] = { CL, CL, SS, CL, CL, TW, CL, CL, CL, CL, CL },
	},
};
#undef ES
#undef SS
#undef SR
#undef FW
#undef TW
#undef CL
#undef CW
#undef LA
#undef LI

static __always_inline int not_after(__u32 a, __u32 b)
{
	return (__s32)(a - b) <= 0;
}

/* Whether a RST or FIN is where the receiver expects it (RFC 5961, 3.2). The receiver's next sequence lies
 * between what it acknowledged and what its sender sent; both ends of that range are known here once a packet
 * of each direction was seen. Before that there is nothing to judge by. */
static __always_inline int sequence_is_due(const struct packet *p, const struct flow *flow, const struct flow *other)
{
	__u32 sequence = bpf_ntohl(p->tcp->seq);

	if (!(flow->flags & FLOW_SEQUENCE_KNOWN))
		return 1;
	if (p->tcp->rst) {
		if (sequence == flow->next_sequence)
			return 1;
		if (!other || !(other->flags & FLOW_SEQUENCE_KNOWN))
			return 0;
		return sequence == other->last_ack;
	}
	/* A FIN may be sent again with data that was lost behind us. */
	return not_after(sequence, flow->next_sequence) &&
	       (!other || !(other->flags & FLOW_SEQUENCE_KNOWN) || not_after(other->last_ack, sequence + tcp_payload_length(p)));
}

/* The answer to a SYN may be a RST with sequence 0: it is due if it acknowledges exactly the SYN. */
static __always_inline int refuses_syn(const struct packet *p, const struct flow *flow, const struct flow *other)
{
	return p->tcp->rst && p->tcp->ack && !(flow->flags & FLOW_SEQUENCE_KNOWN) && other &&
	       (other->flags & FLOW_SEQUENCE_KNOWN) && bpf_ntohl(p->tcp->ack_seq) == other->next_sequence;
}

static __always_inline void track_sequence(const struct packet *p, struct flow *flow)
{
	__u32 end = bpf_ntohl(p->tcp->seq) + tcp_payload_length(p) + p->tcp->syn + p->tcp->fin;

	if (!(flow->flags & FLOW_SEQUENCE_KNOWN) || p->tcp->syn || not_after(flow->next_sequence, end))
		flow->next_sequence = end;
	if (p->tcp->ack)
		flow->last_ack = bpf_ntohl(p->tcp->ack_seq);
	flow->flags |= FLOW_SEQUENCE_KNOWN;
}

/* Changes that the peer must know of. Half-open connections cost the channel nothing. */
static __always_inline int worth_announcing(__u8 state, __u8 flags)
{
	return state == TCP_S_ESTABLISHED || (flags & FLOW_ANNOUNCED);
}

static __always_inline void tcp_transition(const struct flow_key *request, struct flow *record, __u8 direction,
					   enum tcp_event event)
{
	__u32 old;
	__u8 next;
	int tries;

#pragma unroll
	for (tries = 0; tries < CHANGE_TRIES; tries++) {
		old = record->state_flags;
		if (state_of(old) >= TCP_STATES)
			return;
		next = tcp_next_state[direction & 1][event][state_of(old)];
		if (next == state_of(old))
			return;
		if (change_state(IPPROTO_TCP, record, old, next))
			goto changed;
	}
	return;
changed:
	__sync_fetch_and_add(&record->version, 1);
	if (worth_announcing(next, flags_of(old)))
		announce(RECORD_UPDATE, request, record);
}

/* Follows a packet of an existing connection. The common one, of an established connection and with nothing but
 * data and acknowledgement, touches its own entry alone. */
static __always_inline void tcp_follow(const struct packet *p, struct flow *flow)
{
	int special = p->tcp->syn | p->tcp->fin | p->tcp->rst;
	enum tcp_event event = TCP_E_ACK;
	struct flow_key request, other;
	struct flow *peer, *record;

	if (!special && (flow->direction == DIRECTION_REPLY ||
			 state_of(flow->state_flags) == TCP_S_ESTABLISHED)) {
		track_sequence(p, flow);
		return;
	}
	other_key(flow, IPPROTO_TCP, &other);
	peer = bpf_map_lookup_elem(&flows, &other);
	request = flow->direction == DIRECTION_REQUEST ? p->key : other;
	record = flow->direction == DIRECTION_REQUEST ? flow : peer;
	if (p->tcp->rst)
		event = TCP_E_RST;
	else if (p->tcp->syn)
		event = TCP_E_SYN;
	else if (p->tcp->fin)
		event = TCP_E_FIN;
	if ((event == TCP_E_RST || event == TCP_E_FIN) &&
	    !(sequence_is_due(p, flow, peer) || refuses_syn(p, flow, peer))) {
		count_event(EVENT_RESET_IGNORED);
		return;
	}
	if (event != TCP_E_RST)
		track_sequence(p, flow);
	if (record)
		tcp_transition(&request, record, flow->direction, event);
}

#endif
