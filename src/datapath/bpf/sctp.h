// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* SCTP as a director sees it: IPVS's state table, and which chunks may change a state. */
#ifndef TANDEM_SCTP_H
#define TANDEM_SCTP_H

#include "tcp.h"

/* Of ABORT and SHUTDOWN COMPLETE: the sender knows no tag, and reflects the one that it was sent (RFC 9260, 3.3.7). */
#define CHUNK_TAG_REFLECTED 1

enum sctp_event {
	SCTP_E_DATA, /* and every chunk that the others are not */
	SCTP_E_INIT,
	SCTP_E_INIT_ACK,
	SCTP_E_COOKIE_ECHO,
	SCTP_E_COOKIE_ACK,
	SCTP_E_SHUTDOWN,
	SCTP_E_SHUTDOWN_ACK,
	SCTP_E_SHUTDOWN_COMPLETE,
	SCTP_E_ERROR,
	SCTP_E_ABORT,
	SCTP_EVENTS,
};

/* Of methods whose replies do not pass here. */
#define DIRECTION_REQUEST_ONLY 2

/* State after an event, by direction and state now: sctp_states of net/netfilter/ipvs/ip_vs_proto_sctp.c.
 * Columns: NONE INIT1 INIT C-SENT C-REPLIED C-WAIT COOKIE C-ECHOED ESTABLISHED S-SENT S-RECEIVED S-ACK-SENT REJECTED
 * CLOSED */
#define NO SCTP_S_NONE
#define I1 SCTP_S_INIT1
#define IN SCTP_S_INIT
#define CS SCTP_S_COOKIE_SENT
#define CR SCTP_S_COOKIE_REPLIED
#define CW SCTP_S_COOKIE_WAIT
#define CO SCTP_S_COOKIE
#define CE SCTP_S_COOKIE_ECHOED
#define ES SCTP_S_ESTABLISHED
#define SS SCTP_S_SHUTDOWN_SENT
#define SR SCTP_S_SHUTDOWN_RECEIVED
#define SA SCTP_S_SHUTDOWN_ACK_SENT
#define RJ SCTP_S_REJECTED
#define CL SCTP_S_CLOSED
static const __u8 sctp_next_state[3][SCTP_EVENTS][SCTP_STATES] = {
	[DIRECTION_REQUEST] = {
		[SCTP_E_DATA] = { ES, I1, IN, CS, CR, CW, CO, CE, ES, SS, SR, SA, RJ, CL },
		[SCTP_E_INIT] = { I1, IN, IN, CS, CR, CW, CO, CE, ES, SS, SR, SA, IN, IN },
		[SCTP_E_INIT_ACK] = { CW, CW, CW, CS, CR, CO, CO, CE, ES, SS, SR, SA, RJ, CL },
		[SCTP_E_COOKIE_ECHO] = { CR, IN, IN, CR, CR, CW, CO, CE, ES, SS, SR, SA, RJ, CL },
		[SCTP_E_COOKIE_ACK] = { ES, I1, IN, CS, CR, CW, CO, ES, ES, SS, SR, SA, RJ, CL },
		[SCTP_E_SHUTDOWN] = { SR, I1, IN, CS, CR, CW, CO, CE, SR, SS, SR, SA, RJ, CL },
		[SCTP_E_SHUTDOWN_ACK] = { CL, IN, IN, CS, CR, CW, CO, CE, ES, CL, SR, CL, RJ, CL },
		[SCTP_E_SHUTDOWN_COMPLETE] = { CL, CL, CL, CS, CR, CW, CO, CE, ES, SS, SR, CL, RJ, CL },
		[SCTP_E_ERROR] = { CL, I1, IN, CS, CR, CW, CO, CL, ES, SS, SR, SA, RJ, CL },
		[SCTP_E_ABORT] = { CL, CL, CL, CL, CL, RJ, CL, CL, CL, CL, CL, CL, CL, CL },
	},
	[DIRECTION_REPLY] = {
		[SCTP_E_DATA] = { ES, I1, IN, CS, CR, CW, CO, CE, ES, SS, SR, SA, RJ, CL },
		[SCTP_E_INIT] = { CW, CW, CW, CW, CW, CW, CW, CW, ES, CW, CW, CW, CW, CW },
		[SCTP_E_INIT_ACK] = { CS, CS, CS, CS, CR, CW, CO, CE, ES, SS, SR, SA, RJ, CL },
		[SCTP_E_COOKIE_ECHO] = { CE, CE, CE, CE, CE, CE, CE, CE, ES, SS, SR, SA, RJ, CL },
		[SCTP_E_COOKIE_ACK] = { ES, ES, ES, ES, ES, ES, ES, ES, ES, SS, SR, SA, RJ, CL },
		[SCTP_E_SHUTDOWN] = { SS, SS, SS, SS, SS, SS, SS, SS, SS, SS, SR, SA, RJ, CL },
		[SCTP_E_SHUTDOWN_ACK] = { SA, SA, SA, SA, SA, CW, CO, CE, ES, SA, SA, SA, RJ, CL },
		[SCTP_E_SHUTDOWN_COMPLETE] = { CL, I1, IN, CS, CR, CW, CO, CE, ES, SS, SR, SA, RJ, CL },
		[SCTP_E_ERROR] = { CL, CL, CL, CL, CL, CW, CO, CE, ES, SS, SR, SA, RJ, CL },
		[SCTP_E_ABORT] = { CL, RJ, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL },
	},
	[DIRECTION_REQUEST_ONLY] = {
		[SCTP_E_DATA] = { ES, I1, IN, CS, CR, ES, CO, CE, ES, SS, SR, SA, RJ, CL },
		[SCTP_E_INIT] = { I1, IN, IN, IN, IN, IN, CO, CE, ES, SS, SR, SA, IN, IN },
		[SCTP_E_INIT_ACK] = { CE, CE, CE, CE, CE, CE, CO, CE, ES, SS, SR, SA, RJ, CL },
		[SCTP_E_COOKIE_ECHO] = { ES, ES, ES, ES, ES, ES, CO, CE, ES, SS, SR, SA, RJ, CL },
		[SCTP_E_COOKIE_ACK] = { ES, I1, IN, ES, ES, CW, ES, ES, ES, SS, SR, SA, RJ, CL },
		[SCTP_E_SHUTDOWN] = { SR, I1, IN, CS, CR, CW, CO, CE, SR, SS, SR, SA, RJ, CL },
		[SCTP_E_SHUTDOWN_ACK] = { CL, IN, IN, CS, CR, CW, CO, CE, CL, CL, SR, CL, RJ, CL },
		[SCTP_E_SHUTDOWN_COMPLETE] = { CL, CL, CL, CL, CL, CW, CO, CE, ES, SS, CL, CL, RJ, CL },
		[SCTP_E_ERROR] = { CL, I1, IN, CS, CR, CW, CO, CE, ES, SS, SR, SA, RJ, CL },
		[SCTP_E_ABORT] = { CL, CL, CL, CL, CL, RJ, CL, CL, CL, CL, CL, CL, CL, CL },
	},
};
#undef NO
#undef I1
#undef IN
#undef CS
#undef CR
#undef CW
#undef CO
#undef CE
#undef ES
#undef SS
#undef SR
#undef SA
#undef RJ
#undef CL

