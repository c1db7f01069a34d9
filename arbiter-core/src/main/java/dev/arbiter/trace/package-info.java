/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Describes tasks as spans of a trace, by the names of OpenTelemetry's conventions for generative
 * AI.
 *
 * <p>Start at {@link dev.arbiter.trace.TaskSpans}. Nothing here needs OpenTelemetry: a bridge hands
 * each {@link dev.arbiter.trace.TaskSpan} on.
 */
@NullMarked
package dev.arbiter.trace;

import org.jspecify.annotations.NullMarked;
