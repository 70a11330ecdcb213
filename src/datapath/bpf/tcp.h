// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* TCP as a director sees it: IPVS's state table, and which RST and FIN may change a state. */
#ifndef TANDEM_TCP_H
#define TANDEM_TCP_H

#include "connection.h"
#include "packet.h"

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
enum { TCP_INPUT = DIRECTION_REQUEST, TCP_OUTPUT = DIRECTION_REPLY, TCP_INPUT_ONLY };

/* Powers of two, so that a mask shows the verifier that an index is within. */
#define TCP_DIRECTION_ROWS 4
#define TCP_STATE_COLUMNS 16
static const __u8 tcp_next_state[TCP_DIRECTION_ROWS][TCP_EVENTS][TCP_STATE_COLUMNS] = {
	[TCP_INPUT] = {
		[TCP_E_SYN] = { SR, ES, ES, SR, SR, SR, SR, SR, SR, SR, SR },
		[TCP_E_FIN] = { CL, CW, SS, TW, TW, TW, CL, CW, LA, LI, TW },
		[TCP_E_ACK] = { ES, ES, SS, ES, FW, TW, CL, CW, CL, LI, ES },
		[TCP_E_RST] = { CL, CL, CL, SR, CL, CL, CL, CL, LA, LI, SR },
	},
	[TCP_OUTPUT] = {
		[TCP_E_SYN] = { SS, ES, SS, SR, SS, SS, SS, SS, SS, LI, SR },
		[TCP_E_FIN] = { TW, FW, SS, TW, FW, TW, CL, TW, LA, LI, TW },
		[TCP_E_ACK] = { ES, ES, SS, ES, FW, TW, CL, CW, LA, ES, ES },
		[TCP_E_RST] = { CL, CL, SS, CL, CL, TW, CL, CL, CL, CL, CL },
	},
	/* The replies do not pass here. */
	[TCP_INPUT_ONLY] = {
		[TCP_E_SYN] = { SR, ES, ES, SR, SR, SR, SR, SR, SR, SR, SR },
		[TCP_E_FIN] = { CL, FW, SS, TW, FW, TW, CL, CW, LA, LI, TW },
		[TCP_E_ACK] = { ES, ES, SS, ES, FW, TW, CL, CW, CL, LI, ES },
		[TCP_E_RST] = { CL, CL, CL, SR, CL, CL, CL, CL, LA, LI, CL },
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

/* How far from the next sequence number a segment may lie and still move it: data before it may have been lost on
 * the way here. 16 MiB: more than Linux lets a socket's buffers grow by itself (tcp_rmem, tcp_wmem: 6 MiB). */
#define FURTHEST (1U << 24)

static __always_inline int is_near(__u32 from, __u32 value)
{
	return value - from < FURTHEST;
}

static __always_inline __u32 segment_end(const struct packet *p)
{
	return bpf_ntohl(p->tcp->seq) + tcp_payload_length(p) + p->tcp->syn + p->tcp->fin;
}

/* Whether a flag of FLOW_*_KNOWN holds. Not what a former time as owner has left: the other director had the
 * connection since. */
static __always_inline int knows(const struct flow *flow, __u8 flag, __u32 term)
{
	return flow && flow->flags & flag && flow->known_term == term;
}

/* Something before this segment did not pass here. */
static __always_inline int is_ahead(const struct packet *p, const struct flow *flow, __u32 term)
{
	return knows(flow, FLOW_SEQUENCE_KNOWN, term) && !not_after(bpf_ntohl(p->tcp->seq), flow->next_sequence);
}

/* Whether a segment acknowledges about what the other end has sent: a stranger who sees nothing of the connection
 * does not know (RFC 5961, 5.2). */
static __always_inline int acknowledges(const struct packet *p, const struct flow *other, __u32 term)
{
	__u32 acknowledged = bpf_ntohl(p->tcp->ack_seq);

	if (!knows(other, FLOW_SEQUENCE_KNOWN, term))
		return 1;
	return is_near(acknowledged, other->next_sequence) || is_near(other->next_sequence, acknowledged);
}

static __always_inline void forget_sequence(struct flow *flow)
{
	flow->flags &= ~(FLOW_SEQUENCE_KNOWN | FLOW_ACK_KNOWN);
}

static __always_inline void begin_sequence(const struct packet *p, struct flow *flow, __u32 term)
{
	forget_sequence(flow);
	flow->next_sequence = segment_end(p);
	flow->last_ack = bpf_ntohl(p->tcp->ack_seq);
	flow->known_term = term;
	flow->flags |= p->tcp->ack ? FLOW_SEQUENCE_KNOWN | FLOW_ACK_KNOWN : FLOW_SEQUENCE_KNOWN;
}

/* Follows what one direction has sent and acknowledged. 'other' is asked only when the segment is_ahead(). */
static __always_inline void track_sequence(const struct packet *p, struct flow *flow, const struct flow *other,
					   __u32 term)
{
	__u32 end = segment_end(p), acknowledged = bpf_ntohl(p->tcp->ack_seq);

	if (!knows(flow, FLOW_SEQUENCE_KNOWN, term)) {
		begin_sequence(p, flow, term);
		return;
	}
	if (not_after(flow->next_sequence, end) &&
	    (!is_ahead(p, flow, term) ||
	     (is_near(flow->next_sequence, end) && acknowledges(p, other, term))))
		flow->next_sequence = end;
	if (!p->tcp->ack)
		return;
	if (!(flow->flags & FLOW_ACK_KNOWN) || is_near(flow->last_ack, acknowledged))
		flow->last_ack = acknowledged;
	flow->flags |= FLOW_ACK_KNOWN;
}

/* A SYN begins the sequences anew, but a stranger's must not: while a connection is established only its server's
 * counts, which answers a SYN so when it has forgotten the connection. */
static __always_inline void track_syn(const struct packet *p, struct flow *flow, struct flow *other, __u8 state,
				      __u32 term)
{
	if (flow->direction == DIRECTION_REQUEST && state == TCP_S_ESTABLISHED)
		return;
	begin_sequence(p, flow, term);
	if (!other)
		return;
	if (flow->direction == DIRECTION_REQUEST) {
		/* Its answer is still to come; what is known there is of the connection before. */
		forget_sequence(other);
	} else if (p->tcp->ack) {
		if (other->known_term != term)
			forget_sequence(other);
		other->next_sequence = flow->last_ack;
		other->known_term = term;
		other->flags |= FLOW_SEQUENCE_KNOWN;
	}
}

/* Whether a RST is where its receiver expects it (RFC 5961, 3.2): at the end of what was sent, or of what the
 * receiver acknowledged. The answer to a SYN must acknowledge exactly that SYN instead (RFC 9293, 3.10.7.3). Of a
 * connection that came from the peer nothing may be known yet to judge by. */
static __always_inline int reset_is_due(const struct packet *p, const struct flow *flow, const struct flow *other,
					__u8 state, __u32 term)
{
	__u32 sequence = bpf_ntohl(p->tcp->seq);
	int known = knows(flow, FLOW_SEQUENCE_KNOWN, term);

	if (known && sequence == flow->next_sequence)
		return 1;
	if (!knows(other, FLOW_SEQUENCE_KNOWN, term))
		return !known;
	if (!known && (state == TCP_S_SYN_RECV || state == TCP_S_SYN_SENT))
		return p->tcp->ack && bpf_ntohl(p->tcp->ack_seq) == other->next_sequence;
	if (!knows(other, FLOW_ACK_KNOWN, term))
		return !known;
	return sequence == other->last_ack;
}

/* A FIN may be sent again with data that was lost behind us. */
static __always_inline int fin_is_due(const struct packet *p, const struct flow *flow, const struct flow *other,
				      __u32 term)
{
	__u32 sequence = bpf_ntohl(p->tcp->seq);

	if (!knows(flow, FLOW_SEQUENCE_KNOWN, term))
		return 1;
	return not_after(sequence, flow->next_sequence) &&
	       (!knows(other, FLOW_ACK_KNOWN, term) ||
		not_after(other->last_ack, sequence + tcp_payload_length(p)));
}

/* Changes that the peer must know of. Half-open connections cost the channel nothing. */
static __always_inline int worth_announcing(__u8 state, __u8 flags)
{
	return state == TCP_S_ESTABLISHED || (flags & FLOW_ANNOUNCED);
}

static __always_inline __u8 next_state(const struct flow *record, __u8 direction, enum tcp_event event, __u8 state)
{
	if (!has_reply(record->forwarding))
		direction = TCP_INPUT_ONLY;
	/* Or the compiler knows that they are, and leaves the masks out. */
	barrier_var(direction);
	barrier_var(state);
	return tcp_next_state[direction & (TCP_DIRECTION_ROWS - 1)][event][state & (TCP_STATE_COLUMNS - 1)];
}

static __always_inline void tcp_transition(enum family family, const struct flow_key *request, struct flow *record,
					   __u8 direction, enum tcp_event event)
{
	__u32 old;
	__u8 next;
	int tries;

#pragma unroll
	for (tries = 0; tries < CHANGE_TRIES; tries++) {
		old = record->state_flags;
		if (state_of(old) >= TCP_STATES)
			return;
		next = next_state(record, direction, event, state_of(old));
		if (next == state_of(old))
			return;
		if (change_state(IPPROTO_TCP, record, old, next))
			goto changed;
	}
	return;
changed:
	raise_version(record);
	if (worth_announcing(next, flags_of(old)))
		announce(family, RECORD_UPDATE, request, record);
}

static __always_inline enum tcp_event event_of(const struct packet *p)
{
	if (p->tcp->rst)
		return TCP_E_RST;
	if (p->tcp->syn)
		return TCP_E_SYN;
	return p->tcp->fin ? TCP_E_FIN : TCP_E_ACK;
}

/* Follows a packet of an existing connection, under the lease's term. The common one, of an established connection and with nothing but
 * the next data and acknowledgement, touches its own entry alone. */
static __always_inline void tcp_follow(enum family family, const struct packet *p, struct flow *flow, __u32 term)
{
	enum tcp_event event = event_of(p);
	const struct flow_key *request;
	struct flow *peer, *record;
	struct flow_key other;
	__u8 state;

	/* Every receiver drops a segment that says nothing (RFC 9293, 3.10.7.4). */
	if (event == TCP_E_ACK && !p->tcp->ack)
		return;
	if (event == TCP_E_ACK && !is_ahead(p, flow, term) &&
	    (flow->direction == DIRECTION_REPLY || state_of(flow->state_flags) == TCP_S_ESTABLISHED)) {
		track_sequence(p, flow, 0, term);
		return;
	}
	other_key(family, flow, IPPROTO_TCP, &other);
	peer = has_reply(flow->forwarding) ? find_flow(family, &other) : NULL;
	request = flow->direction == DIRECTION_REQUEST ? p->key : &other;
	record = flow->direction == DIRECTION_REQUEST ? flow : peer;
	state = record ? state_of(READ_ONCE(record->state_flags)) : TCP_S_NONE;
	if ((event == TCP_E_RST && !reset_is_due(p, flow, peer, state, term)) ||
	    (event == TCP_E_FIN && !fin_is_due(p, flow, peer, term))) {
		count_event(EVENT_RESET_IGNORED);
		return;
	}
	if (event == TCP_E_SYN)
		track_syn(p, flow, peer, state, term);
	else if (event != TCP_E_RST)
		track_sequence(p, flow, peer, term);
	if (event == TCP_E_ACK && flow->direction == DIRECTION_REPLY)
		return;
	if (record)
		tcp_transition(family, request, record, flow->direction, event);
}

#endif
