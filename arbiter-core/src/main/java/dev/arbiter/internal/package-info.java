/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Small helpers that every module of Arbiter needs, each written once. The module exports this
 * package to Arbiter's own modules only.
 *
 * <p>{@link dev.arbiter.internal.Digests}: SHA-256. {@link dev.arbiter.internal.Sanitizer}: foreign
 * text for one log line. {@link dev.arbiter.internal.LogLimiter}: one log line a minute. {@link
 * dev.arbiter.internal.Require}: checks of arguments.
 */
@NullMarked
package dev.arbiter.internal;

import org.jspecify.annotations.NullMarked;
