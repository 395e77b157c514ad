/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM switches

#if !defined(SWITCHES_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define SWITCHES_TRACE_H

#include <linux/tracepoint.h>

TRACE_EVENT(switches_shown,
	TP_PROTO(int times, const char *by),
	TP_ARGS(times, by),
	TP_STRUCT__entry(
		__field(int, times)
		__array(char, by, 8)
	),
	TP_fast_assign(
		__entry->times = times;
		strscpy(__entry->by, by, sizeof(__entry->by));
	),
	TP_printk("times=%d by=%s", __entry->times, __entry->by)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE switches-trace
#include <trace/define_trace.h>