/* A table, and no switch: the verifier would walk what follows for each event that it knows. */
static const __u8 sctp_event_of_chunk[CHUNK_SHUTDOWN_COMPLETE + 1] = {
	[CHUNK_INIT] = SCTP_E_INIT,
	[CHUNK_INIT_ACK] = SCTP_E_INIT_ACK,
	[CHUNK_ABORT] = SCTP_E_ABORT,
	[CHUNK_SHUTDOWN] = SCTP_E_SHUTDOWN,
	[CHUNK_SHUTDOWN_ACK] = SCTP_E_SHUTDOWN_ACK,
	[CHUNK_ERROR] = SCTP_E_ERROR,
	[CHUNK_COOKIE_ECHO] = SCTP_E_COOKIE_ECHO,
	[CHUNK_COOKIE_ACK] = SCTP_E_COOKIE_ACK,
	[CHUNK_SHUTDOWN_COMPLETE] = SCTP_E_SHUTDOWN_COMPLETE,
};

/* The chunk that says what a packet is: the first one, but an ABORT behind a COOKIE ECHO or COOKIE ACK (RFC 9260, 3.3.7) in
 * its place, as in IPVS. */
static __always_inline void read_chunk(struct xdp_md *ctx, const struct packet *p, struct sctp_chunk_header *chunk)
{
	struct sctp_chunk_header next;
	__u32 at;

	*chunk = p->sctp->first;
	at = sizeof(struct ethhdr) + p->headers + offsetof(struct sctp_packet, first) +
	     ((bpf_ntohs(chunk->length) + 3) & ~3);
	if ((chunk->type == CHUNK_COOKIE_ECHO || chunk->type == CHUNK_COOKIE_ACK) &&
	    bpf_ntohs(chunk->length) >= sizeof(next) && at + sizeof(next) <= sizeof(struct ethhdr) + p->length &&
	    !bpf_xdp_load_bytes(ctx, at, &next, sizeof(next)) && next.type == CHUNK_ABORT)
		*chunk = next;
}

