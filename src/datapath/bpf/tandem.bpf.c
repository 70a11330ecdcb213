// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The kernel half of Tandem, one object: the programs that see packets, and those that userland runs on the table. */
#include "merge.h"
#include "plane.h"
#include "sweep.h"
#include "tc.h"

/* Only what a symbol names reaches BTF, and the layouts that userland uses are made from BTF. */
const volatile struct {
	enum family family;
	enum drop_reason drop_reason;
	enum plane_event plane_event;
	enum scheduler scheduler;
	enum service_flag service_flag;
	enum server_flag server_flag;
	enum entry_flag entry_flag;
	enum forwarding forwarding;
	enum direction direction;
	enum tcp_state tcp_state;
	enum sctp_state sctp_state;
	enum flow_flag flow_flag;
	enum address_kind address_kind;
	enum record_op record_op;
	enum clash_rule clash_rule;
	enum lookup lookup;
} exported_enums;

/* The kernel asks for a GPL-compatible licence before it lends its helpers. */
char _license[] SEC("license") = "Dual BSD/GPL";