static __always_inline __u32 sctp_event_of(__u32 chunk)
{
	__u32 event = SCTP_E_DATA;

	if (chunk < sizeof(sctp_event_of_chunk))
		event = sctp_event_of_chunk[chunk];
	/* Or the compiler, which knows the table, leaves out the bound that the verifier asks for. */
	barrier_var(event);
	return event;
}

static __always_inline void know_tag(struct flow *flow, __be32 tag, __u32 term)
{
	flow->next_sequence = tag;
	flow->known_term = term;
	flow->flags |= FLOW_SEQUENCE_KNOWN;
}

/* Whether its receiver will take it for one of this association (RFC 9260, 8.5): a stranger does not know the tag. What
 * came from the peer may not be known yet to judge by. */
static __always_inline int bears_tag(const struct packet *p, __u32 event, __u8 flags, const struct flow *flow,
				     const struct flow *other, __u32 term)
{
	__be32 tag = p->sctp->tag;

	if (event == SCTP_E_INIT)
		return tag == 0;
	if ((event == SCTP_E_ABORT || event == SCTP_E_SHUTDOWN_COMPLETE) &&
	    flags & CHUNK_TAG_REFLECTED)
		return !knows(other, FLOW_SEQUENCE_KNOWN, term) || tag == other->next_sequence;
	return !knows(flow, FLOW_SEQUENCE_KNOWN, term) || tag == flow->next_sequence;
}

/* The tags of both ends: each says in INIT or INIT ACK which one it wants to be sent. */
static __always_inline void track_tags(const struct packet *p, __u32 event, struct flow *flow,
				       struct flow *other, __u8 state, __u32 term)
{
	if (event == SCTP_E_INIT || event == SCTP_E_INIT_ACK) {
		/* An association that is up has its tags; what a stranger would begin anew its ends decide. */
		if (other && state != SCTP_S_ESTABLISHED)
			know_tag(other, p->initiate_tag, term);
		if (event == SCTP_E_INIT)
			return;
	}
	if (event != SCTP_E_ABORT && event != SCTP_E_SHUTDOWN_COMPLETE && !knows(flow, FLOW_SEQUENCE_KNOWN, term))
		know_tag(flow, p->sctp->tag, term);
}

static __always_inline void sctp_transition(enum family family, const struct flow_key *request, struct flow *record,
					    __u8 direction, __u32 event)
{
	__u32 old;
	__u8 next;
	int tries;

#pragma unroll
	for (tries = 0; tries < CHANGE_TRIES; tries++) {
		old = record->state_flags;
		if (state_of(old) >= SCTP_STATES || event >= SCTP_EVENTS)
			return;
		next = sctp_next_state[direction][event][state_of(old)];
		if (next == state_of(old))
			return;
		if (change_state(IPPROTO_SCTP, record, old, next))
			goto changed;
	}
	return;
changed:
	raise_version(record);
	if (next == SCTP_S_ESTABLISHED || flags_of(old) & FLOW_ANNOUNCED)
		announce(family, RECORD_UPDATE, request, record);
}

/* Follows a packet of an existing association. The common one, of one that is up and with nothing but data, touches
 * its own entry alone. */
static __always_inline void sctp_follow(struct xdp_md *ctx, enum family family, const struct packet *p,
					struct flow *flow, __u32 term)
{
	struct sctp_chunk_header chunk;
	const struct flow_key *request;
	struct flow *peer, *record;
	struct flow_key other;
	__u8 direction, state;
	__u32 event;

	read_chunk(ctx, p, &chunk);
	event = sctp_event_of(chunk.type);
	if (event == SCTP_E_DATA && knows(flow, FLOW_SEQUENCE_KNOWN, term) &&
	    (flow->direction == DIRECTION_REPLY || state_of(flow->state_flags) == SCTP_S_ESTABLISHED))
		return;
	other_key(family, flow, IPPROTO_SCTP, &other);
	peer = find_flow(family, &other);
	request = flow->direction == DIRECTION_REQUEST ? p->key : &other;
	record = flow->direction == DIRECTION_REQUEST ? flow : peer;
	state = record ? state_of(READ_ONCE(record->state_flags)) : SCTP_S_NONE;
	if (!bears_tag(p, event, chunk.flags, flow, peer, term)) {
		count_event(EVENT_RESET_IGNORED);
		return;
	}
	track_tags(p, event, flow, peer, state, term);
	direction = flow->direction & 1;
	if (direction == DIRECTION_REQUEST && !has_reply(flow->forwarding))
		direction = DIRECTION_REQUEST_ONLY;
	if (record)
		sctp_transition(family, request, record, direction, event);
}

#endif
